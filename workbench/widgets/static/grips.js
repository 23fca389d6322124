/** Grips: how a box is moved and resized. Pure functions; a grip is `[x, y]`, each −1, 0 or 1: which edges follow. */

/** px of the picture: no box gets smaller */
const NARROWEST = 4;
/** px on the screen: half a grip; from which side on the edges have grips of their own, too */
const [HALF, ROOMY] = [4, 56];
const CORNERS = [[-1, -1], [1, -1], [-1, 1], [1, 1]]; // prettier-ignore
const EDGES = [[0, -1], [0, 1], [-1, 0], [1, 0]]; // prettier-ignore
const CURSORS = { "-1,-1": "nwse-resize", "1,1": "nwse-resize", "1,-1": "nesw-resize", "-1,1": "nesw-resize" };

/** Return each grip of a box with where it is on the stage; those of a small box stand a little outside. */
function gripsOf(box, view) {
  const [wide, high] = [(box.x1 - box.x0) * view.scale, (box.y1 - box.y0) * view.scale];
  const out = Math.min(wide, high) < 28 ? HALF + 1 : 0;
  const [x, y] = [view.left + ((box.x0 + box.x1) / 2) * view.scale, view.top + ((box.y0 + box.y1) / 2) * view.scale];
  const edges = EDGES.filter(([across]) => (across === 0 ? wide : high) >= ROOMY);
  return [...CORNERS, ...edges].map((grip) => ({
    grip,
    x: x + grip[0] * (wide / 2 + out),
    y: y + grip[1] * (high / 2 + out),
  }));
}

/** Return the grip of a box at a point of the stage, or null. */
export function gripAt(box, view, x, y, reach) {
  const near = gripsOf(box, view).map((one) => ({ ...one, far: Math.max(Math.abs(one.x - x), Math.abs(one.y - y)) }));
  const best = near.reduce((a, b) => (b.far < a.far ? b : a));
  return best.far <= reach ? best.grip : null;
}

/** Return the pointer's shape over a grip. */
export function cursorOf(grip) {
  return CURSORS[grip] ?? (grip[0] === 0 ? "ns-resize" : "ew-resize");
}

/**
 * Return a box after its grip, or with null all of it, was drawn by so many pixels of the picture.
 * It stays inside the picture and keeps a width and a height.
 */
export function reshaped({ x0, y0, x1, y1 }, grip, dx, dy, width, height) {
  const within = (value, least, most) => Math.min(Math.max(value, least), most);
  if (!grip) {
    const [right, down] = [within(dx, -x0, width - x1), within(dy, -y0, height - y1)];
    return { x0: x0 + right, y0: y0 + down, x1: x1 + right, y1: y1 + down };
  }
  return {
    x0: grip[0] < 0 ? within(x0 + dx, 0, Math.max(x1 - NARROWEST, 0)) : x0,
    y0: grip[1] < 0 ? within(y0 + dy, 0, Math.max(y1 - NARROWEST, 0)) : y0,
    x1: grip[0] > 0 ? within(x1 + dx, Math.min(x0 + NARROWEST, width), width) : x1,
    y1: grip[1] > 0 ? within(y1 + dy, Math.min(y0 + NARROWEST, height), height) : y1,
  };
}

/** Draw the grips of the chosen box. */
export function drawGrips(context, box, view) {
  context.save();
  context.fillStyle = "#fff";
  context.strokeStyle = "rgb(0 0 0 / 0.85)";
  context.lineWidth = 1.5;
  for (const { x, y } of gripsOf(box, view)) {
    context.fillRect(x - HALF, y - HALF, 2 * HALF, 2 * HALF);
    context.strokeRect(x - HALF, y - HALF, 2 * HALF, 2 * HALF);
  }
  context.restore();
}
