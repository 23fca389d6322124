/** The player: a clip of any length, its objects over time, the rules, and corrections. Python decides what is hidden. */
import { bytes, connect, copy, element } from "./base.js";
import { clipSettings } from "./clip_settings.js";
import { sayTime } from "./clock.js";
import { makeEditing } from "./editing.js";
import { rulesPanel } from "./panel.js";
import { makePen } from "./pen.js";
import { playerKeys } from "./player_keys.js";
import { playerBar, progressLine } from "./player_parts.js";
import { makeReel, same } from "./reel.js";
import { JUMPS, nextStop, readRows } from "./rows.js";
import { makeStage } from "./stage.js";
import { makeTimeline } from "./timeline.js";
import { trackBar } from "./track_bar.js";
import { makeTransport } from "./transport.js";

const SETTLE = 150;
const SIDES = [480, 720, 960, 1280, 1600, 2048, 2560];
const PLAYING_SIDE = 960;
const NO_CLIP = { id: 0, times: new Float32Array(1), width: 1, height: 1, sound: false };

/** @param {{model: import("./base.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const scene = { picture: null, boxes: [], rules: {}, background: { hide: false, keep: [] }, exact: null, mode: "original" };
  Object.assign(scene, { outlines: true, wipe: 0.5, selected: null });
  let [clip, rows, counts, muted, searched] = [NO_CLIP, [], { hidden: {}, left: {} }, [], false];
  /** what is wanted, and the version of tracks and rules that it belongs to */
  let [index, mode, version, chosen] = [0, "redacted", 0, -1];
  let [rules, video, timer, released, sharper] = [copy(model.get("rules")), copy(model.get("video")), 0, false, 0];

  const link = connect(model, el, "player", {
    clip: open,
    tracks: takeTracks,
    frame: (content, buffers) => content.clip === clip.id && reel.take(content, buffers),
    no_frame: (content) => content.clip === clip.id && reel.miss(content),
    crop: (content, buffers) => content.clip === clip.id && timeline.crop(content.track, buffers[0]),
    progress: (content) => content.clip === clip.id && progress.show(content),
    said: (content) => content.clip === clip.id && (status.textContent = content.text),
    clear: () => open({ clip: 0, title: "" }, []),
  });
  const reel = makeReel(wanted, (message) => model.send(message), showFrame);
  const editing = makeEditing({
    now: () => ({ clip, index, row: row() }),
    say: link.say,
    changed: () => showBar(),
    chooseOther: () => timeline.scroller.focus(),
  });
  const stage = makeStage(scene, (box) => choose(box?.track ?? -1), () => (divider.value = scene.wipe));
  const pen = makePen(stage, drewBox);
  const transport = makeTransport({ seek, jump, playing: () => reel.want() });
  const timeline = makeTimeline({
    seek: (to) => (transport.pause(), seek(to)),
    choose: (track, go) => chooseRow(track, go),
    crops: (tracks) => model.send({ type: "crops", clip: clip.id, tracks }),
  });
  const { ask } = editing;
  const bar = trackBar({ ...editing, draw, everywhere, undo: () => ask("undo"), redo: () => ask("redo") });
  const panel = rulesPanel((change) => edit(() => change(rules, model.get("limits"))), commit);
  const settings = clipSettings((change) => edit(() => change(video)), commit);
  const head = playerBar({ mode: setMode, outlines: setOutlines, navigate, zoom, fit });
  const { help, modes } = head;
  const badge = element("span", { class: "wb-badge", hidden: true });
  const about = element("p", { class: "wb-hint" });
  const status = element("p", { class: "wb-status", role: "status" });
  const progress = progressLine(ask);
  const divider = element("input", { type: "range", min: 0, max: 1, step: 0.01, value: 0.5 });
  divider.setAttribute("aria-label", "Divider between original and redacted");
  divider.addEventListener("input", () => ((scene.wipe = Number(divider.value)), stage.draw()));
  const dividerRow = element("div", { class: "wb-divider wb-row", hidden: true }, element("span", {}, "Divider"), divider);
  stage.node.append(badge);
  stage.canvas.setAttribute("aria-label", "Video. Press the question mark for the keys.");
  stage.node.querySelector(".wb-empty").textContent = "No video to show yet.";

  const main = [stage.node, dividerRow, transport.node, status, bar.node, timeline.node];
  link.root.append(
    head.node,
    about,
    progress.node,
    element(
      "div",
      { class: "wb-columns" },
      element("div", { class: "wb-main-column" }, ...main),
      element("div", { class: "wb-rules wb-side" }, panel.node, settings.node),
    ),
    help,
  );
  const toggle = {
    outlines: () => setOutlines(!scene.outlines),
    redacted: () => setMode(mode === "redacted" ? "original" : "redacted"),
    wipe: () => setMode(mode === "wipe" ? "redacted" : "wipe"),
  };
  const end = () => seek(clip.times.length - 1);
  const moves = { jump, seek, end, nextRow, navigate, zoom, fit, toggle };
  const keys = { transport, timeline, editing, help, draw, everywhere, finish, cancel, ...moves };
  link.root.addEventListener("keydown", playerKeys(keys));
  stage.node.addEventListener("wheel", sharpen, { passive: true });
  stage.canvas.addEventListener("keyup", (event) => event.key === "Shift" && (stage.panning = false));

  function open(content, buffers) {
    if (content.clip === clip.id && content.clip) return; // another view of this widget has asked
    const times = content.clip ? new Float32Array(bytes(buffers[0]).slice().buffer) : NO_CLIP.times;
    clip = { ...NO_CLIP, ...content, id: content.clip, times };
    reel.open();
    editing.open();
    [rows, counts, muted, index, chosen, searched] = [[], { hidden: {}, left: {} }, [], 0, -1, false];
    Object.assign(scene, { picture: null, boxes: [], exact: null, selected: null, mode: "original" });
    stage.forget();
    stage.view.setPicture(clip.width, clip.height);
    stage.node.style.setProperty("--wb-aspect", clip.id ? `${clip.width} / ${clip.height}` : "16 / 9");
    transport.open(times);
    timeline.open(times);
    head.name(content.title || (clip.id ? "Video" : ""), content.position ?? []);
    about.textContent = (content.about ?? []).join(" ");
    status.textContent = "";
    progress.show({ text: "", share: -1, can_search: false });
    refresh();
    seek(0);
  }

  function takeTracks(content, buffers) {
    if (content.clip !== clip.id) return;
    rows = readRows(content, buffers[0], clip.times);
    ({ counts, muted } = content);
    [searched, version] = [true, version + 1];
    editing.settle(content.undo, content.redo);
    timeline.fill(rows, muted);
    if (!rows.some((row) => row.track === chosen)) chosen = -1;
    if (content.select >= 0) choose(content.select);
    else refresh();
    reel.want();
  }

  // Pictures

  /** What the stage should show, in the size that it needs. */
  function wanted() {
    if (!clip.id) return null;
    const ratio = (window.devicePixelRatio || 1) * stage.view.scale;
    const full = Math.max(clip.width, clip.height);
    const need = Math.min(transport.playing ? PLAYING_SIDE : full, full, full * ratio);
    const side = SIDES.find((one) => one >= need) ?? SIDES.at(-1);
    return { clip: clip.id, index, mode: searched ? mode : "original", side, version };
  }

  function showFrame({ original, redacted, boxes, wish }) {
    const after = redacted ?? original;
    scene.picture = { source: original ?? after, width: clip.width, height: clip.height, grid: 1, origin: [0, 0] };
    scene.exact = after;
    scene.mode = redacted ? wish.mode : "original";
    scene.boxes = boxes;
    scene.selected = boxes.find((box) => box.track === chosen) ?? null;
    stage.forget();
    stage.draw(true);
    showBadge();
  }

  function sharpen() {
    clearTimeout(sharper);
    sharper = setTimeout(reel.want, SETTLE);
  }

  function showBadge() {
    badge.hidden = !scene.picture;
    const kind = scene.mode === "original" ? "original" : reel.drawn?.version === version ? "exact" : "preview";
    badge.className = `wb-badge wb-badge-${kind}`;
    const unknown = searched ? "Original" : "Original, not searched yet";
    badge.textContent = { original: unknown, exact: "Exact result", preview: "Exact result follows" }[kind];
  }

  // Moving

  function seek(to) {
    index = to;
    transport.at(to);
    timeline.at(to);
    showBar();
    reel.want();
  }

  function jump(what, step) {
    const stop = nextStop(rows, what, index, chosen, step);
    if (!stop) {
      status.textContent = `There is no ${JUMPS[what][0]} ${step > 0 ? "after" : "before"} this.`;
      return;
    }
    choose(stop.track);
    seek(stop.at);
    status.textContent = `${rows.find((row) => row.track === stop.track).name} at ${sayTime(clip.times[stop.at])}`;
  }

  function choose(track) {
    chosen = track;
    scene.selected = scene.boxes.find((box) => box.track === track) ?? null;
    timeline.select(track);
    stage.draw();
    refresh();
  }

  /** A row was chosen in the timeline: for joining, or to look at. */
  function chooseRow(track, go = false) {
    if (editing.joinedWith(track)) return;
    choose(track);
    const row = rows.find((one) => one.track === track);
    if (go && row && (index < row.first || index > row.last)) (transport.pause(), seek(row.first));
  }

  function row() {
    return rows.find((one) => one.track === chosen) ?? null;
  }

  // Corrections

  function draw() {
    if (!clip.id || pen.active) return;
    transport.pause();
    status.textContent = "Draw a box around what should be hidden. Escape stops.";
    pen.begin();
  }

  function drewBox(box) {
    status.textContent = "";
    stage.canvas.focus();
    if (box) editing.add(box, bar.penKind.value, bar.follow.checked);
  }

  function cancel() {
    if (pen.active) pen.cancel();
    else if (!editing.cancel()) choose(-1);
  }

  // Rules and settings: Python hears of them when a control is let go

  function edit(change) {
    change();
    released = false;
    refresh();
  }

  function commit() {
    released = true;
    refresh();
  }

  function save() {
    if (!released || (same(rules, model.get("rules")) && same(video, model.get("video")))) return;
    link.fail("");
    model.set("rules", copy(rules));
    model.set("video", copy(video));
    model.save_changes();
  }

  function refresh() {
    panel.show(rules, model.get("limits"), counts);
    settings.show(video, model.get("limits"));
    modes.inputs[mode].checked = true;
    for (const name of ["redacted", "wipe"]) modes.inputs[name].disabled = !searched;
    showBar();
    showBadge();
    clearTimeout(timer);
    timer = setTimeout(save, SETTLE);
  }

  function showBar() {
    editing.state.silent = muted.some(([first, last]) => index >= first && index <= last);
    bar.show(row(), index, clip, editing.state);
  }

  // The view

  function setMode(given) {
    mode = given;
    dividerRow.hidden = mode !== "wipe";
    refresh();
    reel.want();
  }

  function setOutlines(on) {
    scene.outlines = head.outlines.checked = on;
    stage.draw();
  }

  function zoom(factor) {
    stage.zoom(factor);
    sharpen();
  }

  function fit() {
    stage.view.fit();
    stage.draw();
    sharpen();
  }

  function navigate(step) {
    if (head.mayGo(step)) link.say({ type: "navigate", step });
  }

  function finish() {
    if (clip.id && model.get("offers").includes("finish")) link.say({ type: "finish", clip: clip.id });
  }

  function everywhere() {
    if (row() && model.get("offers").includes("everywhere")) link.say({ type: "everywhere", clip: clip.id, track: chosen });
  }

  function nextRow(step) {
    const beside = timeline.beside(step);
    if (beside) chooseRow(beside.track, true);
  }

  const settingsChanged = () => {
    [rules, video] = [copy(model.get("rules")), copy(model.get("video"))];
    panel.limit(model.get("limits"));
    settings.limit(model.get("limits"));
    refresh();
  };
  const followed = ["change:rules", "change:video", "change:limits"];
  for (const event of followed) model.on(event, settingsChanged);
  const offered = () => bar.offer(model.get("offers"));
  model.on("change:offers", offered);
  offered();
  settingsChanged();
  open({ clip: 0, title: "" }, []);
  link.ready();
  return () => {
    for (const event of followed) model.off(event, settingsChanged);
    model.off("change:offers", offered);
    save();
    clearTimeout(timer);
    clearTimeout(sharper);
    transport.pause();
    stage.close();
    timeline.close();
    link.close();
  };
}

export default { render };
