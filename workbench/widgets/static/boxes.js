/** The boxes: drawn over the picture, and as a list beside it that needs no mouse. */
import { WORDS, element, freshId } from "./base.js";
import { LOOKS, isHidden } from "./cover.js";
import { makeOptions } from "./options.js";

const LISTED = 500;
const ORIGINS = { person: "marked by a person", interpolated: "between two sights" };

/** Say what a box is, how sure, how large, who found it, and what becomes of it. */
function partsOf(box, hidden) {
  const [name] = WORDS[box.kind];
  return [
    name[0].toUpperCase() + name.slice(1),
    box.score >= 1 ? "certain" : `${Math.round(box.score * 100)}% sure`,
    `${Math.round(box.x1 - box.x0)} × ${Math.round(box.y1 - box.y0)} pixels`,
    ORIGINS[box.origin] ?? `found by ${box.origin}`,
    hidden ? "hidden" : box.fate === "dropped" ? "false alarm" : "not hidden",
  ];
}

/** Say everything about a box in one line. */
export function sayBox(box, hidden) {
  return partsOf(box, hidden).join(", ");
}

/** Sort boxes by kind, then by score: the order of the list and of the Tab key. */
export function inOrder(boxes) {
  const kinds = Object.keys(WORDS);
  return [...boxes].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || b.score - a.score);
}

/**
 * Draw the outlines that are in sight. What stays visible gets a thin dashed line without a label; what a person
 * called a false alarm is crossed out besides.
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {{scale: number, left: number, top: number, stageWidth: number, stageHeight: number}} view
 */
export function drawBoxes(context, boxes, rules, view, selected) {
  context.save();
  context.font = "600 11px system-ui, sans-serif";
  context.textBaseline = "middle";
  const labels = [];
  for (const box of boxes) {
    const x = view.left + box.x0 * view.scale;
    const y = view.top + box.y0 * view.scale;
    const w = (box.x1 - box.x0) * view.scale;
    const h = (box.y1 - box.y0) * view.scale;
    if (x > view.stageWidth || y > view.stageHeight || x + w < 0 || y + h < 0) continue;
    const hidden = isHidden(box, rules[box.kind]);
    // In a crowd a thick line would hide what it marks.
    const line = box === selected ? 3 : !hidden ? 1 : Math.min(w, h) < 24 ? 1.5 : 2;
    const { colour, dash } = LOOKS[box.kind];
    // A dark casing below, so that the line is seen on every picture.
    context.setLineDash([]);
    context.lineWidth = line + (line > 1.5 ? 2 : 1.5);
    context.strokeStyle = hidden || box === selected ? "rgb(0 0 0 / 0.7)" : "rgb(0 0 0 / 0.45)";
    context.strokeRect(x, y, w, h);
    context.setLineDash(hidden ? dash : [3, 3]);
    context.lineWidth = line;
    context.strokeStyle = hidden || box === selected ? colour : "#fff";
    context.strokeRect(x, y, w, h);
    if (box.fate === "dropped") cross(context, x, y, w, h);
    if (hidden || box === selected) labels.push({ box, x, y, w, h, colour });
  }
  context.setLineDash([]);
  for (const label of labels) drawLabel(context, label);
  context.restore();
}

function cross(context, x, y, w, h) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + w, y + h);
  context.moveTo(x, y + h);
  context.lineTo(x + w, y);
  context.stroke();
}

const widths = {};

function drawLabel(context, { box, x, y, w, h, colour }) {
  const name = WORDS[box.kind][0];
  const whole = (widths[name] ??= context.measureText(name).width + 8);
  const text = w >= whole ? name : w >= 18 && h >= 18 ? name[0].toUpperCase() : "";
  if (!text) return;
  const wide = text === name ? whole : 14;
  const top = y >= 18 ? y - 17 : y + 1;
  context.fillStyle = colour;
  context.fillRect(x - 1, top, wide, 16);
  context.fillStyle = "#000";
  context.fillText(text, x + 3, top + 8.5);
}

/**
 * Build the list of boxes.
 * @param {(box: any) => void} choose is called when the user goes to a box
 */
export function boxList(choose) {
  const title = element("h3", { id: freshId() }, "Found in this picture");
  const note = element("p", { class: "wb-hint" });
  let rows = [];
  const options = makeOptions({ class: "wb-boxes", "aria-labelledby": title.id }, (index) => choose(rows[index].box));
  return {
    node: element("section", { class: "wb-found" }, title, options.node, note),
    fill(boxes) {
      rows = boxes.slice(0, LISTED).map((box) => ({ box, node: element("li"), said: "" }));
      options.fill(rows.map((row) => row.node));
      const unlisted = boxes.length - rows.length;
      note.textContent = unlisted > 0 ? `${unlisted} more are drawn, but not listed.` : "";
      if (boxes.length === 0) note.textContent = "Nothing was found in this picture.";
    },
    show(rules) {
      for (const row of rows) {
        const hidden = isHidden(row.box, rules[row.box.kind]);
        const said = sayBox(row.box, hidden);
        if (row.said === said) continue;
        row.said = said;
        const [name, ...rest] = partsOf(row.box, hidden);
        row.node.classList.toggle("wb-left", !hidden);
        row.node.setAttribute("aria-label", said);
        row.node.replaceChildren(
          element("span", { class: "wb-dot", style: `background:${LOOKS[row.box.kind].colour}` }),
          element("span", { class: "wb-box-kind" }, name),
          ...rest.map((part) => element("span", { class: "wb-number wb-box-part" }, part)),
        );
      }
    },
    select: (box) => options.mark(rows.findIndex((row) => row.box === box), true),
  };
}
