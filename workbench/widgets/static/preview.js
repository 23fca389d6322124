/** The preview: a picture, its boxes, the rules, and what they hide. */
import { WORDS, bytes, connect, copy, element, icon, sayCounts } from "./base.js";
import { boxList, inOrder } from "./boxes.js";
import { helpDialog, iconButton, modeChoice } from "./controls.js";
import { countBoxes, readBoxes } from "./cover.js";
import { rulesPanel } from "./panel.js";
import { decode, makeStage } from "./stage.js";

const KINDS = Object.keys(WORDS);
const MODES = { original: "Original", redacted: "Redacted", wipe: "Compare" };
const KEYS = [
  ["1 to 7", `hide or show ${KINDS.map((kind) => WORDS[kind][1]).join(", ")}`],
  ["B", "boxes on or off"],
  ["R", "redacted or original"],
  ["W", "compare both with a divider"],
  ["← →", "previous or next picture"],
  ["Shift + ← →", "move the divider"],
  ["+ − 0", "zoom in, out, fit (also: wheel, double click)"],
  ["Tab, Shift + Tab", "next or previous box"],
  ["Esc, then Tab", "leave the picture"],
];
const SETTLE = 150;

/** Return whether two sets of rules say the same. */
function same(a, b) {
  const alike = (one, other) => Object.keys(one).every((field) => String(one[field]) === String(other?.[field]));
  return KINDS.every((kind) => alike(a[kind], b[kind]));
}

/** @param {{model: import("./base.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const scene = {
    picture: null,
    boxes: [],
    rules: copy(model.get("rules")),
    background: model.get("background"),
    exact: null,
    mode: "redacted",
    outlines: true,
    wipe: 0.5,
    selected: null,
  };
  /** the last exact picture, and the rules that it was made with */
  let exact = null;
  let [shown, timer, failed, tabLeaves, released] = [{ id: 0, follows: false, opening: 0 }, 0, false, false, false];
  /** an exact picture that came while its original was still being decoded */
  let early = null;

  const link = connect(model, el, "preview", {
    picture: open,
    exact: takeExact,
    clear: () => clear(),
    error: () => ((failed = true), refresh()),
  });
  const stage = makeStage(scene, select, () => (divider.value = scene.wipe));
  const boxes = boxList((box) => (select(box, false), stage.view.reveal(box)));
  const panel = rulesPanel(edit, commit);
  const modes = modeChoice(MODES, setMode);
  const outlines = element("input", { type: "checkbox", checked: true, onchange: () => setOutlines(outlines.checked) });
  const help = helpDialog(KEYS, "They work while the preview has the focus. Drag to move a picture that is zoomed in.");
  const previous = iconButton("Previous picture", icon("M10 3L5 8l5 5"), () => navigate(-1));
  const next = iconButton("Next picture", icon("M6 3l5 5-5 5"), () => navigate(1));
  const title = element("span", { class: "wb-title" });
  const position = element("span", { class: "wb-number wb-quiet wb-position" });
  const badge = element("span", { class: "wb-badge" });
  const status = element("p", { class: "wb-status", role: "status" });
  const divider = element("input", { type: "range", min: 0, max: 1, step: 0.01, value: 0.5 });
  divider.setAttribute("aria-label", "Divider between original and redacted");
  divider.addEventListener("input", () => ((scene.wipe = Number(divider.value)), stage.draw()));
  const dividerRow = element("div", { class: "wb-divider", hidden: true }, divider);
  stage.node.append(badge);

  const toolbar = element(
    "div",
    { class: "wb-toolbar", role: "group", "aria-label": "View" },
    element("div", { class: "wb-row wb-heading" }, previous, next, title, position),
    modes.node,
    element("label", { class: "wb-check" }, outlines, "Boxes"),
    element(
      "div",
      { class: "wb-row wb-zoom" },
      iconButton("Zoom out", icon("M3 8h10"), () => stage.zoom(1 / 1.4)),
      element("button", { type: "button", class: "wb-button", onclick: fit, title: "Show the whole picture" }, "Fit"),
      iconButton("Zoom in", icon("M3 8h10M8 3v10"), () => stage.zoom(1.4)),
      iconButton("Keys", "?", () => help.showModal()),
    ),
  );
  link.root.append(
    toolbar,
    element(
      "div",
      { class: "wb-columns" },
      element("div", { class: "wb-main-column" }, stage.node, dividerRow, status),
      panel.node,
      boxes.node,
    ),
    help,
  );
  link.root.addEventListener("keydown", pressed);
  stage.canvas.addEventListener("keyup", (event) => event.key === " " && (stage.panning = false));
  stage.canvas.addEventListener("blur", () => ((stage.panning = false), (tabLeaves = false)));

  async function open(content, buffers) {
    if (content.picture === shown.id) return; // another view of this widget has asked
    shown.opening = content.picture;
    [exact, early, failed] = [null, null, false];
    link.fail("");
    const decoded = await decode(bytes(buffers[0]));
    if (shown.opening !== content.picture) return; // a later picture was faster
    shown = { id: content.picture, opening: content.picture, follows: content.exact_follows };
    scene.picture = { ...decoded, width: content.width, height: content.height, grid: content.grid, origin: content.origin };
    scene.boxes = inOrder(readBoxes(buffers[1], content.kinds, content.origins));
    scene.selected = null;
    stage.forget();
    stage.view.setPicture(content.width, content.height);
    title.textContent = content.title || "Picture";
    title.title = content.title;
    const [number, of] = content.position ?? [];
    position.textContent = number ? `${number.toLocaleString("en")} of ${of.toLocaleString("en")}` : "";
    previous.disabled = number !== undefined && number <= 1;
    next.disabled = number !== undefined && number >= of;
    boxes.fill(scene.boxes);
    refresh();
    if (early) await takeExact(...early);
  }

  async function takeExact(content, buffers) {
    if (content.picture !== shown.id) {
      // Its picture is still being decoded.
      if (content.picture === shown.opening) early = [content, buffers];
      return;
    }
    const { source } = await decode(bytes(buffers[0]));
    if (content.picture !== shown.id) return;
    exact = { source, rules: content.rules, counts: content.counts };
    failed = false;
    refresh();
  }

  function clear() {
    scene.picture = scene.selected = exact = null;
    scene.boxes = [];
    shown = { id: 0, follows: false, opening: 0 };
    title.textContent = position.textContent = "";
    stage.forget();
    boxes.fill([]);
    refresh();
  }

  /** Show the rules as they are now, everywhere; the message to a screen reader waits for a pause. */
  function refresh() {
    scene.exact = exact && same(exact.rules, scene.rules) ? exact.source : null;
    const counts = countBoxes(scene.boxes, scene.rules);
    panel.show(scene.rules, model.get("limits"), counts);
    boxes.show(scene.rules);
    modes.inputs[scene.mode].checked = true;
    const settled = same(scene.rules, model.get("rules"));
    const kind = scene.mode === "original" ? "original" : scene.exact ? "exact" : "preview";
    const waits = kind === "preview" && settled && shown.follows && !failed;
    badge.hidden = !scene.picture;
    badge.className = `wb-badge wb-badge-${kind}`;
    const preview = waits ? "Preview, exact result follows" : "Preview";
    badge.textContent = { original: "Original", exact: "Exact result", preview }[kind];
    stage.draw(true);
    clearTimeout(timer);
    timer = setTimeout(() => (announce(counts), save()), SETTLE);
  }

  function announce(counts) {
    const hidden = sayCounts(counts.hidden);
    const left = sayCounts(counts.left);
    const rest = left ? `Not hidden: ${left}.` : "Nothing else was found.";
    status.textContent = scene.picture ? `Hidden: ${hidden || "nothing"}. ${rest}` : "";
  }

  /** A control moves: only this view changes. */
  function edit(change) {
    change(scene.rules, model.get("limits"));
    released = false;
    refresh();
  }

  /** A control was let go. Python hears of it once things are quiet: arrow keys let go at each step. */
  function commit() {
    released = true;
    refresh();
  }

  function save() {
    if (!released || same(scene.rules, model.get("rules"))) return;
    failed = false;
    link.fail("");
    model.set("rules", copy(scene.rules));
    model.save_changes();
    refresh();
  }

  function select(box, fromCanvas = true) {
    scene.selected = box;
    if (fromCanvas) boxes.select(box);
    stage.draw();
  }

  function setMode(mode) {
    scene.mode = mode;
    dividerRow.hidden = mode !== "wipe";
    refresh();
  }

  function setOutlines(on) {
    scene.outlines = outlines.checked = on;
    stage.draw();
  }

  function fit() {
    stage.view.fit();
    stage.draw();
  }

  function navigate(step) {
    if (!(step < 0 ? previous : next).disabled) link.say({ type: "navigate", step });
  }

  function moveDivider(step) {
    scene.wipe = Math.min(Math.max(scene.wipe + step, 0), 1);
    divider.value = scene.wipe;
    stage.draw();
  }

  /** Go to the next box; return false at the end, so that Tab leaves the picture. */
  function nextBox(step) {
    const index = scene.boxes.indexOf(scene.selected);
    const box = scene.boxes[index < 0 && step < 0 ? -1 : index + step];
    if (tabLeaves || !box) return false;
    select(box);
    stage.view.reveal(box);
    return true;
  }

  function toggleKind(kind) {
    edit((rules) => (rules[kind].hide = !rules[kind].hide));
    commit();
  }

  function pressed(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || help.open || target.matches("select")) return;
    const onCanvas = target === stage.canvas;
    const free = onCanvas || !target.matches("input, [role=listbox]");
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step && free && event.shiftKey) moveDivider(step * 0.02);
    else if (step && free) navigate(step);
    else if (key >= "1" && key <= "7" && key.length === 1) toggleKind(KINDS[Number(key) - 1]);
    else if (key === "b" || key === "B") setOutlines(!scene.outlines);
    else if (key === "r" || key === "R") setMode(scene.mode === "redacted" ? "original" : "redacted");
    else if (key === "w" || key === "W") setMode(scene.mode === "wipe" ? "redacted" : "wipe");
    else if (key === "+" || key === "=") stage.zoom(1.4);
    else if (key === "-") stage.zoom(1 / 1.4);
    else if (key === "0") fit();
    else if (key === "?" || key === "F1") help.showModal();
    else if (key === " " && onCanvas) stage.panning = true;
    else if (key === "Escape" && onCanvas) {
      tabLeaves = true;
      select(null);
    } else if (key !== "Tab" || !onCanvas || !nextBox(event.shiftKey ? -1 : 1)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  const rulesChanged = () => {
    scene.rules = copy(model.get("rules"));
    refresh();
  };
  const limitsChanged = () => {
    scene.background = model.get("background");
    panel.limit(model.get("limits"));
    refresh();
  };
  const followed = [
    ["change:rules", rulesChanged],
    ["change:limits", limitsChanged],
    ["change:background", limitsChanged],
  ];
  for (const [event, callback] of followed) model.on(event, callback);
  panel.limit(model.get("limits"));
  boxes.fill([]);
  refresh();
  link.ready();
  return () => {
    for (const [event, callback] of followed) model.off(event, callback);
    save();
    clearTimeout(timer);
    stage.close();
    link.close();
  };
}

export default { render };
