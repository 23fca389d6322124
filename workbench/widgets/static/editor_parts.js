/** Parts of the editor's page: the bar with what can be done, and the keys. */
import { WORDS, element, freshId } from "./base.js";
import { sayBox } from "./boxes.js";
import { actionButton, capital, historyButtons, kindSelect } from "./controls.js";
import { OPEN, sayRisk } from "./places.js";

const FIXES = [
  ["N", "draw what was missed"],
  ["A", "hide it"],
  ["X, Del", "false alarm, nothing here"],
  ["1 … 7", "what it shows"],
  ["← ↑ ↓ →", "move (Shift: resize, Ctrl: finely)"],
  ["Ctrl + Z, Y", "undo, redo"],
];
const WAYS = [
  ["G", "next place worth a look (Shift: back)"],
  ["Tab", "next box (Shift: back)"],
  ["R, W, B", "redacted or original, compare, boxes"],
  ["+ − 0", "zoom in, out, fit"],
  ["Space + drag", "pan (or the arrows)"],
  ["Esc", "let go"],
];
const PICTURES = {
  finish: [["Ctrl + ↵", "done, next picture"], ["U", "unsure, next picture"]], // prettier-ignore
  navigate: [["F, D", "next, previous picture"]],
  everywhere: [["E", "hide it on pictures like this"]],
};

/** The keys, always in sight where there is room. */
export function keysPanel() {
  const list = element("div", { class: "wb-keys-list" });
  const summary = element("summary", {}, "Keys");
  const node = element("details", { class: "wb-keys", open: true }, summary, list);
  return {
    node,
    /** @param {string[]} offers what the application can do besides */
    offer(offers) {
      const more = Object.keys(PICTURES).flatMap((name) => (offers.includes(name) ? PICTURES[name] : []));
      const rows = [...FIXES, ...WAYS, ...more, ["?", "show or hide this list"]];
      const cells = rows.flatMap(([key, what]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, what)]);
      list.replaceChildren(element("dl", {}, ...cells));
    },
    toggle: () => (node.open = !node.open),
  };
}

/** @param {Record<string, (value?: any) => void>} on what each control calls */
export function amendBar(on) {
  const words = element("p", { class: "wb-amend-words", role: "status" });
  const hide = actionButton("Hide it", "A", () => on.hide());
  const drop = actionButton("False alarm", "X", () => on.drop());
  const kindId = freshId();
  const kind = kindSelect("What it shows", () => on.kind(kind.value));
  kind.id = kindId;
  const everywhere = actionButton("On all like this", "E", () => on.everywhere());
  const own = element("div", { class: "wb-row wb-amend-actions" }, hide, drop, kind, everywhere);
  const draw = actionButton("Missed here: draw", "N", () => on.draw());
  const penKind = kindSelect("What is drawn");
  const next = actionButton("Next place", "G", () => on.place());
  const history = historyButtons(() => on.undo(), () => on.redo());
  const unsure = actionButton("Unsure", "U", () => on.finish("unsure"));
  const done = actionButton("Done, next", "Ctrl ↵", () => on.finish("done"));
  done.classList.add("wb-main");
  const spring = element("span", { class: "wb-grow" });
  const always = element("div", { class: "wb-row wb-clip-actions" }, draw, penKind, next, ...history.nodes, spring, unsure, done);
  const node = element("section", { class: "wb-amend", "aria-label": "Corrections" }, words, own, always);

  function sayNothing(open) {
    words.classList.add("wb-quiet");
    words.textContent = open ? "Choose a box, or press G for the place that is most likely a miss." : "Choose a box, or draw what was missed.";
  }

  return {
    node,
    penKind,
    /** @param {string[]} names what the application can do besides */
    offer(names) {
      unsure.hidden = done.hidden = !names.includes("finish");
      everywhere.dataset.offered = names.includes("everywhere");
    },
    /**
     * @param {any} box the chosen object, or null
     * @param {import("./places.js").Place | null} place the chosen place
     * @param {{open: number, of: number, at: number, undo: string, redo: string, ready: boolean}} now
     */
    show(box, place, now) {
      own.classList.toggle("wb-idle", !box && !place);
      history.show(now);
      draw.disabled = unsure.disabled = done.disabled = !now.ready;
      next.disabled = now.of === 0;
      everywhere.hidden = everywhere.dataset.offered !== "true" || !box || box.fate === "dropped";
      kind.hidden = !box;
      if (!box && !place) return sayNothing(now.open);
      words.classList.remove("wb-quiet");
      if (place) {
        const name = `${capital(WORDS[place.kind][0])}, ${sayRisk(place.risk)}`;
        const fate = place.judged === OPEN ? "" : [" Now hidden.", " Nothing to hide."][place.judged - 1];
        words.replaceChildren(element("b", {}, `${now.at} of ${now.of}: ${name}.`), ` ${place.why}${fate}`);
        hide.disabled = place.judged === 1;
        drop.disabled = place.judged === 2;
      } else {
        const [name, ...rest] = sayBox(box, box.hidden).split(", ");
        words.replaceChildren(element("b", {}, name), `, ${rest.join(", ")}${box.accepted ? ", confirmed by a person" : ""}.`);
        hide.disabled = box.own || box.accepted;
        drop.disabled = box.fate === "dropped";
        kind.value = box.kind;
      }
      hide.firstChild.textContent = box?.hidden ? "Right, keep hidden" : "Hide it";
      drop.firstChild.textContent = place ? "Nothing here" : box.own ? "Delete" : "False alarm";
    },
  };
}
