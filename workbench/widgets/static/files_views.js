/** How the file browser draws one file: as a picture with words below it, or as a row of the table. */
import { element, icon } from "./base.js";
import { playSign } from "./thumbs.js";

const BOX = "M3.5 2.5h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1z";
const TICKED = `${BOX}M5 8.2l2.2 2.2L11 6`;
const SORT_UP = "M4.5 9.5L8 6l3.5 3.5";
const SORT_DOWN = "M4.5 6.5L8 10l3.5-3.5";

/** px of one cell, with the space around it; a table has one cell across */
export const GRID = { width: 176, height: 192 };
export const TABLE = { width: Infinity, height: 44 };

const pickSign = (picked) => {
  const sign = element("span", { class: "wb-pick" }, icon(picked ? TICKED : BOX));
  sign.setAttribute("aria-hidden", "true");
  return sign;
};

const thumb = (row, url) =>
  element(
    "div",
    { class: "wb-thumb" },
    url
      ? element("img", { src: url, alt: "", draggable: "false" })
      : element("span", { class: "wb-quiet" }, url === "" ? "No picture" : ""),
    ...(row[2] ? [playSign("")] : []),
  );

const classes = (name, row, place) =>
  [
    name,
    place.picked && "wb-picked",
    place.active && "wb-active",
    row[3] && "wb-has-problem",
  ].filter(Boolean).join(" ");

/** One picture of the grid. */
export function gridCell(row, index, url, place) {
  const [name, about, video, problem] = row;
  const words = [video && "Video", problem || about].filter(Boolean).join(", ");
  return element(
    "div",
    {
      class: classes("wb-file-cell", row, place),
      role: "option",
      id: place.id,
      style: `width:${place.width - 8}px;height:${GRID.height - 8}px;transform:translate(${place.x}px,${place.y}px)`,
      "data-index": index,
      "aria-selected": String(place.picked),
      "aria-posinset": place.position + 1,
      "aria-setsize": place.of,
      "aria-label": `${name}: ${words}`,
      title: `${name}\n${problem || about}`,
    },
    thumb(row, url),
    pickSign(place.picked),
    element("div", { class: "wb-name" }, name.split("/").at(-1)),
    element("div", { class: "wb-file-about" }, problem || about),
  );
}

/** One row of the table. */
export function tableRow(row, index, url, place) {
  const [name, , , problem, cells] = row;
  const cell = (text, name_ = "") => element("div", { class: `wb-td ${name_}`, role: "gridcell", title: text }, text);
  const said = problem ? [cell(problem, "wb-td-problem")] : cells.map(([text, number]) => cell(text, number === null ? "" : "wb-number"));
  return element(
    "div",
    {
      class: classes("wb-file-row", row, place),
      role: "row",
      id: place.id,
      style: `height:${TABLE.height}px;transform:translateY(${place.y}px)`,
      "data-index": index,
      "aria-selected": String(place.picked),
      "aria-rowindex": place.position + 2,
    },
    pickSign(place.picked),
    thumb(row, url),
    element("div", { class: "wb-td wb-name", role: "rowheader", title: name }, name),
    ...said,
  );
}

/** The line above the table; a click on a column sorts by it. */
export function headRow(columns, order, sortBy) {
  const head = (text, column) => {
    const here = order.column === column;
    const button = element(
      "button",
      { type: "button", class: "wb-th-button", onclick: () => sortBy(column) },
      element("span", {}, text),
      ...(here ? [icon(order.backwards ? SORT_DOWN : SORT_UP)] : []),
    );
    const sort = here ? (order.backwards ? "descending" : "ascending") : "none";
    return element("div", { class: "wb-th", role: "columnheader", "aria-sort": sort }, button);
  };
  const names = columns.map((text, column) => head(text, column));
  const row = element("div", { class: "wb-file-head", role: "row", "aria-rowindex": 1 });
  row.append(element("span"), element("span"), head("File", -1), ...names);
  return row;
}
