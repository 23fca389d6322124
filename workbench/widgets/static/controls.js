/** Controls that the preview, the player and the editor share. */
import { WORDS, element, freshId, icon } from "./base.js";

/** Return a button with a drawing or a sign, named by `label`. */
export function iconButton(label, content, onclick) {
  return element("button", { type: "button", class: "wb-button", "aria-label": label, title: label, onclick }, content);
}

/** Return a word with a capital letter. */
export const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** Return a button that also shows its key. */
export function actionButton(words, key, onclick) {
  const attributes = { type: "button", class: "wb-button", onclick, title: `${words} (key ${key})` };
  return element("button", attributes, words, element("kbd", { "aria-hidden": "true" }, key));
}

/** Return a choice of kinds. */
export function kindSelect(label, onchange) {
  const options = Object.entries(WORDS).map(([value, [one]]) => element("option", { value }, capital(one)));
  return element("select", { "aria-label": label, onchange }, ...options);
}

/** Return the buttons for undo and redo, which say what they would do. */
export function historyButtons(onUndo, onRedo) {
  const button = (path, onclick) => element("button", { type: "button", class: "wb-button", onclick }, icon(path));
  const undo = button("M5 3L2 6l3 3M2 6h7a4 4 0 0 1 0 8H6", onUndo);
  const redo = button("M11 3l3 3-3 3M14 6H7a4 4 0 0 0 0 8h3", onRedo);
  return {
    nodes: [undo, redo],
    /** @param {{undo: string, redo: string}} words "" for nothing */
    show(words) {
      for (const [node, name, text] of [
        [undo, "Undo", words.undo],
        [redo, "Redo", words.redo],
      ]) {
        node.disabled = !text;
        node.title = text ? `${name}: ${text}` : name;
        node.setAttribute("aria-label", node.title);
      }
    },
  };
}

/**
 * Return a row of choices of which one is taken.
 * @param {Record<string, string>} modes value → words
 * @param {(mode: string) => void} onChoose
 */
export function modeChoice(modes, onChoose) {
  const name = freshId();
  const inputs = {};
  const labels = Object.entries(modes).map(([mode, text]) => {
    inputs[mode] = element("input", { type: "radio", name, value: mode, onchange: () => onChoose(mode) });
    return element("label", {}, inputs[mode], element("span", {}, text));
  });
  const node = element("div", { class: "wb-modes", role: "radiogroup", "aria-label": "What to show" }, ...labels);
  return { node, inputs };
}

/**
 * Return the dialog that lists the keys.
 * @param {string[][]} keys each with what it does
 * @param {string} words below the list
 */
export function helpDialog(keys, words) {
  const title = element("h3", { id: freshId() }, "Keys");
  const close = element("button", { type: "button", class: "wb-button", onclick: () => dialog.close() }, "Close");
  const rows = keys.flatMap(([key, what]) => [element("dt", {}, key), element("dd", {}, what)]);
  const note = element("p", { class: "wb-hint" }, words);
  const parts = [title, element("dl", {}, ...rows), note, close];
  const dialog = element("dialog", { class: "wb-help", "aria-labelledby": title.id }, ...parts);
  return dialog;
}
