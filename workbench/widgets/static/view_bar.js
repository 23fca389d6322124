/** The bar above a picture: which one it is, what of it is shown, how large. */
import { element, icon } from "./base.js";
import { iconButton, modeChoice } from "./controls.js";

const MODES = { original: "Original", redacted: "Redacted", wipe: "Compare" };

/**
 * @param {string} noun what is gone through: "file", "picture"
 * @param {Record<string, (value?: any) => void>} on what each control calls
 */
export function viewBar(noun, on) {
  const modes = modeChoice(MODES, on.mode);
  const outlines = element("input", { type: "checkbox", checked: true, onchange: () => on.outlines(outlines.checked) });
  const previous = iconButton(`Previous ${noun}`, icon("M10 3L5 8l5 5"), () => on.navigate(-1));
  const next = iconButton(`Next ${noun}`, icon("M6 3l5 5-5 5"), () => on.navigate(1));
  const title = element("span", { class: "wb-title" });
  const position = element("span", { class: "wb-number wb-quiet wb-position" });
  const node = element(
    "div",
    { class: "wb-toolbar", role: "group", "aria-label": "View" },
    element("div", { class: "wb-row wb-heading" }, previous, next, title, position),
    modes.node,
    element("label", { class: "wb-check" }, outlines, "Boxes"),
    element(
      "div",
      { class: "wb-row wb-zoom" },
      iconButton("Zoom out", icon("M3 8h10"), () => on.zoom(1 / 1.4)),
      element("button", { type: "button", class: "wb-button", onclick: on.fit, title: "Show the whole picture" }, "Fit"),
      iconButton("Zoom in", icon("M3 8h10M8 3v10"), () => on.zoom(1.4)),
      iconButton("Keys", "?", on.help),
    ),
  );
  return {
    ...{ node, modes, outlines, previous, next },
    /** Name what is shown. */
    name(text, [at, of] = []) {
      title.textContent = title.title = text;
      position.textContent = at ? `${at.toLocaleString("en")} of ${of.toLocaleString("en")}` : "";
      previous.disabled = at !== undefined && at <= 1;
      next.disabled = at !== undefined && at >= of;
    },
    mayGo: (step) => !(step < 0 ? previous : next).disabled,
  };
}
