/** The queue of a review: one row for each picture, with why it is there and what became of it. */
import { connect, count, element, freshId, icon } from "./base.js";

const STANDINGS = {
  open: { text: "To be looked at", path: "M3 8a5 5 0 1 0 10 0a5 5 0 1 0 -10 0" },
  clean: { text: "Nothing was missed", path: "M3 8.5l3.5 3.5L13 4.5" },
  corrected: { text: "Corrected", path: "M3 13l1-3.5L10.5 3L13 5.5L6.5 12z" },
  unsure: { text: "You could not tell", path: "M5.5 6a2.5 2.5 0 1 1 3.5 2.3c-.8.4-1 .8-1 1.7M8 12.6v.4" },
  elsewhere: { text: "Somebody else looks at it now", path: "M8 7a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5M3 14c0-3 2-5 5-5s5 2 5 5" },
  answered: { text: "Others have answered it", path: "M1.5 8.5L5 12l6-7.5M8 11l1 1l6-7.5" },
};

/** Return the indices of the items that a filter lets through. */
export function wanted(items, only) {
  const all = items.map((_, index) => index);
  return only === "open" ? all.filter((index) => items[index][2] === "open") : all;
}

/** @param {{model: import("./base.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  let [items, selected, active] = [[], -1, 0];
  const prefix = freshId();
  const link = connect(model, el, "queue", { items: take });
  const only = element("input", { type: "checkbox", onchange: () => draw() });
  const total = element("p", { class: "wb-quiet wb-number", role: "status" });
  const filter = element("label", { class: "wb-queue-filter" }, only, "Only what is still to be looked at");
  const list = element("div", { class: "wb-queue-list", role: "listbox", tabindex: 0, "aria-label": "Queue" });
  link.root.append(element("div", { class: "wb-row wb-queue-bar" }, total, element("span", { class: "wb-grow" }), filter), list);

  function take(content) {
    const moved = content.selected !== selected;
    ({ items, selected } = content);
    if (moved) active = Math.max(wanted(items, only.checked && "open").indexOf(selected), 0);
    draw();
    if (moved) document.getElementById(`${prefix}-${selected}`)?.scrollIntoView({ block: "nearest" });
  }

  function row(index, position, of) {
    const [name, reason, standing, twice] = items[index];
    const { text, path } = STANDINGS[standing];
    const node = element(
      "div",
      {
        class: `wb-queue-row wb-standing-${standing}${index === selected ? " wb-selected" : ""}${position === active ? " wb-active" : ""}`,
        role: "option",
        id: `${prefix}-${index}`,
        "data-position": position,
        "aria-selected": String(index === selected),
        "aria-posinset": position + 1,
        "aria-setsize": of,
        "aria-label": `${name}: ${text}. ${reason}`,
      },
      element("span", { class: "wb-queue-state", title: text }, icon(path)),
      element("span", { class: "wb-queue-name", title: name }, name),
      element("span", { class: "wb-queue-why" }, reason),
    );
    if (twice) node.append(element("span", { class: "wb-queue-twice", title: "Two reviewers get it" }, "twice"));
    return node;
  }

  let visible = [];
  function draw() {
    visible = wanted(items, only.checked && "open");
    active = Math.min(active, Math.max(visible.length - 1, 0));
    list.replaceChildren(...visible.map((index, position) => row(index, position, visible.length)));
    list.setAttribute("aria-activedescendant", visible.length ? `${prefix}-${visible[active]}` : "");
    const left = wanted(items, "open").length;
    total.textContent = `${count(items.length, "item")}, ${left.toLocaleString("en")} still to be looked at`;
  }

  function go(position) {
    active = Math.min(Math.max(position, 0), Math.max(visible.length - 1, 0));
    list.querySelector(".wb-active")?.classList.remove("wb-active");
    const now = document.getElementById(`${prefix}-${visible[active]}`);
    now?.classList.add("wb-active");
    now?.scrollIntoView({ block: "nearest" });
    list.setAttribute("aria-activedescendant", `${prefix}-${visible[active] ?? ""}`);
  }

  const open = (position) => position in visible && link.say({ type: "open", index: visible[position] });

  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in steps) go(active + steps[event.key]);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(visible.length - 1);
    else if (event.key === "Enter" || event.key === " ") open(active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("click", (event) => {
    const target = event.target.closest(".wb-queue-row");
    if (!target) return;
    go(Number(target.dataset.position));
    open(active);
  });
  draw();
  link.ready();
  return () => link.close();
}

export default { render };
