/** The editor's keys. */
import { WORDS } from "./base.js";

const KIND_KEYS = Object.keys(WORDS);
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** what works while a box is drawn, too */
const WHILE_DRAWING = ["+", "=", "-", "0", "Escape"];

/** Return the listener. @param {Record<string, Function>} on what each key calls */
export function keyHandler(on) {
  const toggled = (mode, other) => on.setMode(on.mode() === mode ? other : mode);
  const actions = {
    ...{ n: on.draw, a: on.hide, x: on.drop, Delete: on.drop, Backspace: on.drop, e: on.everywhere },
    ...{ u: () => on.finish("unsure"), f: () => on.navigate(1), d: () => on.navigate(-1) },
    ...{ PageDown: () => on.navigate(1), PageUp: () => on.navigate(-1) },
    ...{ r: () => toggled("redacted", "original"), w: () => toggled("wipe", "redacted"), b: on.outlines },
    ...{ "+": () => on.zoom(1.4), "=": () => on.zoom(1.4), "-": () => on.zoom(1 / 1.4), 0: on.fit },
    ...{ "?": on.help, F1: on.help, Escape: on.release },
  };

  /** Do what Ctrl with a key means; return whether it means anything. */
  function command(letter, shift) {
    if (letter === "z") on.act(shift ? "redo" : "undo");
    else if (letter === "y") on.act("redo");
    else if (letter === "Enter") on.finish("done");
    else return false;
    return true;
  }

  return (event) => {
    const { key, target } = event;
    const letter = key.length === 1 ? key.toLowerCase() : key;
    const [onCanvas, isCommand] = [on.isCanvas(target), event.ctrlKey || event.metaKey];
    if (event.altKey || (target.matches("select") && !isCommand)) return;
    if (on.isDrawing() && !WHILE_DRAWING.includes(letter)) return;
    if (key in ARROWS && onCanvas) on.arrow(ARROWS[key], event);
    else if (isCommand) {
      if (!command(letter, event.shiftKey)) return;
    } else if (target.matches("button, input, summary") && (key === " " || key === "Enter" || key in ARROWS)) return;
    else if (key === " " && onCanvas) on.hold();
    else if (letter === "g") on.jump(event.shiftKey ? -1 : 1);
    else if (key >= "1" && key <= "7" && key.length === 1) on.setKind(KIND_KEYS[Number(key) - 1]);
    else if (letter in actions) actions[letter]();
    else if (key !== "Tab" || !onCanvas || !on.nextBox(event.shiftKey ? -1 : 1)) return;
    event.preventDefault();
    event.stopPropagation();
  };
}
