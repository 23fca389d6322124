/** The folder chooser: the server's folders, level by level. */
import { connect, count, element, freshId, icon } from "./base.js";

const FILES = ["picture or video", "pictures and videos"];
const FOLDER = "M2 3.5h4l1.5 2H14v7H2z";

function sayPhotos(folder) {
  if (!folder.readable) return "cannot be read";
  if (folder.photos === null) return "";
  if (folder.more) return `more than ${count(folder.photos, ...FILES)}`;
  return folder.photos === 0 ? "nothing directly in it" : count(folder.photos, ...FILES);
}

/** @param {{model: import("./base.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  let [listing, chosen, active] = [null, "", 0];
  const link = connect(model, el, "folders", { listing: show, chosen: takeChosen, error: () => busy(false) });
  const title = element("h3", { id: freshId() });
  const path = element("input", { type: "text", id: freshId(), class: "wb-grow", spellcheck: "false" });
  const form = element(
    "form",
    { class: "wb-row wb-path" },
    element("label", { for: path.id }, "Path on the server"),
    path,
    element("button", { class: "wb-button" }, "Go"),
  );
  const roots = element("select", { "aria-label": "Start from", onchange: () => open(roots.value) });
  const crumbs = element("ol", { class: "wb-row wb-crumbs" });
  const filter = element("input", { type: "search", id: freshId(), placeholder: "Type to filter" });
  const list = element("ul", { class: "wb-folder-list", role: "listbox", tabindex: 0, "aria-label": "Sub folders" });
  const notes = element("p", { class: "wb-hint" });
  const choose = element("button", { type: "button", class: "wb-button wb-main", onclick: chooseThis });
  const here = element("p", { class: "wb-quiet" });
  const outcome = element("p", { class: "wb-chosen", role: "status", hidden: true });
  link.root.setAttribute("role", "group");
  link.root.setAttribute("aria-labelledby", title.id);
  link.root.append(
    title,
    form,
    element(
      "div",
      { class: "wb-row wb-way" },
      roots,
      element("nav", { "aria-label": "Where you are", class: "wb-grow" }, crumbs),
      element("label", { for: filter.id, class: "wb-unseen" }, "Filter the sub folders"),
      filter,
    ),
    list,
    notes,
    element("div", { class: "wb-row wb-choose" }, choose, here),
    outcome,
  );

  const busy = (yes) => list.setAttribute("aria-busy", String(yes));

  function open(target) {
    busy(true);
    link.say({ type: "open", path: target });
  }

  function chooseThis() {
    if (listing) link.say({ type: "choose", path: listing.path });
  }

  function show(content) {
    listing = content;
    link.fail("");
    title.textContent = content.label;
    path.value = content.path;
    filter.value = "";
    active = 0;
    const [root] = content.crumbs;
    roots.hidden = content.roots.length < 2;
    const option = ({ name, path: value }) => element("option", { value, selected: value === root.path }, name);
    roots.replaceChildren(...content.roots.map(option));
    crumbs.replaceChildren(...content.crumbs.map((crumb) => element("li", {}, crumbButton(crumb))));
    choose.textContent = `Choose “${content.crumbs.at(-1).name}”`;
    const direct = `${count(content.photos, ...FILES)} directly in it.`;
    here.textContent = `${direct} Those in its sub folders are taken as well.`;
    notes.textContent = content.notes.join(" ");
    takeChosen({ path: content.chosen });
    draw();
    busy(false);
  }

  function crumbButton({ name, path: target }) {
    const here = target === listing.path;
    const state = { disabled: here, "aria-current": here ? "location" : null, onclick: () => open(target) };
    return element("button", { type: "button", class: "wb-button wb-plain", ...state }, name);
  }

  function takeChosen(content) {
    chosen = content.path;
    outcome.hidden = !chosen;
    outcome.replaceChildren(icon("M3 8.5l3.5 3.5L13 4.5"), element("span", {}, `Chosen: ${chosen}`));
  }

  function matching() {
    const wanted = filter.value.trim().toLowerCase();
    return (listing?.folders ?? []).filter(({ name }) => name.toLowerCase().includes(wanted));
  }

  function draw() {
    const folders = matching();
    active = Math.min(Math.max(active, 0), Math.max(folders.length - 1, 0));
    const rows = folders.map((folder, index) =>
      element(
        "li",
        {
          role: "option",
          id: `${title.id}-${index}`,
          "aria-selected": String(index === active),
          "aria-disabled": folder.readable ? null : "true",
          onclick: () => enter(folder),
        },
        icon(FOLDER),
        element("span", { class: "wb-grow wb-folder-name" }, folder.name),
        element("span", { class: "wb-quiet wb-number" }, sayPhotos(folder)),
      ),
    );
    const nothing = listing?.folders.length ? "No sub folder fits this filter." : "There are no sub folders here.";
    list.replaceChildren(...(rows.length > 0 ? rows : [element("li", { class: "wb-quiet wb-none" }, nothing)]));
    list.setAttribute("aria-activedescendant", rows.length > 0 ? `${title.id}-${active}` : "");
    const node = rows[active];
    const [top, bottom] = [node?.offsetTop - list.scrollTop, node?.offsetTop + node?.offsetHeight - list.scrollTop];
    if (node && (top < 0 || bottom > list.clientHeight)) list.scrollTop = node.offsetTop - list.clientHeight / 2;
  }

  function enter(folder) {
    if (folder?.readable) open(folder.path);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    open(path.value);
  });
  filter.addEventListener("input", () => ((active = 0), draw()));
  link.root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || ![list, filter].includes(event.target)) return;
    const ends = event.target === list ? { Home: 0, End: Infinity } : {};
    const steps = { ArrowDown: active + 1, ArrowUp: active - 1, ...ends };
    if (event.key in steps) {
      active = steps[event.key];
      draw();
    } else if (event.key === "Enter") enter(matching()[active]);
    else if (event.target === list && event.key === "Backspace") {
      if (listing.crumbs.length > 1) open(listing.crumbs.at(-2).path);
    } else if (event.target === list && event.key.length === 1 && event.key !== " ") {
      // Typing in the list goes on in the filter.
      filter.focus();
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  link.ready();
  return () => link.close();
}

export default { render };
