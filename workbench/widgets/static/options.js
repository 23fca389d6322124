/** A list of which one row is chosen, by pointer or by keys. */
import { element, freshId } from "./base.js";

/**
 * @param {Record<string, any>} attributes of the list, its name among them
 * @param {(index: number) => void} choose is called when the user goes to a row
 */
export function makeOptions(attributes, choose) {
  const node = element("ul", { role: "listbox", tabindex: 0, ...attributes });
  let [rows, current] = [[], -1];

  function mark(index, scroll) {
    rows[current]?.setAttribute("aria-selected", "false");
    current = index;
    rows[index]?.setAttribute("aria-selected", "true");
    node.setAttribute("aria-activedescendant", rows[index]?.id ?? "");
    // Only the list scrolls, never the page.
    if (rows[index] && scroll) node.scrollTop = rows[index].offsetTop - node.clientHeight / 2;
  }

  function go(index) {
    mark(Math.min(Math.max(index, 0), rows.length - 1), true);
    if (rows.length > 0) choose(current);
  }

  node.addEventListener("click", (event) => {
    const index = rows.indexOf(event.target.closest("li"));
    if (index >= 0) go(index);
  });
  node.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: rows.length - 1 };
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    go(steps[event.key]);
  });
  return {
    node,
    mark,
    /** Replace the rows; none is chosen. @param {HTMLElement[]} given */
    fill(given) {
      [rows, current] = [given, -1];
      for (const row of rows) {
        row.id ||= freshId();
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
      }
      node.setAttribute("aria-activedescendant", "");
      node.replaceChildren(...rows);
      node.hidden = rows.length === 0;
    },
  };
}
