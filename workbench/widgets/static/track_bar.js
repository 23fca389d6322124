/** What can be done with the chosen object, and with the clip at this moment. */
import { element } from "./base.js";
import { endOf, sayTime } from "./clock.js";
import { actionButton, historyButtons, kindSelect } from "./controls.js";

/** @param {Record<string, (value?: any) => void>} on what each control calls */
export function trackBar(on) {
  const words = element("p", { class: "wb-amend-words", role: "status" });
  const keep = actionButton("Hide it", "A", () => on.accept());
  const drop = actionButton("Do not hide", "X", () => on.drop());
  const extend = actionButton("Extend to here", "E", () => on.extend());
  const split = actionButton("Split here", "Shift+S", () => on.split());
  const join = actionButton("Same as …", "Shift+J", () => on.join());
  const alike = actionButton("In similar videos", "Shift+E", () => on.everywhere());
  const kind = kindSelect("What it shows", () => on.kind(kind.value));
  const own = element("div", { class: "wb-row wb-amend-actions" }, keep, drop, extend, split, join, alike, kind);
  const draw = actionButton("Draw a box", "N", () => on.draw());
  const penKind = kindSelect("What is drawn");
  const follow = element("input", { type: "checkbox", checked: true });
  const mute = actionButton("Silence from here", "Shift+M", () => on.mute());
  const history = historyButtons(() => on.undo(), () => on.redo());
  const always = element(
    "div",
    { class: "wb-row wb-clip-actions" },
    draw,
    penKind,
    element("label", { class: "wb-check" }, follow, "Follow it on and back"),
    mute,
    element("span", { class: "wb-grow" }),
    ...history.nodes,
  );
  const node = element("section", { class: "wb-amend", "aria-label": "Corrections" }, words, own, always);
  return {
    node,
    /** @param {string[]} offers what the application can do besides */
    offer: (offers) => (alike.hidden = !offers.includes("everywhere")),
    penKind,
    follow,
    /** @param {import("./rows.js").Row | null} row the chosen one */
    show(row, index, clip, edits) {
      own.hidden = !row;
      words.classList.toggle("wb-quiet", !row);
      draw.disabled = !clip.id;
      mute.hidden = !clip.sound;
      history.show(edits);
      if (edits.joins) words.textContent = `Choose the object that is the same as ${edits.joins}; Escape stops.`;
      else if (edits.muteFrom !== null) {
        words.textContent = `Silent from ${sayTime(clip.times[edits.muteFrom])}: go to the end and press Shift + M; Escape stops.`;
      } else if (!row) words.textContent = "Choose an object in the timeline or in the picture to correct it.";
      mute.firstChild.textContent = edits.muteFrom !== null ? "Silent up to here" : edits.silent ? "Sound on again" : "Silence from here";
      if (!row) return;
      const sure = row.score >= 1 ? "certain" : `${Math.round(row.score * 100)}% sure`;
      const when = `${sayTime(clip.times[row.first])} to ${sayTime(endOf(clip.times, row.last))}`;
      const fate = { hidden: "hidden", left: "not hidden", dropped: "dropped: not hidden" }[row.fate];
      if (!edits.joins && edits.muteFrom === null) {
        words.replaceChildren(element("b", {}, row.name), `, ${sure}, ${fate}, ${when}`);
      }
      keep.firstChild.textContent = row.fate === "hidden" ? "Keep hidden" : "Hide it";
      drop.disabled = row.fate === "dropped";
      extend.disabled = index >= row.first && index <= row.last;
      split.disabled = index <= row.first || index > row.last;
      kind.value = row.kind;
    },
  };
}
