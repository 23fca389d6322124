/** The pen: a box is drawn over the picture, by pointer or by keys. */
import { element } from "./base.js";

const LEAST = 4;

/**
 * @param {{node: HTMLElement, view: any}} stage
 * @param {(box: number[] | null) => void} done gets `[x0, y0, x1, y1]` in pixels of the picture, or null
 */
export function makePen(stage, done) {
  const outline = element("div", { class: "wb-pen-box", hidden: true });
  const node = element("div", { class: "wb-pen", tabindex: 0, role: "application", hidden: true }, outline);
  const words = "Draw a box with the pointer; or move it by arrow keys, size it by Shift and arrow keys, Enter to take it";
  node.setAttribute("aria-label", words);
  const { view } = stage;
  let [start, box] = [null, null];

  const inside = ([x, y]) => [Math.min(Math.max(x, 0), view.width), Math.min(Math.max(y, 0), view.height)];
  const at = (event) => {
    const { left, top } = node.getBoundingClientRect();
    return inside(view.toPicture(event.clientX - left, event.clientY - top));
  };

  function show() {
    outline.hidden = !box;
    if (!box) return;
    const [x0, y0, x1, y1] = box;
    outline.style.transform = `translate(${view.left + x0 * view.scale}px, ${view.top + y0 * view.scale}px)`;
    outline.style.width = `${(x1 - x0) * view.scale}px`;
    outline.style.height = `${(y1 - y0) * view.scale}px`;
  }

  function stop(taken) {
    node.hidden = true;
    [start, box] = [null, null];
    show();
    done(taken);
  }

  function take() {
    const enough = box && box[2] - box[0] >= LEAST && box[3] - box[1] >= LEAST;
    if (enough) stop(box);
    else if (box) ((box = null), show());
  }

  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    node.setPointerCapture(event.pointerId);
    start = at(event);
  });
  node.addEventListener("pointermove", (event) => {
    if (!start) return;
    const [x, y] = at(event);
    box = [Math.min(start[0], x), Math.min(start[1], y), Math.max(start[0], x), Math.max(start[1], y)];
    show();
  });
  node.addEventListener("pointerup", () => {
    if (!start) return;
    start = null;
    take();
  });
  node.addEventListener("pointercancel", () => ((start = box = null), show()));
  node.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (move) {
      const pace = event.ctrlKey ? 1 : 8 / view.scale;
      const [dx, dy] = move.map((part) => part * pace);
      if (!box) middle();
      const [x0, y0, x1, y1] = box;
      const [low, high] = event.shiftKey
        ? [[x0, y0], [Math.max(x1 + dx, x0 + LEAST), Math.max(y1 + dy, y0 + LEAST)]]
        : [[x0 + dx, y0 + dy], [x1 + dx, y1 + dy]];
      box = [...inside(low), ...inside(high)];
      show();
    } else if (event.key === "Enter") take();
    else if (event.key === "Escape") stop(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function middle() {
    const [x, y] = view.toPicture(view.stageWidth / 2, view.stageHeight / 2);
    const half = Math.min(view.width, view.height) / 12;
    box = [...inside([x - half, y - half]), ...inside([x + half, y + half])];
  }

  stage.node.append(node);
  stage.followers.push(show);
  return {
    get active() {
      return !node.hidden;
    },
    begin() {
      node.hidden = false;
      node.focus();
    },
    cancel: () => stop(null),
  };
}
