/** The file browser: files as pictures or as a table, of which only those in sight exist; any number is picked. */
import { bytes, connect, count, element, freshId } from "./base.js";
import { GRID, TABLE, gridCell, headRow, tableRow } from "./files_views.js";
import { sorted, termIn, withPicks, withTerm } from "./files_words.js";
import { makePictures } from "./thumbs.js";

const AT_ONCE = 24;
const PAUSE = 400; // ms after the last key, before the filter is asked for

/** The line with the filter and its menus. */
function filterLine(use) {
  const id = freshId();
  const text = element("input", { type: "search", id, autocomplete: "off", spellcheck: "false" });
  text.placeholder = "Part of a name, a condition such as size>5MB, or choose below";
  const problem = element("p", { class: "wb-filter-problem", role: "alert", id: freshId(), hidden: true });
  const menus = element("div", { class: "wb-row wb-file-menus" });
  const clear = element("button", { type: "button", class: "wb-button wb-plain", onclick: () => set("") }, "Clear filter");
  const words = element("div", { class: "wb-filter wb-file-search" }, element("label", { for: id }, "Filter"), text, clear);
  const node = element("div", { class: "wb-file-filter", role: "search" }, words, menus, problem);
  let [timer, facets] = [0, []];
  const now = () => (clearTimeout(timer), use(text.value));
  const set = (value) => ((text.value = value), tell(), now());
  text.addEventListener("input", () => (clearTimeout(timer), tell(), (timer = setTimeout(now, PAUSE))));
  text.addEventListener("keydown", (event) => event.key === "Enter" && now());
  const tell = () => {
    menus.querySelectorAll("select").forEach((select, at) => (select.value = termIn(text.value, facets[at][1])));
    clear.disabled = !text.value;
  };
  return {
    node,
    stop: () => clearTimeout(timer),
    offer(wanted) {
      facets = wanted;
      const option = ([value, label]) => element("option", { value }, label);
      const menu = ([label, options]) => {
        const select = element("select", {}, option(["", "Any"]), ...options.map(option));
        select.addEventListener("change", () => set(withTerm(text.value, options, select.value)));
        return element("label", { class: "wb-filter" }, element("span", {}, label), select);
      };
      menus.replaceChildren(...facets.map(menu));
      tell();
    },
    show(content) {
      problem.textContent = content.problem;
      problem.hidden = !content.problem;
      text.setAttribute("aria-invalid", String(Boolean(content.problem)));
      text.setAttribute("aria-describedby", content.problem ? problem.id : "");
      // What is being typed is not overwritten by an older answer.
      if (!content.problem && document.activeElement !== text) text.value = content.text;
      tell();
    },
  };
}

/** @param {{model: import("./base.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const pictures = makePictures();
  const prefix = freshId();
  let [rows, columns, visible, order] = [[], [], [], []]; // `order`: the visible ones as they are sorted
  let [picked, revision, active, anchor, waiting, frame] = [new Set(), -1, 0, 0, false, 0];
  let [asTable, sorting, empty] = [false, { column: null, backwards: false }, ""];

  const handlers = { files: takeFiles, rows: takeRows, shown: takeShown, thumbnail, thumbnails_sent: sent };
  const link = connect(model, el, "files", handlers);
  const filter = filterLine((text) => link.say({ type: "filter", text }));
  const name = freshId();
  const choose = (label, table) => {
    const input = element("input", { type: "radio", name, onchange: () => look(table) });
    input.checked = table === asTable;
    return element("label", { class: "wb-look" }, input, label);
  };
  const looks = element("div", { class: "wb-row wb-looks", role: "radiogroup", "aria-label": "Show as" });
  looks.append(choose("Pictures", false), choose("Table", true));
  const button = (text, action) => element("button", { type: "button", class: "wb-button", onclick: action }, text);
  const [every, none] = [button("Pick all shown", () => pick(visible, true)), button("Pick none", () => pick([...picked], false))];
  const total = element("p", { class: "wb-number wb-file-total", role: "status" });
  const bar = element("div", { class: "wb-row wb-file-bar" }, looks, every, none, total);
  const spacer = element("div", { class: "wb-spacer", role: "presentation" });
  const head = element("div", { class: "wb-file-heads", role: "rowgroup" });
  const scroller = element("div", { class: "wb-scroller", tabindex: 0 }, head, spacer);
  const nothing = element("p", { class: "wb-quiet wb-nothing" });
  link.root.append(filter.node, bar, scroller, nothing);

  function takeFiles(content) {
    if (content.revision !== revision) {
      pictures.clear();
      [active, anchor, waiting] = [0, 0, false];
    }
    ({ rows, columns, revision, empty } = content);
    scroller.setAttribute("aria-label", content.label);
    filter.offer(content.facets);
  }

  function takeRows(content) {
    if (content.revision !== revision) return;
    for (const [index, row] of content.rows) rows[index] = row;
    filter.offer(content.facets);
  }

  function takeShown(content) {
    if (content.revision !== revision) return;
    visible = content.visible ?? rows.map((_, index) => index);
    picked = new Set(content.picked);
    filter.show(content);
    arrange();
  }

  function thumbnail(content, buffers) {
    if (content.revision !== revision) return;
    pictures.keep(content.index, bytes(buffers[0]), "");
    draw();
  }

  function sent(content) {
    if (content.revision !== revision) return;
    waiting = false;
    draw();
  }

  function look(table) {
    asTable = table;
    sorting = table ? sorting : { column: null, backwards: false };
    scroller.scrollTop = 0;
    arrange();
    go(active);
  }

  function sortBy(column) {
    sorting = { column, backwards: sorting.column === column && !sorting.backwards };
    arrange();
    head.querySelectorAll("button")[column + 1]?.focus();
  }

  /** Put what is visible in order, and set up the list for it. */
  function arrange() {
    const at = order[active];
    order = sorted(rows, visible, sorting.column, sorting.backwards);
    active = Math.max(order.indexOf(at), 0);
    link.root.classList.toggle("wb-as-table", asTable);
    scroller.setAttribute("role", asTable ? "grid" : "listbox");
    scroller.setAttribute("aria-multiselectable", "true");
    scroller[asTable ? "setAttribute" : "removeAttribute"]("aria-rowcount", order.length + 1);
    scroller.style.setProperty("--wb-columns", columns.length);
    head.hidden = !asTable;
    head.replaceChildren(...(asTable ? [headRow(columns, sorting, sortBy)] : []));
    nothing.textContent = rows.length === 0 ? empty : "No file fits this filter.";
    nothing.hidden = order.length > 0;
    scroller.hidden = order.length === 0;
    [filter.node.hidden, bar.hidden] = [rows.length === 0, rows.length === 0];
    draw();
  }

  const shape = () => (asTable ? TABLE : GRID);
  const across = () => (asTable ? 1 : Math.max(Math.floor(scroller.clientWidth / GRID.width), 1));
  const above = () => (asTable ? head.offsetHeight : 0);

  function draw() {
    if (!frame) frame = requestAnimationFrame(drawNow);
  }

  function drawNow() {
    frame = 0;
    const [many, height, lines] = [across(), shape().height, Math.ceil(order.length / across())];
    const width = scroller.clientWidth / many;
    spacer.style.height = `${lines * height}px`;
    const first = Math.max(Math.floor(scroller.scrollTop / height) - 1, 0);
    const last = Math.min(Math.ceil((scroller.scrollTop + scroller.clientHeight) / height) + 1, lines);
    const [cells, missing] = [[], []];
    for (let position = first * many; position < Math.min(last * many, order.length); position += 1) {
      const index = order[position];
      const [x, y] = [(position % many) * width, Math.floor(position / many) * height];
      const mine = { picked: picked.has(index), active: position === active };
      const place = { id: `${prefix}-${index}`, x, y, width, position, of: order.length, ...mine };
      cells.push((asTable ? tableRow : gridCell)(rows[index], index, pictures.get(index), place));
      if (!pictures.has(index)) missing.push(index);
    }
    spacer.replaceChildren(...cells);
    scroller.setAttribute("aria-activedescendant", order.length ? `${prefix}-${order[active]}` : "");
    const part = order.length === rows.length ? "" : `${order.length.toLocaleString("en")} of `;
    total.textContent = `${part}${count(rows.length, "file")}, ${picked.size.toLocaleString("en")} picked`;
    [every.disabled, none.disabled] = [picked.size === order.length, picked.size === 0];
    // One request at a time: what was scrolled past is never asked for.
    if (missing.length > 0 && !waiting) {
      waiting = true;
      model.send({ type: "thumbnails", revision, indices: missing.slice(0, AT_ONCE) });
    }
  }

  function pick(indices, on) {
    picked = withPicks(picked, indices, on);
    link.say({ type: "pick", revision, indices: [...picked] });
    draw();
  }

  function go(position) {
    active = Math.min(Math.max(position, 0), Math.max(order.length - 1, 0));
    const top = Math.floor(active / across()) * shape().height;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    const least = top + shape().height + above() - scroller.clientHeight;
    if (least > scroller.scrollTop) scroller.scrollTop = least;
    draw();
  }

  /** Pick the active file or let it go; with `range` everything from the last one that was picked. */
  function toggle(position, range) {
    if (!(position in order)) return;
    const on = range || !picked.has(order[position]);
    const [from, to] = range ? [Math.min(anchor, position), Math.max(anchor, position)] : [position, position];
    if (!range) anchor = position;
    go(position);
    pick(order.slice(from, to + 1), on);
  }

  const open = (position) => position in order && link.say({ type: "open", revision, index: order[position] });

  scroller.addEventListener("keydown", (event) => {
    if (event.target !== scroller || event.altKey) return;
    const page = across() * Math.max(Math.floor((scroller.clientHeight - above()) / shape().height), 1);
    const beside = asTable ? {} : { ArrowRight: 1, ArrowLeft: -1 };
    const steps = { ...beside, ArrowDown: across(), ArrowUp: -across(), PageDown: page, PageUp: -page };
    const far = { Home: -Infinity, End: Infinity };
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "a") pick(visible, true);
    else if (control) return;
    else if (event.key in steps || event.key in far) {
      const to = Math.min(Math.max(active + (steps[event.key] ?? far[event.key]), 0), order.length - 1);
      if (event.shiftKey) toggle(to, true);
      else go(to);
    } else if (event.key === " ") toggle(active, event.shiftKey);
    else if (event.key === "Enter") open(active);
    else if (event.key === "Escape" && picked.size) pick([...picked], false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const positionOf = (event) => order.indexOf(Number(event.target.closest("[data-index]")?.dataset.index ?? -1));
  scroller.addEventListener("click", (event) => toggle(positionOf(event), event.shiftKey));
  scroller.addEventListener("dblclick", (event) => open(positionOf(event)));
  scroller.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault()); // no selection of text
  scroller.addEventListener("scroll", draw, { passive: true });
  const observer = new ResizeObserver(draw);
  observer.observe(scroller);
  arrange();
  link.ready();
  return () => {
    observer.disconnect();
    if (frame) cancelAnimationFrame(frame);
    filter.stop();
    pictures.clear();
    link.close();
  };
}

export default { render };
