/** The editor: one photo, its boxes, the places worth a look. Python stores each action and decides what is hidden. */
import { bytes, connect, element } from "./base.js";
import { boxList, inOrder } from "./boxes.js";
import { keyHandler } from "./editor_keys.js";
import { amendBar, keysPanel } from "./editor_parts.js";
import { drawGrips } from "./grips.js";
import { readMarks } from "./marks.js";
import { makeOutbox } from "./outbox.js";
import { makePen } from "./pen.js";
import { OPEN, drawPlaces, nextPlace, placeList, readPlaces } from "./places.js";
import { makeShaping, movable } from "./shaping.js";
import { makeSight } from "./sight.js";
import { makeStage } from "./stage.js";
import { viewBar } from "./view_bar.js";

/** px on the screen that an arrow key pans */
const PAN = 60;

/** @param {{model: import("./base.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const scene = { picture: null, boxes: [], rules: {}, background: {}, exact: null, mode: "original" };
  Object.assign(scene, { outlines: model.get("outlines"), wipe: 0.5, selected: null });
  let [item, marks, places, place, tabLeaves] = [{ item: 0 }, { item: 0, undo: "", redo: "" }, [], null, false];

  const link = connect(model, el, "editor", {
    item: open,
    answered,
    tile: (content, buffers) => content.item === item.item && sight.take(content.number, bytes(buffers[0])),
    no_tile: (content) => content.item === item.item && sight.take(content.number, null),
    said: (content) => (status.textContent = content.text),
    focus: () => stage.canvas.focus(),
    clear: close,
  });
  const outbox = makeOutbox(link.say, (waits) =>
    link.fail(waits ? "The last change is not saved yet: the server does not answer. Keep this page open." : ""),
  );
  const shaping = makeShaping(scene, () => stage.view, {
    changed: () => stage.draw(),
    send: ({ number, x0, y0, x1, y1 }) => outbox.act({ item: item.item, what: "reshape", track: number, box: [x0, y0, x1, y1] }),
  });
  const { letGo } = shaping;
  const stage = makeStage(scene, clicked, () => (divider.value = scene.wipe), {
    over: (context, layer) => sight.over(context, layer),
    overState: () => sight.state(),
    above: drawAbove,
    grab: shaping.grab,
    cursor: shaping.cursor,
  });
  const { view } = stage;
  const sight = makeSight(scene, stage, { say: (message) => model.send(message), mode: () => model.get("mode") });
  const pen = makePen(stage, drewBox);
  const bar = amendBar({
    ...{ hide, drop, kind: setKind, draw, everywhere, place: () => jump(1), finish },
    undo: () => act("undo"),
    redo: () => act("redo"),
  });
  const head = viewBar("picture", { mode: setMode, outlines: setOutlines, navigate, zoom, fit, help: () => keys.toggle() });
  const keys = keysPanel();
  const boxes = boxList((box) => choose(box, null, true));
  const worth = placeList((one) => choosePlace(one));
  const about = element("p", { class: "wb-about", hidden: true });
  const status = element("p", { class: "wb-status", role: "status" });
  const divider = element("input", { type: "range", min: 0, max: 1, step: 0.01, value: 0.5 });
  divider.setAttribute("aria-label", "Divider between original and redacted");
  divider.addEventListener("input", () => ((scene.wipe = Number(divider.value)), stage.draw()));
  const dividerRow = element("div", { class: "wb-divider wb-row", hidden: true }, element("span", {}, "Divider"), divider);
  stage.node.append(sight.badge);
  stage.followers.push(sight.follow);
  link.root.append(
    head.node,
    about,
    element(
      "div",
      { class: "wb-columns" },
      element("div", { class: "wb-main-column" }, stage.node, dividerRow, bar.node, status),
      element("div", { class: "wb-rules wb-side" }, worth.node, boxes.node, keys.node),
    ),
  );
  if (el.getBoundingClientRect().width < 720) keys.node.open = false;
  stage.canvas.addEventListener("keyup", (event) => event.key === " " && (stage.panning = false));
  stage.canvas.addEventListener("blur", () => ((stage.panning = tabLeaves = false), letGo()));

  // The picture

  async function open(content, [jpeg]) {
    if (content.item === item.item) return; // another view of this widget has asked
    letGo();
    outbox.open();
    item = content;
    const bitmap = await createImageBitmap(new Blob([bytes(jpeg)], { type: "image/jpeg" }));
    if (content !== item) return;
    if (pen.active) pen.cancel();
    [scene.selected, place] = [null, null];
    shaping.forget();
    stage.forget();
    stage.node.style.setProperty("--wb-aspect", `${item.width} / ${item.height}`);
    sight.open(item.item, bitmap, item);
    head.name(item.title || "Picture", item.position ?? []);
    about.textContent = item.about;
    about.hidden = !item.about;
    status.textContent = "";
    takeMarks();
  }

  function close() {
    outbox.open();
    item = { item: 0 };
    [scene.boxes, scene.selected, places, place] = [[], null, [], null];
    sight.close();
    head.name("");
    about.hidden = true;
    refresh(true);
  }

  function showMode() {
    const mode = model.get("mode");
    head.modes.inputs[mode].checked = true;
    dividerRow.hidden = mode !== "wipe";
    sight.show();
  }

  // Boxes and places

  function takeMarks() {
    const given = model.get("marks");
    if (given.item !== item.item || !scene.picture) return;
    const before = new Map(scene.boxes.map((box) => [box.number, box]));
    // The same objects go on, so that the list need not be built anew.
    const all = readMarks(given.boxes, given.kinds, before).map((box) => Object.assign(box, shaping.at(box.number)));
    const others = all.length !== before.size || all.some((box) => !before.has(box.number));
    if (others) scene.boxes = inOrder(all);
    marks = given;
    places = readPlaces(given.candidates, given.kinds);
    place = places.find((one) => one.position === place?.position) ?? null;
    const chosen = scene.boxes.find((box) => box.number === scene.selected?.number) ?? null;
    if (scene.selected && !chosen) set("selected", -1);
    scene.selected = chosen;
    sight.setVersion(given.version);
    refresh(others);
    worth.fill(places);
    worth.select(place);
    showMode();
  }

  function refresh(others = false) {
    if (others) {
      stage.forget();
      boxes.fill(scene.boxes);
    }
    boxes.show(scene.rules);
    boxes.select(scene.selected);
    const at = places.indexOf(place) + 1;
    const open = places.filter((one) => one.judged === OPEN).length;
    bar.show(scene.selected, place, { open, of: places.length, at, undo: marks.undo, redo: marks.redo, ready: scene.picture !== null });
    for (const button of [head.previous, head.next]) button.hidden = !model.get("offers").includes("navigate");
    stage.draw();
  }

  function choose(box, which = null, reveal = false) {
    letGo();
    [scene.selected, place] = [box, which];
    if (box && reveal) view.reveal(box);
    if (which) worth.select(which);
    const number = box?.number ?? -1;
    if (model.get("selected") !== number) {
      model.set("selected", number);
      model.save_changes();
    }
    if (!which) worth.select(null);
    boxes.select(box);
    refresh();
  }

  function clicked(box) {
    tabLeaves = false;
    choose(box);
  }

  function choosePlace(one) {
    choose(null, one);
    view.focus(one, 0.3);
    stage.draw();
  }

  function jump(step) {
    const next = nextPlace(places, place, step);
    if (next) choosePlace(next);
    else status.textContent = "No place in this picture stands out.";
  }

  function nextBox(step) {
    const box = scene.boxes[scene.selected ? scene.boxes.indexOf(scene.selected) + step : step < 0 ? scene.boxes.length - 1 : 0];
    if (tabLeaves || !box) return false;
    choose(box, null, true);
    return true;
  }

  function drawAbove(context) {
    drawPlaces(context, places, view, place);
    if (movable(scene.selected) && scene.outlines) drawGrips(context, scene.selected, view);
  }

  // Actions

  function act(what, more = {}) {
    if (!scene.picture) return;
    letGo();
    outbox.act({ item: item.item, what, ...more });
  }

  function answered(content) {
    const action = outbox.answered(content);
    if (!action || content.item !== item.item) return;
    if (action.what === "reshape") shaping.settle(action.track);
    if (content.words === undefined) return takeMarks(); // not done: boxes go back to where they were
    const said = { undo: "Taken back", redo: "Done again" }[action.what];
    status.textContent = said ? `${said}: ${content.words}.` : `${content.words[0].toUpperCase()}${content.words.slice(1)}.`;
    const box = scene.boxes.find((one) => one.number === content.select);
    if (shaping.takeOver(content.before, box)) takeMarks();
    else if (box && !place) choose(box, null, true);
    else takeMarks();
  }

  function hide() {
    if (place) act("hide", { candidate: place.position });
    else if (scene.selected) act("accept", { track: scene.selected.number });
  }

  function drop() {
    if (place) act("clear", { candidate: place.position });
    else if (scene.selected) act("drop", { track: scene.selected.number });
  }

  function setKind(kind) {
    if (scene.selected) act("kind", { track: scene.selected.number, kind });
    else bar.penKind.value = kind;
  }

  function everywhere() {
    if (!scene.selected || !model.get("offers").includes("everywhere")) return;
    letGo();
    outbox.then({ type: "everywhere", item: item.item, track: scene.selected.number });
  }

  function draw() {
    if (!scene.picture || pen.active) return;
    letGo();
    status.textContent = "Draw a box around what was missed, by pointer or by arrow keys. Enter takes it, Escape stops.";
    pen.begin();
  }

  function drewBox(box) {
    status.textContent = "";
    stage.canvas.focus();
    if (!box) return;
    place = null;
    act("draw", { box, kind: bar.penKind.value });
  }

  function finish(verdict) {
    if (!scene.picture || !model.get("offers").includes("finish")) return;
    letGo();
    outbox.then({ type: "finish", item: item.item, verdict });
  }

  function navigate(step) {
    if (!head.mayGo(step) || !model.get("offers").includes("navigate")) return;
    letGo();
    outbox.then({ type: "navigate", item: item.item, step });
  }

  // The view

  function set(name, value) {
    model.set(name, value);
    model.save_changes();
  }

  function setMode(mode) {
    set("mode", mode);
    showMode();
  }

  function setOutlines(on) {
    set("outlines", on);
    scene.outlines = head.outlines.checked = on;
    stage.draw();
  }

  function zoom(factor) {
    stage.zoom(factor);
  }

  function fit() {
    view.fit();
    stage.draw();
  }

  function release() {
    if (pen.active) return pen.cancel();
    tabLeaves = !scene.selected && !place;
    choose(null);
  }

  const pressed = keyHandler({
    ...{ draw, hide, drop, everywhere, finish, navigate, act, setKind, setMode, zoom, fit, release, jump, nextBox },
    mode: () => model.get("mode"),
    outlines: () => setOutlines(!scene.outlines),
    help: keys.toggle,
    hold: () => (stage.panning = true),
    isCanvas: (node) => node === stage.canvas,
    isDrawing: () => pen.active,
    arrow(step, event) {
      if (movable(scene.selected)) return shaping.nudge(step, event);
      view.pan(...step.map((part) => -PAN * part));
      stage.draw();
    },
  });
  link.root.addEventListener("keydown", pressed);

  const offered = () => {
    bar.offer(model.get("offers"));
    keys.offer(model.get("offers"));
    refresh();
  };
  const outlined = () => ((scene.outlines = head.outlines.checked = model.get("outlines")), stage.draw());
  const selected = () => {
    const number = model.get("selected");
    if (number === (scene.selected?.number ?? -1)) return;
    choose(scene.boxes.find((box) => box.number === number) ?? null, null, true);
  };
  const followed = { marks: takeMarks, mode: showMode, outlines: outlined, selected, offers: offered };
  for (const [name, callback] of Object.entries(followed)) model.on(`change:${name}`, callback);
  offered();
  close();
  outlined();
  showMode();
  link.ready();
  return () => {
    for (const [name, callback] of Object.entries(followed)) model.off(`change:${name}`, callback);
    letGo();
    outbox.close();
    sight.close();
    stage.close();
    link.close();
  };
}

export default { render };
