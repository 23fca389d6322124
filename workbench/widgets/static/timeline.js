/** The timeline: objects as rows over time. Only the rows in sight exist; their bars share one canvas. */
import { bytes, count, element, freshId, icon } from "./base.js";
import { endOf, frameAt, rulerStep, sayTime } from "./clock.js";
import { iconButton } from "./controls.js";
import { LOOKS } from "./cover.js";
import { ORDERS, SHOWN, sayRow } from "./rows.js";

const ROW = 48;
const RULER = 24;
const CROPS_AT_ONCE = 12;
const CROPS_KEPT = 1000;
/** seconds that the axis shows at least */
const CLOSEST_SPAN = 0.2;

function pick(label, choices, onchange) {
  const options = Object.entries(choices).map(([value, [text]]) => element("option", { value }, text));
  const select = element("select", { "aria-label": label, onchange }, ...options);
  return select;
}

/**
 * @param {{seek: (index: number) => void, choose: (track: number) => void, crops: (tracks: number[]) => void}} on
 */
export function makeTimeline(on) {
  const clip = { times: new Float32Array(1), end: 1 };
  const span = { from: 0, to: 1 };
  const pictures = new Map();
  const asked = new Set();
  let [rows, visible, muted, current, selected, frame, dragging] = [[], [], [], 0, -1, 0, false];
  const prefix = freshId();
  const lanes = element("canvas", { class: "wb-lanes", "aria-hidden": "true" });
  const labels = element("div", { class: "wb-labels" });
  const spacer = element("div", { class: "wb-tracks-all" }, lanes, labels);
  const scroller = element("div", { class: "wb-tracks", role: "listbox", tabindex: 0, "aria-label": "Objects" }, spacer);
  const ruler = element("canvas", { class: "wb-ruler", "aria-hidden": "true" });
  const shown = pick("Which objects", SHOWN, () => ((scroller.scrollTop = 0), refilter()));
  const order = pick("Order", ORDERS, () => ((scroller.scrollTop = 0), refilter()));
  const total = element("span", { class: "wb-quiet wb-number", role: "status" });
  const empty = element("p", { class: "wb-quiet wb-tracks-empty" });
  const zooms = element(
    "div",
    { class: "wb-row wb-zoom" },
    iconButton("Show a longer time", icon("M3 8h10"), () => zoom(2)),
    iconButton("Show all of the time", "All", fit),
    iconButton("Show a shorter time", icon("M3 8h10M8 3v10"), () => zoom(0.5)),
  );
  const head = element("div", { class: "wb-row wb-tracks-head" }, shown, order, total, zooms);
  const node = element("section", { class: "wb-timeline", "aria-label": "Timeline" }, head, ruler, scroller, empty);

  const labelWidth = () => (node.clientWidth < 560 ? 116 : 232);
  const laneWidth = () => Math.max(scroller.clientWidth - labelWidth(), 40);
  const xOf = (seconds) => ((seconds - span.from) / (span.to - span.from)) * laneWidth();
  const secondsAt = (x) => span.from + (x / laneWidth()) * (span.to - span.from);

  function refilter() {
    const passes = SHOWN[shown.value][1];
    visible = rows.filter((row) => passes(row));
    visible.sort(ORDERS[order.value][1]);
    const part = visible.length === rows.length ? "" : `${visible.length.toLocaleString("en")} of `;
    total.textContent = part + count(rows.length, "object");
    empty.textContent = rows.length ? "No object fits this choice." : "No objects yet.";
    empty.hidden = visible.length > 0;
    scroller.hidden = visible.length === 0;
    scroller.style.height = `${Math.min(Math.max(visible.length, 2), 6) * ROW}px`;
    draw();
  }

  function draw() {
    if (!frame) frame = requestAnimationFrame(drawNow);
  }

  function sized(canvas, width, height) {
    const ratio = window.devicePixelRatio || 1;
    const [wide, high] = [Math.max(Math.round(width * ratio), 1), Math.max(Math.round(height * ratio), 1)];
    if (canvas.width !== wide || canvas.height !== high) {
      [canvas.width, canvas.height] = [wide, high];
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  }

  function drawNow() {
    frame = 0;
    node.style.setProperty("--wb-label", `${labelWidth()}px`);
    spacer.style.height = `${visible.length * ROW}px`;
    drawRuler();
    if (scroller.hidden) return;
    const first = Math.floor(scroller.scrollTop / ROW);
    const last = Math.min(Math.ceil((scroller.scrollTop + scroller.clientHeight) / ROW), visible.length);
    drawLabels(first, last);
    drawBars(first, last);
    askForCrops(first, last);
  }

  function drawRuler() {
    const width = laneWidth();
    const context = sized(ruler, width, RULER);
    const step = rulerStep((span.to - span.from) / width, 64);
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (const [first, last] of muted) {
      const [x, to] = [xOf(clip.times[first]), xOf(endOf(clip.times, last))];
      context.fillStyle = "#c3a6ff";
      context.fillRect(x, RULER - 6, Math.max(to - x, 2), 4);
    }
    for (let at = Math.ceil(span.from / step) * step; at <= span.to; at += step) {
      const x = Math.round(xOf(at)) + 0.5;
      context.fillStyle = "rgb(255 255 255 / 0.35)";
      context.fillRect(x - 0.5, RULER - 9, 1, 9);
      context.fillStyle = "#d5d7db";
      const text = sayTime(at, step < 0.1 ? 2 : step < 1 ? 1 : 0);
      if (x + 4 + context.measureText(text).width < width) context.fillText(text, x + 4, 9);
    }
    drawHead(context, RULER);
  }

  function drawHead(context, height) {
    const x = xOf(clip.times[current]);
    context.fillStyle = "#fff";
    context.fillRect(Math.min(x, laneWidth() - 1) - 0.5, 0, 2, height);
  }

  function drawBars(first, last) {
    const height = scroller.clientHeight;
    const context = sized(lanes, laneWidth(), height);
    for (let at = first; at < last; at += 1) {
      const row = visible[at];
      const top = at * ROW - scroller.scrollTop;
      if (row.track === selected) {
        context.fillStyle = "rgb(255 255 255 / 0.12)";
        context.fillRect(0, top, laneWidth(), ROW);
      }
      context.fillStyle = "rgb(255 255 255 / 0.1)";
      context.fillRect(0, top + ROW - 1, laneWidth(), 1);
      for (const stretch of row.stretches) drawStretch(context, row, stretch, top);
    }
    drawHead(context, height);
  }

  /** Full: seen. Thin: between two sights or beside them. With a white edge: by a person. Hollow and dashed: it stays visible. */
  function drawStretch(context, row, [first, last, look, hidden], top) {
    const x = xOf(clip.times[first]);
    const to = xOf(endOf(clip.times, last));
    if (to < -2 || x > laneWidth() + 2) return;
    const width = Math.max(to - x, 3);
    const { colour } = LOOKS[row.kind];
    const high = look === "between" || look === "held" ? 6 : 18;
    const y = top + (ROW - high) / 2;
    context.fillStyle = context.strokeStyle = colour;
    if (!hidden) {
      context.globalAlpha = look === "dropped" ? 0.7 : 1;
      context.setLineDash(look === "dropped" ? [2, 3] : [5, 3]);
      context.lineWidth = 1.5;
      context.strokeRect(x + 0.75, y + 0.75, Math.max(width - 1.5, 1.5), high - 1.5);
      context.setLineDash([]);
      context.globalAlpha = 1;
      return;
    }
    context.fillRect(x, y, width, high);
    if (look !== "person") return;
    context.fillStyle = "#fff";
    context.fillRect(x, y, width, 3);
  }

  function drawLabels(first, last) {
    const cells = [];
    for (let at = first; at < last; at += 1) {
      const row = visible[at];
      const url = pictures.get(row.track);
      const picture = url ? element("img", { src: url, alt: "", draggable: "false" }) : "";
      const facts = { hidden: "Hidden", left: "Not hidden", dropped: "Dropped" }[row.fate];
      const sure = row.score >= 1 ? "certain" : `${Math.round(row.score * 100)}% sure`;
      const cell = element(
        "div",
        {
          class: `wb-track wb-fate-${row.fate}`,
          role: "option",
          id: `${prefix}-${row.track}`,
          style: `transform:translateY(${at * ROW}px)`,
          "data-track": row.track,
          "aria-selected": String(row.track === selected),
          "aria-posinset": at + 1,
          "aria-setsize": visible.length,
          "aria-label": sayRow(row, clip.times),
        },
        element("span", { class: "wb-crop" }, picture),
        element(
          "span",
          { class: "wb-track-words" },
          element("b", {}, row.name),
          element("span", { class: "wb-number" }, `${facts}, ${sure}`),
        ),
      );
      cells.push(cell);
    }
    labels.replaceChildren(...cells);
    scroller.setAttribute("aria-activedescendant", selected < 0 ? "" : `${prefix}-${selected}`);
  }

  function askForCrops(first, last) {
    const missing = visible.slice(first, last).filter(({ track }) => !pictures.has(track) && !asked.has(track));
    if (missing.length === 0 || asked.size >= CROPS_AT_ONCE) return;
    const tracks = missing.slice(0, CROPS_AT_ONCE).map((row) => row.track);
    tracks.forEach((track) => asked.add(track));
    on.crops(tracks);
  }

  function fit() {
    [span.from, span.to] = [0, clip.end];
    draw();
  }

  /** Show more or less time; what is at `seconds` stays where it is. */
  function zoom(factor, seconds = clip.times[current]) {
    const inside = seconds >= span.from && seconds <= span.to;
    const centre = inside ? seconds : (span.from + span.to) / 2;
    const long = Math.min(Math.max((span.to - span.from) * factor, CLOSEST_SPAN), clip.end);
    const share = (centre - span.from) / (span.to - span.from);
    move(centre - share * long, long);
  }

  function move(from, long = span.to - span.from) {
    span.from = Math.min(Math.max(from, 0), Math.max(clip.end - long, 0));
    span.to = Math.min(span.from + long, clip.end);
    draw();
  }

  function reveal(track) {
    const at = visible.findIndex((row) => row.track === track);
    if (at < 0) return;
    const [top, bottom] = [at * ROW, (at + 1) * ROW];
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
  }

  function forget() {
    for (const url of pictures.values()) if (url) URL.revokeObjectURL(url);
    pictures.clear();
    asked.clear();
  }

  const clamped = (event, canvas) =>
    Math.min(Math.max(event.clientX - canvas.getBoundingClientRect().left, 0), laneWidth() - 0.01);

  for (const canvas of [lanes, ruler]) {
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      dragging = true;
      canvas.setPointerCapture(event.pointerId);
      on.seek(frameAt(clip.times, secondsAt(clamped(event, canvas))));
      const at = Math.floor((event.clientY - scroller.getBoundingClientRect().top + scroller.scrollTop) / ROW);
      if (canvas === lanes && visible[at]) on.choose(visible[at].track);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (dragging) on.seek(frameAt(clip.times, secondsAt(clamped(event, canvas))));
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (dragging = false));
    canvas.addEventListener(
      "wheel",
      (event) => {
        const sideways = event.deltaX || (event.shiftKey ? event.deltaY : 0);
        if (!event.ctrlKey && !event.metaKey && !sideways && canvas === lanes) return; // scrolls the rows
        event.preventDefault();
        if (sideways) move(span.from + (sideways / laneWidth()) * (span.to - span.from));
        else zoom(Math.exp(event.deltaY / 300), secondsAt(clamped(event, canvas)));
      },
      { passive: false },
    );
  }
  labels.addEventListener("click", (event) => {
    const cell = event.target.closest(".wb-track");
    if (cell) on.choose(Number(cell.dataset.track), true);
  });
  scroller.addEventListener("scroll", draw, { passive: true });
  const observer = new ResizeObserver(draw);
  observer.observe(node);
  refilter();

  return {
    node,
    scroller,
    fit,
    zoom,
    open(times) {
      forget();
      [clip.times, clip.end] = [times, endOf(times, times.length - 1)];
      [rows, muted, current, selected] = [[], [], 0, -1];
      fit();
      refilter();
    },
    /** @param {import("./rows.js").Row[]} given */
    fill(given, silent) {
      [rows, muted] = [given, silent];
      refilter();
    },
    /** Move the line that marks the frame; the axis follows it. */
    at(index) {
      current = index;
      const seconds = clip.times[index];
      if (!dragging && (seconds < span.from || seconds > span.to)) move(seconds - (span.to - span.from) * 0.1);
      draw();
    },
    select(track) {
      selected = track;
      reveal(track);
      draw();
    },
    /** Return the row `step` rows further on among those shown. */
    beside(step) {
      const at = visible.findIndex((row) => row.track === selected);
      return visible[Math.min(Math.max(at < 0 ? 0 : at + step, 0), visible.length - 1)];
    },
    crop(track, buffer) {
      asked.delete(track);
      const jpeg = bytes(buffer);
      if (pictures.size >= CROPS_KEPT) {
        const [oldest, url] = pictures.entries().next().value;
        if (url) URL.revokeObjectURL(url);
        pictures.delete(oldest);
      }
      pictures.set(track, jpeg.length ? URL.createObjectURL(new Blob([jpeg], { type: "image/jpeg" })) : "");
      draw();
    },
    close() {
      observer.disconnect();
      if (frame) cancelAnimationFrame(frame);
      forget();
    },
  };
}
