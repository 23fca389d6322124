/** The sheet: pages of crops, and one key that hides what is seen in one of them. */
import { bytes, connect, element, freshId, icon } from "./base.js";

const AT_ONCE = 24;
const PAGE = 48;
const EYE = "M1.5 8s2.5-4.5 6.5-4.5S14.5 8 14.5 8S12 12.5 8 12.5S1.5 8 1.5 8zM6.2 8a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0";
const TICK = "M3 8.5l3.5 3.5L13 4.5";

/** Return the first crop of the page on which one is. */
export const pageOf = (index) => Math.floor(index / PAGE) * PAGE;

/** @param {{model: import("./base.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  let [items, revision, first, active, waiting, empty] = [[], -1, 0, 0, false, ""];
  const urls = new Map();
  const prefix = freshId();
  const link = connect(model, el, "sheet", { items: takeItems, item: takeItem, crop: takeCrop, sent });
  const grid = element("div", { class: "wb-sheet-grid", role: "listbox", tabindex: 0, "aria-label": "Crops" });
  const step = (text, by) => element("button", { type: "button", class: "wb-button", onclick: () => turn(by) }, text);
  const [back, on] = [step("Previous page", -PAGE), step("Next page", PAGE)];
  const place = element("p", { class: "wb-quiet wb-number", role: "status" });
  const keys = element("p", { class: "wb-hint" });
  for (const [key, words] of [["M", " hides it, again takes that back"], ["Enter", " opens the picture"], ["←→↑↓", " moves"]])
    keys.append(element("kbd", {}, key), `${words}   `);
  const bar = element("div", { class: "wb-row wb-sheet-bar" }, back, on, place, element("span", { class: "wb-grow" }), keys);
  const nothing = element("p", { class: "wb-quiet wb-sheet-empty" });
  link.root.append(bar, grid, nothing);

  function takeItems(content) {
    forget();
    ({ items, revision, empty } = content);
    [first, active, waiting] = [0, 0, false];
    draw();
  }

  function takeItem(content) {
    if (content.revision !== revision) return;
    items[content.index] = content.item;
    if (pageOf(content.index) === first) draw();
  }

  function takeCrop(content, buffers) {
    if (content.revision !== revision) return;
    const jpeg = bytes(buffers[0]);
    if (urls.get(content.index)) URL.revokeObjectURL(urls.get(content.index));
    urls.set(content.index, jpeg.length ? URL.createObjectURL(new Blob([jpeg], { type: "image/jpeg" })) : "");
    const cell = document.getElementById(`${prefix}-${content.index}`);
    if (cell) cell.querySelector(".wb-sheet-picture").replaceChildren(picture(content.index));
  }

  function sent(content) {
    if (content.revision !== revision) return;
    waiting = false;
    ask();
  }

  function forget() {
    [...urls.values()].filter(Boolean).forEach((url) => URL.revokeObjectURL(url));
    urls.clear();
  }

  const shown = () => items.map((_, index) => index).slice(first, first + PAGE);

  function ask() {
    const missing = shown().filter((index) => !urls.has(index));
    if (waiting || missing.length === 0) return;
    waiting = true;
    model.send({ type: "crops", revision, indices: missing.slice(0, AT_ONCE) });
  }

  function picture(index) {
    const url = urls.get(index);
    if (url) return element("img", { src: url, alt: "", draggable: "false" });
    return element("span", { class: "wb-quiet" }, url === "" ? "No picture" : "");
  }

  function cell(index) {
    const [title, where, hidden] = items[index];
    const state = hidden ? "Will be hidden" : "Visible";
    return element(
      "div",
      {
        class: `wb-sheet-cell${hidden ? " wb-hidden" : ""}${index === active ? " wb-active" : ""}`,
        role: "option",
        id: `${prefix}-${index}`,
        "data-index": index,
        "aria-selected": String(hidden),
        "aria-posinset": index + 1,
        "aria-setsize": items.length,
        "aria-label": `${title}, ${where}: ${state}`,
        title: `${title}\n${where}`,
      },
      element("div", { class: "wb-sheet-picture" }, picture(index)),
      element("div", { class: "wb-sheet-title" }, title),
      element("div", { class: "wb-sheet-where wb-quiet" }, where),
      element("div", { class: "wb-sheet-state" }, icon(hidden ? TICK : EYE), state),
    );
  }

  function draw() {
    grid.replaceChildren(...shown().map(cell));
    const some = items.length > 0;
    nothing.textContent = empty;
    [nothing.hidden, grid.hidden, bar.hidden] = [some, !some, !some];
    back.disabled = first === 0;
    on.disabled = first + PAGE >= items.length;
    [back.hidden, on.hidden] = [items.length <= PAGE, items.length <= PAGE];
    const last = Math.min(first + PAGE, items.length);
    const decided = items.filter((item) => item[2]).length;
    place.textContent = `${first + 1} to ${last} of ${items.length.toLocaleString("en")}, ${decided} to be hidden`;
    grid.setAttribute("aria-activedescendant", `${prefix}-${active}`);
    ask();
  }

  function turn(by) {
    go(Math.min(Math.max(first + by, 0), Math.max(items.length - 1, 0)));
    grid.focus();
  }

  function go(index) {
    if (!(index in items)) return;
    const page = pageOf(index);
    const before = document.getElementById(`${prefix}-${active}`);
    active = index;
    if (page !== first) {
      first = page;
      draw();
    }
    before?.classList.remove("wb-active");
    const now = document.getElementById(`${prefix}-${active}`);
    now?.classList.add("wb-active");
    now?.scrollIntoView({ block: "nearest" });
    grid.setAttribute("aria-activedescendant", `${prefix}-${active}`);
  }

  const columns = () => Math.max(getComputedStyle(grid).gridTemplateColumns.split(" ").length, 1);
  const toggle = (index) => index in items && link.say({ type: "toggle", revision, index });
  const open = (index) => index in items && link.say({ type: "open", revision, index });

  grid.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(), ArrowUp: -columns(), PageDown: PAGE, PageUp: -PAGE };
    const key = event.key.toLowerCase();
    if (event.key in steps) go(Math.min(Math.max(active + steps[event.key], 0), items.length - 1));
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(items.length - 1);
    else if (key === "m" || key === " ") toggle(active);
    else if (event.key === "Enter") open(active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  grid.addEventListener("click", (event) => {
    const target = event.target.closest(".wb-sheet-cell");
    if (!target) return;
    go(Number(target.dataset.index));
    if (event.target.closest(".wb-sheet-state")) toggle(active);
  });
  grid.addEventListener("dblclick", (event) => {
    if (event.target.closest(".wb-sheet-picture")) open(active);
  });
  draw();
  link.ready();
  return () => {
    forget();
    link.close();
  };
}

export default { render };
