/** Moving and resizing the chosen box, by pointer and by keys. It is drawn at once and sent when it is let go. */
import { cursorOf, gripAt, reshaped } from "./grips.js";

/** ms after the last arrow key until a box that was moved by keys is sent */
const LET_GO = 300;
/** px on the screen that an arrow key moves; with Ctrl it is one px of the picture */
const PACE = 8;
/** px around a grip in which it is taken; a finger is thicker */
const [REACH, FINGER] = [10, 22];

const coordinates = ({ x0, y0, x1, y1 }) => ({ x0, y0, x1, y1 });

/** Whether a box can be moved: one that was dropped is hidden again first. */
export const movable = (box) => Boolean(box) && box.fate !== "dropped";

/**
 * @param {import("./stage.js").Scene} scene
 * @param {() => any} getView
 * @param {{changed: () => void, send: (box: any) => void}} on
 */
export function makeShaping(scene, getView, { changed, send }) {
  /** where boxes stand that were moved here and whose answer is not there yet: number → coordinates */
  const moved = new Map();
  let [held, timer] = [null, 0];

  const size = () => [scene.picture.width, scene.picture.height];

  function shift(box, to) {
    Object.assign(box, to);
    moved.set(box.number, to);
    changed();
  }

  function inside(box, x, y) {
    const [u, v] = getView().toPicture(x, y);
    return movable(box) && u >= box.x0 && u <= box.x1 && v >= box.y0 && v <= box.y1;
  }

  /** Send what was moved by keys. */
  function letGo() {
    clearTimeout(timer);
    if (!held?.byKeys) return;
    const { box } = held;
    held = null;
    send(box);
  }

  return {
    letGo,
    /** where a box stands until Python has said so, or undefined */
    at: (number) => moved.get(number),
    /** Python has answered. */
    settle: (number) => held?.box.number === number || moved.delete(number),
    forget() {
      clearTimeout(timer);
      held = null;
      moved.clear();
    },
    cursor(x, y) {
      const box = scene.selected;
      if (!movable(box) || !scene.outlines) return "";
      const grip = gripAt(box, getView(), x, y, REACH);
      return grip ? cursorOf(grip) : inside(box, x, y) ? "move" : "";
    },
    /** Return what a drag from this point of the stage does to the chosen box, or null. */
    grab(x, y, touch) {
      const box = scene.selected;
      if (!movable(box) || !scene.outlines) return null;
      letGo();
      const view = getView();
      const grip = gripAt(box, view, x, y, touch ? FINGER : REACH);
      if (!grip && !inside(box, x, y)) return null;
      const start = coordinates(box);
      held = null;
      return {
        move(to, down) {
          held ??= { box, byKeys: false };
          shift(held.box, reshaped(start, grip, (to - x) / view.scale, (down - y) / view.scale, ...size()));
        },
        drop(taken) {
          if (!held) return;
          const now = held.box;
          held = null;
          if (taken) return send(now);
          shift(now, start);
          moved.delete(now.number);
        },
      };
    },
    /** Move the chosen box by an arrow key, or resize it. @param {number[]} arrow @param {KeyboardEvent} event */
    nudge([dx, dy], event) {
      const box = scene.selected;
      const pace = event.ctrlKey ? 1 : Math.max(PACE / getView().scale, 1);
      shift(box, reshaped(coordinates(box), event.shiftKey ? [1, 1] : null, dx * pace, dy * pace, ...size()));
      held = { box, byKeys: true };
      clearTimeout(timer);
      timer = setTimeout(letGo, LET_GO);
    },
    /** Go on with `box` where the one that is held has got another number meanwhile; return whether it has. */
    takeOver(before, box) {
      if (!box || held?.box.number !== before || box.number === before) return false;
      const to = coordinates(held.box);
      moved.delete(before);
      held.box = scene.selected = box;
      shift(box, to);
      return true;
    },
  };
}
