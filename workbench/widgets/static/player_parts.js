/** Parts of the player's page: the bar above the picture, the line about what goes on. */
import { element } from "./base.js";
import { helpDialog } from "./controls.js";
import { viewBar } from "./view_bar.js";

const KEYS = [
  ["Space", "play or pause"],
  ["← →", "one frame back or on (with Shift: one second)"],
  ["Home, End", "first or last frame"],
  ["↑ ↓", "previous or next object"],
  ["G, Y, U", "next gap, brief object, unsure object (with Shift: previous)"],
  ["A", "right: keep it hidden"],
  ["X or Delete", "a false alarm: do not hide it"],
  ["E, Shift + S", "extend it to here, split it here"],
  ["Shift + J", "it is the same as the object chosen next"],
  ["Shift + E", "look for it in videos that look alike (in a review)"],
  ["N", "draw a box around what was missed"],
  ["Shift + M", "silence from here, and again: up to here"],
  ["Ctrl + Z, Ctrl + Y", "undo, redo"],
  ["B, R, W", "boxes, redacted or original, compare with a divider"],
  ["+ − 0", "zoom the picture in, out, fit (also: wheel, double click)"],
  ["[ ] \\", "show a longer, a shorter, all of the time"],
  ["D, F", "previous or next file"],
  ["Ctrl + Enter", "done, next (in a review)"],
  ["Esc", "stop drawing, joining or silencing"],
];

/** The bar above the picture, and the dialog that lists the keys. */
export function playerBar(on) {
  const words = "They work while the player has the focus. In the timeline, Ctrl and the wheel zoom the time.";
  const help = helpDialog(KEYS, words);
  return { ...viewBar("file", { ...on, help: () => help.showModal() }), help };
}

/** @param {(what: string) => void} ask */
export function progressLine(ask) {
  const bar = element("progress", { max: 1, "aria-label": "Progress" });
  const words = element("span", { class: "wb-grow", role: "status" });
  const action = (what, text, more = "") =>
    element("button", { type: "button", class: `wb-button ${more}`, onclick: () => ask(what) }, text);
  const [stop, search] = [action("stop", "Stop"), action("search", "Search this video", "wb-main")];
  const node = element("div", { class: "wb-row wb-doing", hidden: true }, words, bar, stop, search);
  return {
    node,
    show({ text, share, can_search: idle }) {
      node.hidden = !text;
      words.textContent = text;
      if (share >= 0) bar.value = share;
      else bar.removeAttribute("value");
      bar.hidden = stop.hidden = idle;
      search.hidden = !idle;
    },
  };
}
