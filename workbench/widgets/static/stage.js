/** The canvas: draws a scene, and turns the pointer into zoom, pan, wipe and selection. */
import { element } from "./base.js";
import { drawBoxes, sayBox } from "./boxes.js";
import { isHidden, paint, regionsOf } from "./cover.js";
import { makeViewport } from "./viewport.js";

const GRIP = 12;

/**
 * @typedef {object} Scene
 * @property {any} picture its `source` canvas and `pixels`, and the full `width`, `height`, `grid` and `origin`; or null
 * @property {import("./cover.js").Box[]} boxes
 * @property {Record<string, import("./cover.js").Rule>} rules
 * @property {{hide: boolean, keep: string[], min_score: number, colour: number[]}} background
 * @property {ImageBitmap | null} exact what Python made with exactly these rules
 * @property {"original" | "redacted" | "wipe"} mode
 * @property {boolean} outlines
 * @property {number} wipe where the divider is, 0..1 of the stage
 * @property {import("./cover.js").Box | null} selected
 */

/** Turn a JPEG into what a scene needs of it. */
export async function decode(jpeg) {
  const bitmap = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
  const source = element("canvas");
  [source.width, source.height] = [bitmap.width, bitmap.height];
  const context = source.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { source, pixels: context.getImageData(0, 0, source.width, source.height) };
}

/**
 * @typedef {object} More what a stage can do besides
 * @property {(context: CanvasRenderingContext2D, layer: "original" | "redacted") => void} [over] draws over a layer
 * @property {() => number} [overState] changes whenever `over` would draw something else
 * @property {(context: CanvasRenderingContext2D) => void} [above] draws over the boxes
 * @property {(x: number, y: number, touch: boolean) => Gesture | null} [grab] what a drag from here does; null: it pans
 * @property {(x: number, y: number) => string} [cursor] over a point of the stage; "" for the usual one
 *
 * @typedef {{move: (x: number, y: number) => void, drop: (taken: boolean) => void}} Gesture
 */

/**
 * @param {Scene} scene is read on every drawing
 * @param {(box: import("./cover.js").Box | null) => void} onSelect
 * @param {() => void} onWipe after the divider was dragged
 * @param {More} [more]
 */
export function makeStage(scene, onSelect, onWipe, more = {}) {
  const canvas = element("canvas", {
    class: "wb-canvas",
    tabindex: 0,
    role: "application",
    "aria-label": "Picture. Press the question mark for the keys, Escape and then Tab to leave.",
  });
  const tip = element("div", { class: "wb-tip", hidden: true });
  const empty = element("p", { class: "wb-empty wb-quiet" }, "No picture to show yet.");
  const node = element("div", { class: "wb-stage" }, canvas, tip, empty);
  const view = makeViewport();
  const redacted = element("canvas");
  const backdrop = element("canvas");
  const pointers = new Map();
  let [frame, drag, hovered, pinch] = [0, null, null, null];
  /** whether the picture, and what it looks like with the rules, are drawn as they are now */
  let [painted, approximated] = [false, false];
  /** what the picture below the boxes was drawn from, and whether the backdrop holds it */
  let [drawn, kept] = [[], false];

  /** Draw soon; `changed` when the picture or a rule is another. */
  function draw(changed = false) {
    if (changed) painted = approximated = false;
    if (!frame) frame = requestAnimationFrame(drawNow);
  }

  function drawNow() {
    frame = 0;
    const context = canvas.getContext("2d");
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.stageWidth, view.stageHeight);
    empty.hidden = scene.picture !== null;
    if (!scene.picture) return;
    drawPicture(context);
    if (scene.outlines) drawBoxes(context, scene.boxes, scene.rules, view, scene.selected ?? hovered);
    more.above?.(context);
    if (scene.mode === "wipe") drawDivider(context);
    showTip(drag?.gesture ? null : (hovered ?? (more.grab ? null : scene.selected)));
    for (const follow of stage.followers) follow();
  }

  /** Draw what is below the boxes; while only boxes change, from a copy. */
  function drawPicture(context) {
    const after = scene.exact ?? (scene.mode === "original" ? null : approximate());
    const { left, top, scale } = view;
    const from = [scene.picture.source, after, scene.mode, scene.wipe, left, top, scale, more.overState?.(), canvas.width, canvas.height];
    const same = painted && from.every((part, at) => part === drawn[at]);
    if (!same) [drawn, kept, painted] = [from, false, true];
    if (!kept) {
      if (scene.mode !== "redacted") drawPart(context, scene.picture.source, 0, scene.mode === "wipe" ? scene.wipe : 1, "original");
      if (scene.mode !== "original") drawPart(context, after, scene.mode === "wipe" ? scene.wipe : 0, 1, "redacted");
      if (!same) return;
      [backdrop.width, backdrop.height] = [canvas.width, canvas.height];
      backdrop.getContext("2d").drawImage(canvas, 0, 0);
      kept = true;
      return;
    }
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(backdrop, 0, 0);
    context.restore();
  }

  /** Paint what the rules hide on a copy of the picture, unless that is done already. */
  function approximate() {
    if (approximated) return redacted;
    const { source, pixels, width, height, grid, origin } = scene.picture;
    if (redacted.width !== source.width || redacted.height !== source.height) {
      [redacted.width, redacted.height] = [source.width, source.height];
    }
    const { hide, keep, min_score: least, colour } = scene.background;
    const kept = scene.boxes.filter((box) => keep.includes(box.kind) && box.score >= Math.fround(least));
    const regions = regionsOf(scene.boxes, scene.rules, width, height, grid, origin);
    paint(redacted.getContext("2d"), source, pixels, regions, source.width / width, { hide, colour, kept });
    approximated = true;
    return redacted;
  }

  function drawPart(context, image, from, to, layer) {
    context.save();
    context.beginPath();
    context.rect(from * view.stageWidth, 0, (to - from) * view.stageWidth, view.stageHeight);
    context.clip();
    const [wide, high] = [view.width * view.scale, view.height * view.scale];
    // Close up, pixels are shown as they are.
    context.imageSmoothingEnabled = wide / image.width < 3;
    context.imageSmoothingQuality = wide < image.width ? "high" : "low"; // enlarged, "high" only costs
    context.drawImage(image, view.left, view.top, wide, high);
    more.over?.(context, layer);
    context.restore();
  }

  function drawDivider(context) {
    const x = scene.wipe * view.stageWidth;
    const middle = view.stageHeight / 2;
    context.fillStyle = "rgb(0 0 0 / 0.6)";
    context.fillRect(x - 2, 0, 4, view.stageHeight);
    context.fillStyle = "#fff";
    context.fillRect(x - 1, 0, 2, view.stageHeight);
    context.beginPath();
    context.arc(x, middle, 13, 0, 2 * Math.PI);
    context.fill();
    context.strokeStyle = "rgb(0 0 0 / 0.75)";
    context.lineWidth = 2;
    context.stroke(new Path2D(`M${x - 3} ${middle - 4}l-4 4 4 4M${x + 3} ${middle - 4}l4 4-4 4`));
    context.font = "600 12px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (const [text, align, at] of [
      ["Original", "right", x - 12],
      ["Redacted", "left", x + 12],
    ]) {
      const wide = context.measureText(text).width + 12;
      context.fillStyle = "rgb(0 0 0 / 0.7)";
      context.fillRect(align === "left" ? at - 6 : at + 6 - wide, view.stageHeight - 32, wide, 22);
      context.fillStyle = "#fff";
      context.textAlign = align;
      context.fillText(text, at, view.stageHeight - 20.5);
    }
    context.textAlign = "left";
  }

  function showTip(box) {
    tip.hidden = !box || !scene.outlines;
    if (tip.hidden) return;
    tip.textContent = sayBox(box, isHidden(box, scene.rules[box.kind]));
    const x = Math.min(Math.max(view.left + box.x0 * view.scale, 4), view.stageWidth - tip.offsetWidth - 4);
    const below = view.top + box.y1 * view.scale + 6;
    const above = view.top + box.y0 * view.scale - tip.offsetHeight - 22;
    const y = below + tip.offsetHeight < view.stageHeight ? below : Math.max(above, 4);
    tip.style.transform = `translate(${Math.max(x, 4)}px, ${y}px)`;
  }

  function boxAt(x, y) {
    const [u, v] = view.toPicture(x, y);
    const reach = 3 / view.scale;
    const under = scene.boxes.filter(
      (box) => u >= box.x0 - reach && u <= box.x1 + reach && v >= box.y0 - reach && v <= box.y1 + reach,
    );
    const area = (box) => (box.x1 - box.x0) * (box.y1 - box.y0);
    return under.reduce((best, box) => (best && area(best) <= area(box) ? best : box), null);
  }

  function pressed(event) {
    if (event.button > 1 || !scene.picture) return;
    if (event.button === 1) event.preventDefault(); // no automatic scrolling
    pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    canvas.setPointerCapture(event.pointerId);
    if (pointers.size === 2) {
      drag?.gesture?.drop(false);
      drag = null;
      pinch = spread();
      return;
    }
    const nearDivider = Math.abs(event.offsetX - scene.wipe * view.stageWidth) <= GRIP || !view.zoomed;
    const wiping = scene.mode === "wipe" && event.button === 0 && nearDivider && !stage.panning;
    const [x, y, touch] = [event.offsetX, event.offsetY, event.pointerType === "touch"];
    const gesture = wiping || event.button !== 0 || stage.panning ? null : more.grab?.(x, y, touch);
    drag = { wiping, gesture, moved: false, slack: touch ? 8 : 3, x, y };
  }

  /** Where two fingers are: their middle and distance. */
  function spread() {
    const [[x, y], [u, v]] = pointers.values();
    return { x: (x + u) / 2, y: (y + v) / 2, far: Math.max(Math.hypot(x - u, y - v), 1) };
  }

  function pinched() {
    const now = spread();
    view.zoomAt(now.far / pinch.far, pinch.x, pinch.y);
    if (view.zoomed) view.pan(now.x - pinch.x, now.y - pinch.y);
    pinch = now;
    draw();
  }

  function moved(event) {
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    if (pinch) {
      if (pointers.size === 2) pinched();
      return;
    }
    if (!drag) {
      hover(boxAt(event.offsetX, event.offsetY), event);
      return;
    }
    const [dx, dy] = [event.offsetX - drag.x, event.offsetY - drag.y];
    drag.moved ||= Math.abs(dx) + Math.abs(dy) > drag.slack;
    if (!drag.moved) return;
    if (drag.gesture) drag.gesture.move(event.offsetX, event.offsetY);
    else if (drag.wiping) {
      scene.wipe = Math.min(Math.max(event.offsetX / view.stageWidth, 0), 1);
      onWipe();
    } else view.pan(dx, dy);
    [drag.x, drag.y] = [event.offsetX, event.offsetY];
    draw();
  }

  function released(event) {
    pointers.delete(event.pointerId);
    if (pinch) {
      if (pointers.size === 0) pinch = null;
      return;
    }
    const clicked = drag && !drag.moved && event.type === "pointerup" && event.button === 0;
    const gesture = drag?.moved ? drag.gesture : null;
    drag = null;
    gesture?.drop(event.type === "pointerup");
    if (clicked) onSelect(boxAt(event.offsetX, event.offsetY));
  }

  function hover(box, event) {
    const divider = scene.mode === "wipe" && Math.abs(event.offsetX - scene.wipe * view.stageWidth) <= GRIP;
    const usual = divider ? "ew-resize" : view.zoomed ? "grab" : "";
    canvas.style.cursor = more.cursor?.(event.offsetX, event.offsetY) || usual;
    if (box === hovered) return;
    hovered = box;
    draw();
  }

  function wheeled(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 24 : 1;
    view.zoomAt(Math.exp((-event.deltaY * lines) / 400), event.offsetX, event.offsetY);
    draw();
  }

  canvas.addEventListener("pointerdown", pressed);
  canvas.addEventListener("mousedown", (event) => event.button === 1 && event.preventDefault());
  canvas.addEventListener("pointermove", moved);
  canvas.addEventListener("pointerup", released);
  canvas.addEventListener("pointercancel", released);
  canvas.addEventListener("pointerleave", (event) => hover(null, event));
  canvas.addEventListener("dblclick", () => (view.fit(), draw()));
  node.addEventListener("wheel", wheeled, { passive: false });
  const observer = new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    const ratio = window.devicePixelRatio || 1;
    [canvas.width, canvas.height] = [Math.max(Math.round(width * ratio), 1), Math.max(Math.round(height * ratio), 1)];
    view.setStage(Math.max(width, 1), Math.max(height, 1));
    if (frame) cancelAnimationFrame(frame);
    drawNow(); // at once: setting the size has cleared the canvas
  });
  observer.observe(node);

  const stage = {
    node,
    canvas,
    view,
    draw,
    /** whether the space key is held: a drag pans even where the divider is */
    panning: false,
    /** called after each drawing */
    followers: [],
    zoom(factor) {
      view.zoomAt(factor);
      draw();
    },
    forget: () => (hovered = null),
    close() {
      observer.disconnect();
      if (frame) cancelAnimationFrame(frame);
    },
  };
  return stage;
}
