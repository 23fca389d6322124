/** The gallery: a grid of thumbnails, of which only the rows in sight exist. */
import { WORDS, bytes, connect, count, element, freshId, icon, list, sayCounts } from "./base.js";
import { makePictures, playSign } from "./thumbs.js";

const CELL = { width: 192, height: 208 };
const AT_ONCE = 24;
const STATES = {
  new: { text: "Not looked at", path: "M3 8a5 5 0 1 0 10 0a5 5 0 1 0 -10 0" },
  found: { text: "Searched", path: "M7 12a5 5 0 1 0 0-10a5 5 0 0 0 0 10M11 11l3 3" },
  done: { text: "Done", path: "M3 8.5l3.5 3.5L13 4.5" },
  failed: { text: "Failed", path: "M4 4l8 8M12 4l-8 8" },
};

/** Say what state a picture is in. */
export function sayState([, state, counts]) {
  const words = sayCounts(counts);
  if (state === "found") return words ? `Found ${words}` : "Nothing found";
  if (state === "done") return words ? `Hidden: ${words}` : "Done, nothing hidden";
  return STATES[state].text;
}

/** Return the indices of the items that the filter lets through. */
export function filtered(items, { text, state, kind }) {
  const wanted = text.trim().toLowerCase();
  const passes = ([name, itemState, counts]) =>
    (!wanted || name.toLowerCase().includes(wanted)) &&
    (!state || itemState === state) &&
    (!kind || (kind === "none" ? !Object.values(counts).some(Boolean) : counts[kind] > 0));
  return items.map((_, index) => index).filter((index) => passes(items[index]));
}

function filterBar(change) {
  const field = (label, input) => element("label", { class: "wb-filter" }, element("span", {}, label), input);
  const option = ([value, text]) => element("option", { value }, text);
  const text = element("input", { type: "search", oninput: change, placeholder: "Part of a file name" });
  const capital = (word) => word[0].toUpperCase() + word.slice(1);
  const states = [["", "All"], ...Object.entries(STATES).map(([value, { text: words }]) => [value, words])];
  const known = Object.entries(WORDS).map(([value, [, many]]) => [value, capital(many)]);
  const kinds = [["", "Anything"], ...known, ["none", "Nothing"]];
  const state = element("select", { onchange: change }, ...states.map(option));
  const kind = element("select", { onchange: change }, ...kinds.map(option));
  const total = element("p", { class: "wb-quiet wb-total", role: "status" });
  const fields = [field("Name", text), field("State", state), field("Shows", kind)];
  const node = element("div", { class: "wb-row wb-filters", role: "search" }, ...fields, total);
  return { node, total, values: () => ({ text: text.value, state: state.value, kind: kind.value }) };
}

function makeCell(item, index, url, length, place, selected) {
  const [name, state, , note, video] = item;
  const words = [video && `Video${length ? `, ${length}` : ""}`, sayState(item), note].filter(Boolean).join(". ");
  const picture = url
    ? element("img", { src: url, alt: "", draggable: "false" })
    : element("span", { class: "wb-quiet" }, url === "" ? "No picture" : "");
  return element(
    "div",
    {
      class: `wb-cell wb-state-${state}${selected ? " wb-selected" : ""}`,
      role: "option",
      id: place.id,
      style: `width:${place.width - 8}px;height:${CELL.height - 8}px;transform:translate(${place.x}px,${place.y}px)`,
      "data-index": index,
      "aria-selected": String(selected),
      "aria-posinset": place.position + 1,
      "aria-setsize": place.of,
      "aria-label": `${name}: ${words}`,
      title: `${name}\n${words}`,
    },
    element("div", { class: "wb-thumb" }, picture, ...(video ? [playSign(length)] : [])),
    element("div", { class: "wb-name" }, name),
    element("div", { class: "wb-row wb-cell-state" }, icon(STATES[state].path), element("span", {}, sayState(item))),
  );
}

/** @param {{model: import("./base.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const pictures = makePictures();
  let [items, visible, revision, active, selected, waiting, frame] = [[], [], -1, 0, -1, false, 0];
  const prefix = freshId();
  const link = connect(model, el, "gallery", {
    items: takeItems,
    item: takeItem,
    thumbnail,
    thumbnails_sent: sent,
    selected: takeSelected,
  });
  const filter = filterBar(() => (refilter(), (active = 0), (scroller.scrollTop = 0)));
  const spacer = element("div", { class: "wb-spacer" });
  const scroller = element("div", { class: "wb-scroller", role: "listbox", tabindex: 0 }, spacer);
  scroller.setAttribute("aria-label", "Pictures");
  const empty = element("p", { class: "wb-quiet wb-nothing" });
  link.root.append(filter.node, scroller, empty);

  function takeItems(content) {
    if (content.revision !== revision) {
      pictures.clear();
      [active, waiting] = [Math.max(content.selected, 0), false];
    }
    ({ items, revision, selected } = content);
    scroller.style.height = content.height ? `${content.height}px` : "";
    refilter();
  }

  function takeItem(content) {
    if (content.revision !== revision) return;
    items[content.index] = content.item;
    refilter();
  }

  function takeSelected(content) {
    if (content.revision !== revision) return;
    selected = content.index;
    const position = visible.indexOf(selected);
    if (position >= 0) go(position);
    draw();
  }

  function thumbnail(content, buffers) {
    if (content.revision !== revision) return;
    pictures.keep(content.index, bytes(buffers[0]), content.length);
    draw();
  }

  function sent(content) {
    if (content.revision !== revision) return;
    waiting = false;
    draw();
  }

  function refilter() {
    visible = filtered(items, filter.values());
    active = Math.min(Math.max(active, 0), Math.max(visible.length - 1, 0));
    const part = visible.length === items.length ? "" : `${visible.length.toLocaleString("en")} of `;
    const videos = items.filter((item) => item[4]).length;
    const parts = [count(items.length - videos, "picture"), count(videos, "video")];
    filter.total.textContent = part + (videos === 0 ? parts[0] : videos === items.length ? parts[1] : list(parts));
    empty.textContent = items.length === 0 ? "No pictures yet. Choose a folder first." : "No picture fits this filter.";
    empty.hidden = visible.length > 0;
    scroller.hidden = visible.length === 0;
    draw();
  }

  const columns = () => Math.max(Math.floor(scroller.clientWidth / CELL.width), 1);

  function draw() {
    if (!frame) frame = requestAnimationFrame(drawNow);
  }

  function drawNow() {
    frame = 0;
    const across = columns();
    const width = scroller.clientWidth / across;
    const rows = Math.ceil(visible.length / across);
    spacer.style.height = `${rows * CELL.height}px`;
    const first = Math.max(Math.floor(scroller.scrollTop / CELL.height) - 1, 0);
    const last = Math.min(Math.ceil((scroller.scrollTop + scroller.clientHeight) / CELL.height) + 1, rows);
    const cells = [];
    const missing = [];
    for (let position = first * across; position < Math.min(last * across, visible.length); position += 1) {
      const index = visible[position];
      const place = {
        id: `${prefix}-${index}`,
        x: (position % across) * width,
        y: Math.floor(position / across) * CELL.height,
        width,
        position,
        of: visible.length,
      };
      const cell = makeCell(items[index], index, pictures.get(index), pictures.length(index), place, index === selected);
      cell.classList.toggle("wb-active", position === active);
      cells.push(cell);
      if (!pictures.has(index)) missing.push(index);
    }
    spacer.replaceChildren(...cells);
    scroller.setAttribute("aria-activedescendant", `${prefix}-${visible[active] ?? ""}`);
    // One request at a time: what was scrolled past is never asked for.
    if (missing.length > 0 && !waiting) {
      waiting = true;
      model.send({ type: "thumbnails", revision, indices: missing.slice(0, AT_ONCE) });
    }
  }

  function go(position) {
    active = Math.min(Math.max(position, 0), visible.length - 1);
    const top = Math.floor(active / columns()) * CELL.height;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    const least = top + CELL.height - scroller.clientHeight;
    if (least > scroller.scrollTop) scroller.scrollTop = least;
    draw();
  }

  function open(position) {
    if (!(position in visible)) return;
    go(position);
    selected = visible[position];
    link.say({ type: "open", index: selected });
    draw();
  }

  scroller.addEventListener("keydown", (event) => {
    const page = columns() * Math.max(Math.floor(scroller.clientHeight / CELL.height), 1);
    const [right, down] = [{ ArrowRight: 1, ArrowLeft: -1 }, { ArrowDown: columns(), ArrowUp: -columns() }];
    const steps = { ...right, ...down, PageDown: page, PageUp: -page };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in steps) go(active + steps[event.key]);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(visible.length - 1);
    else if (event.key === "Enter" || event.key === " ") open(active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  scroller.addEventListener("click", (event) => {
    const cell = event.target.closest(".wb-cell");
    if (cell) open(visible.indexOf(Number(cell.dataset.index)));
  });
  scroller.addEventListener("scroll", draw, { passive: true });
  const observer = new ResizeObserver(draw);
  observer.observe(scroller);
  refilter();
  link.ready();
  return () => {
    observer.disconnect();
    if (frame) cancelAnimationFrame(frame);
    pictures.clear();
    link.close();
  };
}

export default { render };
