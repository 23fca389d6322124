/** The boxes: drawn over the picture, and as a list beside it that needs no mouse. */
import { WORDS, element, freshId } from "./base.js";
import { LOOKS, isHidden } from "./cover.js";

const LISTED = 500;

/** Say what a box is, how sure, how large, who found it, and what becomes of it. */
function partsOf(box, hidden) {
  const [name] = WORDS[box.kind];
  return [
    name[0].toUpperCase() + name.slice(1),
    `${Math.round(box.score * 100)}% sure`,
    `${Math.round(box.x1 - box.x0)} × ${Math.round(box.y1 - box.y0)} pixels`,
    box.origin === "person" ? "drawn by a person" : `found by ${box.origin}`,
    hidden ? "hidden" : "not hidden",
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
 * Draw the outlines. What stays visible gets a thin dashed line without a label.
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {{scale: number, left: number, top: number}} view
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
    if (hidden || box === selected) labels.push({ box, x, y, w, h, colour });
  }
  context.setLineDash([]);
  for (const label of labels) drawLabel(context, label);
  context.restore();
}

function drawLabel(context, { box, x, y, w, h, colour }) {
  const name = WORDS[box.kind][0];
  const whole = context.measureText(name).width + 8;
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
  const items = element("ul", { class: "wb-boxes", role: "listbox", tabindex: 0, "aria-labelledby": title.id });
  let rows = [];
  let current = -1;
  const mark = (index, scroll) => {
    rows[current]?.node.setAttribute("aria-selected", "false");
    current = index;
    rows[index]?.node.setAttribute("aria-selected", "true");
    items.setAttribute("aria-activedescendant", rows[index]?.node.id ?? "");
    // Only the list scrolls, never the page.
    const node = rows[index]?.node;
    if (node && scroll) items.scrollTop = node.offsetTop - items.clientHeight / 2;
  };
  const go = (index) => {
    mark(Math.min(Math.max(index, 0), rows.length - 1), true);
    if (rows.length > 0) choose(rows[current].box);
  };
  items.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: rows.length - 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    event.stopPropagation();
    go(steps[event.key]);
  });
  return {
    node: element("section", { class: "wb-found" }, title, items, note),
    fill(boxes) {
      rows = boxes.slice(0, LISTED).map((box, index) => {
        const attributes = { role: "option", id: freshId(), "aria-selected": "false", onclick: () => go(index) };
        const node = element("li", attributes);
        return { box, node, state: null };
      });
      current = -1;
      items.replaceChildren(...rows.map((row) => row.node));
      items.hidden = rows.length === 0;
      const unlisted = boxes.length - rows.length;
      note.textContent = unlisted > 0 ? `${unlisted} more are drawn, but not listed.` : "";
      if (boxes.length === 0) note.textContent = "Nothing was found in this picture.";
    },
    show(rules) {
      for (const row of rows) {
        const hidden = isHidden(row.box, rules[row.box.kind]);
        if (row.state === hidden) continue;
        row.state = hidden;
        const [name, ...rest] = partsOf(row.box, hidden);
        row.node.classList.toggle("wb-left", !hidden);
        row.node.setAttribute("aria-label", sayBox(row.box, hidden));
        row.node.replaceChildren(
          element("span", { class: "wb-dot", style: `background:${LOOKS[row.box.kind].colour}` }),
          element("span", { class: "wb-box-kind" }, name),
          ...rest.map((part) => element("span", { class: "wb-number wb-box-part" }, part)),
        );
      }
    },
    select: (box) => mark(rows.findIndex((row) => row.box === box), true),
  };
}
