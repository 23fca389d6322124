/** The browser's approximation of what Python hides. Pure functions; nothing here decides an output. */

/** Colour and dash of each kind's outline: told apart without colour too. */
export const LOOKS = {
  face: { colour: "#5cc0ff", dash: [] },
  plate: { colour: "#ffb000", dash: [12, 4] },
  person: { colour: "#3ddc97", dash: [14, 4, 3, 4] },
  text: { colour: "#ff9bd2", dash: [5, 3] },
  screen: { colour: "#f4e94b", dash: [20, 6] },
  document: { colour: "#c3a6ff", dash: [12, 3, 3, 3, 3, 3] },
  other: { colour: "#ff8f66", dash: [3, 4] },
};
const METHODS = ["blur", "pixelate", "average", "solid"];
const ELLIPSE_PAD = Math.SQRT1_2 - 0.5;
const BLEED = 2;
/** a long side counts for the margin up to this many times the short one */
const LONG = 2.5;
/** px; a wider Gaussian is computed on a reduced patch, where it has this sigma */
const REDUCED_SIGMA = 3;
const COLUMNS = 7;

/**
 * @typedef {{x0: number, y0: number, x1: number, y1: number, score: number, kind: string, origin: string}} Box
 * @typedef {{hide: boolean, min_score: number, min_size: number, pad: number, method: string, shape: string,
 *   strength: number, colour: number[]}} Rule
 * @typedef {{x0: number, y0: number, x1: number, y1: number, method: string, shape: string, detail: number,
 *   colour: number[]}} Region
 */

/** Read rows of little-endian float32 `[x0, y0, x1, y1, score, kind, origin]`. @returns {Box[]} */
export function readBoxes(view, kinds, origins) {
  const rows = Math.floor(view.byteLength / 4 / COLUMNS);
  const cell = (row, column) => view.getFloat32((row * COLUMNS + column) * 4, true);
  return Array.from({ length: rows }, (_, row) => ({
    x0: cell(row, 0),
    y0: cell(row, 1),
    x1: cell(row, 2),
    y1: cell(row, 3),
    score: cell(row, 4),
    kind: kinds[cell(row, 5)],
    origin: origins[cell(row, 6)],
  }));
}

/** Return the shorter side of a box in px. */
export function shorterSide(box) {
  return Math.min(Math.fround(box.x1 - box.x0), Math.fround(box.y1 - box.y0));
}

/** Where only a person asked for a kind, it is hidden in the way that every purpose accepts: Python's default rule. */
const BY_PERSON = { pad: 0.3, shape: "box", method: "solid", strength: 0.5, colour: [96, 96, 96] };

/**
 * Return whether a rule hides a box; where Python has said so already (`box.hidden`), that.
 * Rounded to float32 first, as Python compares.
 */
export function isHidden(box, rule) {
  if (box.hidden !== undefined) return box.hidden;
  if (box.origin === "person") return true;
  return rule.hide && box.score >= Math.fround(rule.min_score) && shorterSide(box) >= Math.fround(rule.min_size);
}

/** Return what a rule hides for a box: padded, rounded outward, cut to the picture. @returns {Region} */
export function regionOf(box, rule, width, height, grid = 1, origin = [0, 0]) {
  const corners = rule.shape === "ellipse" ? ELLIPSE_PAD : 0;
  const longest = Math.fround(LONG * shorterSide(box));
  const span = (low, high, size, start) => {
    const side = Math.fround(high - low);
    const margin = Math.fround(Math.min(side, longest) * Math.fround(rule.pad));
    const extra = Math.max(margin, Math.fround(side * Math.fround(corners)));
    let from = Math.floor(Math.fround(low - extra));
    let to = Math.ceil(Math.fround(high + extra));
    if (grid > 1) {
      from = Math.min(from, Math.floor((low - start) / grid) * grid + start - BLEED);
      to = Math.max(to, Math.ceil((high - start) / grid) * grid + start + BLEED);
    }
    return [Math.min(Math.max(from, 0), size), Math.min(Math.max(to, 0), size)];
  };
  const [x0, x1] = span(box.x0, box.x1, width, origin[0]);
  const [y0, y1] = span(box.y0, box.y1, height, origin[1]);
  const fills = rule.method === "solid" || rule.method === "average";
  const detail = fills ? 0 : Math.max(rule.strength * shorterSide(box), 1);
  return { x0, y0, x1, y1, detail, method: rule.method, shape: rule.shape, colour: rule.colour };
}

/** Return all regions, the weakest first, so that the strongest is drawn last. @returns {Region[]} */
export function regionsOf(boxes, rules, width, height, grid = 1, origin = [0, 0]) {
  return boxes
    .filter((box) => isHidden(box, rules[box.kind]))
    .map((box) => regionOf(box, rules[box.kind].hide ? rules[box.kind] : BY_PERSON, width, height, grid, origin))
    .filter((region) => region.x1 > region.x0 && region.y1 > region.y0)
    .sort((a, b) => METHODS.indexOf(a.method) - METHODS.indexOf(b.method) || a.detail - b.detail);
}

/** Return per kind how many boxes are hidden and how many are left. */
export function countBoxes(boxes, rules) {
  const counts = { hidden: {}, left: {} };
  for (const box of boxes) {
    const part = isHidden(box, rules[box.kind]) ? counts.hidden : counts.left;
    part[box.kind] = (part[box.kind] ?? 0) + 1;
  }
  return counts;
}

/**
 * Draw the picture with its regions hidden.
 * @param {CanvasRenderingContext2D} context of the picture's preview, `scale` times the full size
 * @param {CanvasImageSource} picture
 * @param {ImageData} pixels of the same preview
 * @param {Region[]} regions in full size
 * @param {{hide: boolean, colour: number[], kept: Box[]}} background
 */
export function paint(context, picture, pixels, regions, scale, background) {
  context.drawImage(picture, 0, 0);
  if (background.hide) {
    context.fillStyle = `rgb(${background.colour.join(" ")})`;
    context.fillRect(0, 0, pixels.width, pixels.height);
    for (const box of background.kept) {
      const { x, y, w, h } = place(box, scale, pixels);
      if (w > 0 && h > 0) context.drawImage(picture, x, y, w, h, x, y, w, h);
    }
  }
  const hidden = regions.some((region) => region.method === "average") ? maskOf(regions, scale, pixels) : null;
  const patch = document.createElement("canvas");
  for (const region of regions) paintRegion(context, patch, pixels, hidden, region, scale);
}

/** Return a box in the preview's pixels, rounded outward. */
function place(box, scale, pixels) {
  const x = Math.max(Math.floor(box.x0 * scale), 0);
  const y = Math.max(Math.floor(box.y0 * scale), 0);
  const right = Math.min(Math.ceil(box.x1 * scale), pixels.width);
  const bottom = Math.min(Math.ceil(box.y1 * scale), pixels.height);
  return { x, y, w: right - x, h: bottom - y };
}

function paintRegion(context, patch, pixels, hidden, region, scale) {
  const area = place(region, scale, pixels);
  const { x, y, w, h } = area;
  context.save();
  context.beginPath();
  if (region.shape === "ellipse") {
    // As in Python, a pixel of which any part may be inside is inside.
    const reach = Math.sqrt((1 + 1 / w) * (1 + 1 / h));
    context.ellipse(x + w / 2, y + h / 2, (w / 2) * reach, (h / 2) * reach, 0, 0, 2 * Math.PI);
  } else context.rect(x, y, w, h);
  if (region.method === "solid" || region.method === "average") {
    const colour = region.method === "solid" ? region.colour : rimColour(pixels, hidden, area);
    context.fillStyle = `rgb(${colour.join(" ")})`;
    context.fill();
  } else {
    const size = Math.max(region.detail * scale, 1);
    const side = region.method === "blur" ? Math.max(size / REDUCED_SIGMA, 1) : size;
    [patch.width, patch.height] = [Math.max(Math.floor(w / side), 1), Math.max(Math.floor(h / side), 1)];
    const cells = shrink(pixels, area, patch.width, patch.height);
    if (region.method === "blur") soften(cells, size / side);
    patch.getContext("2d").putImageData(cells, 0, 0);
    context.clip();
    context.imageSmoothingEnabled = region.method === "blur";
    context.drawImage(patch, 0, 0, patch.width, patch.height, x, y, w, h);
  }
  context.restore();
}

/** Return an area as `columns` by `rows` means. */
export function shrink(pixels, { x, y, w, h }, columns, rows) {
  const cells = new ImageData(columns, rows);
  for (let row = 0; row < rows; row += 1) {
    const [top, bottom] = [y + Math.floor((row * h) / rows), y + Math.ceil(((row + 1) * h) / rows)];
    for (let column = 0; column < columns; column += 1) {
      const [left, right] = [x + Math.floor((column * w) / columns), x + Math.ceil(((column + 1) * w) / columns)];
      // At most about 16 by 16 samples a cell: a large area costs no more than a small one.
      const step = Math.max(Math.floor(Math.min(right - left, bottom - top) / 16), 1);
      const sum = [0, 0, 0];
      let number = 0;
      for (let v = top; v < bottom; v += step) {
        for (let u = left; u < right; u += step) {
          const at = (v * pixels.width + u) * 4;
          for (let part = 0; part < 3; part += 1) sum[part] += pixels.data[at + part];
          number += 1;
        }
      }
      cells.data.set([...sum.map((total) => total / number), 255], (row * columns + column) * 4);
    }
  }
  return cells;
}

/** Blur an image in place with a Gaussian; its edge pixels go on outside. No `ctx.filter`: not every browser has it. */
export function soften(cells, sigma) {
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-((at - reach) ** 2) / (2 * sigma * sigma)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const { width, height, data } = cells;
  for (const [length, lines, step, jump] of [
    [width, height, 4, width * 4],
    [height, width, width * 4, 4],
  ]) {
    const line = new Float32Array(length);
    for (let start = 0; start < lines * jump; start += jump) {
      for (let part = start; part < start + 3; part += 1) {
        for (let at = 0; at < length; at += 1) line[at] = data[part + at * step];
        for (let at = 0; at < length; at += 1) {
          let sum = 0;
          for (let tap = -reach; tap <= reach; tap += 1) {
            sum += weights[tap + reach] * line[Math.min(Math.max(at + tap, 0), length - 1)];
          }
          data[part + at * step] = sum / total;
        }
      }
    }
  }
}

function maskOf(regions, scale, pixels) {
  const hidden = new Uint8Array(pixels.width * pixels.height);
  for (const region of regions) {
    const { x, y, w, h } = place(region, scale, pixels);
    for (let v = y; v < y + h; v += 1) hidden.fill(1, v * pixels.width + x, v * pixels.width + x + w);
  }
  return hidden;
}

/** Return the mean colour of what stays visible around an area, as Python's average fill takes it. */
function rimColour(pixels, hidden, { x, y, w, h }) {
  for (let rim = Math.max(Math.round(0.15 * Math.min(w, h)), 4); rim < 2 * (pixels.width + pixels.height); rim *= 2) {
    const sum = [0, 0, 0];
    let number = 0;
    for (let v = Math.max(y - rim, 0); v < Math.min(y + h + rim, pixels.height); v += 1) {
      for (let u = Math.max(x - rim, 0); u < Math.min(x + w + rim, pixels.width); u += 1) {
        const at = v * pixels.width + u;
        if (hidden[at]) continue;
        for (let part = 0; part < 3; part += 1) sum[part] += pixels.data[at * 4 + part];
        number += 1;
      }
    }
    if (number > 0) return sum.map((total) => Math.round(total / number));
  }
  return [128, 128, 128];
}
