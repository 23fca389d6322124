/** A picture close up: parts at the resolution that the screen needs, asked for when they are in sight. */

/** px of a tile's side as it is sent; at level n it shows 2^n times as many of the picture */
const TILE = 512;
/** tiles that are kept, and those that are under way at a time */
const [KEPT, AT_ONCE] = [128, 6];
/** how much finer than what is there a tile must be to be worth asking for */
const FINER = 1.15;
const RESTED = 90;

/**
 * @param {object} on
 * @param {(request: {layer: string, version: number, box: number[], side: number}) => number} on.ask returns its number
 * @param {() => void} on.changed something new can be drawn
 * @param {() => string[]} on.layers those in sight: "original", "redacted"
 * @param {any} view
 */
export function makeTiles({ ask, changed, layers }, view) {
  /** @type {Map<string, {layer: string, version: number, level: number, box: number[], bitmap: ImageBitmap | null, waits: boolean}>} */
  const tiles = new Map();
  const asked = new Map();
  let [timer, state, version, base, open, seen] = [0, 0, 0, { original: 1, redacted: 1 }, false, ""];
  const ratio = () => window.devicePixelRatio || 1;
  const versionOf = (layer) => (layer === "redacted" ? version : 0);

  /** The part of the picture that is in sight. */
  function sight() {
    const [u0, v0] = view.toPicture(0, 0);
    const [u1, v1] = view.toPicture(view.stageWidth, view.stageHeight);
    return [Math.max(u0, 0), Math.max(v0, 0), Math.min(u1, view.width), Math.min(v1, view.height)];
  }

  /** The tiles of a layer that are in sight at the level that the screen needs; the middle first. */
  function needed(layer) {
    const need = Math.min(view.scale * ratio(), 1);
    if (need <= base[layer] * FINER) return [];
    const level = Math.max(Math.floor(Math.log2(1 / need)), 0);
    const span = TILE * 2 ** level;
    const [u0, v0, u1, v1] = sight();
    const found = [];
    for (let row = Math.floor(v0 / span); row * span < v1; row += 1) {
      for (let column = Math.floor(u0 / span); column * span < u1; column += 1) {
        const [x, y] = [column * span, row * span];
        const box = [x, y, Math.min(x + span, view.width), Math.min(y + span, view.height)];
        const far = Math.hypot(x + span / 2 - (u0 + u1) / 2, y + span / 2 - (v0 + v1) / 2);
        found.push({ key: `${layer} ${level} ${column} ${row}`, layer, level, box, far });
      }
    }
    return found.sort((a, b) => a.far - b.far);
  }

  /** Ask for what is in sight and not there, or older than the corrections. */
  function fetch() {
    if (!open) return;
    for (const one of layers().flatMap(needed)) {
      if (asked.size >= AT_ONCE) return;
      const tile = tiles.get(one.key);
      const now = versionOf(one.layer);
      if (tile && (tile.waits || tile.version === now)) continue;
      const { layer, level, box } = one;
      const side = Math.ceil(Math.max(box[2] - box[0], box[3] - box[1]) / 2 ** level);
      tiles.set(one.key, { layer, level, box, version: tile?.version ?? -1, bitmap: tile?.bitmap ?? null, waits: true });
      asked.set(ask({ layer, version: now, box, side }), { key: one.key, version: now });
    }
  }

  function tidy() {
    const [u0, v0, u1, v1] = sight();
    const hidden = ({ box }) => box[2] < u0 || box[3] < v0 || box[0] > u1 || box[1] > v1;
    for (const [key, tile] of tiles) {
      const old = tile.version !== versionOf(tile.layer) && hidden(tile);
      if (!tile.waits && (old || (tiles.size > KEPT && hidden(tile)))) tiles.delete(key);
    }
  }

  function forget() {
    tiles.clear();
    asked.clear();
    state += 1;
  }

  return {
    state: () => state,
    /** Begin with another picture, of which a layer is there at `scale` times its size. */
    open(scale) {
      forget();
      [open, base] = [true, { original: scale, redacted: scale }];
    },
    close() {
      clearTimeout(timer);
      forget();
      open = false;
    },
    /** The corrections are others: what was redacted before is asked for again, and shown until it comes. */
    setVersion(now) {
      version = now;
      tidy();
    },
    /** Ask soon for what is in sight, once nothing moves any more. */
    follow() {
      const now = `${view.left} ${view.top} ${view.scale} ${view.stageWidth} ${view.stageHeight} ${version} ${layers()}`;
      if (now === seen) return;
      seen = now;
      clearTimeout(timer);
      timer = setTimeout(fetch, RESTED);
    },
    /** Return whether the answer `number` was for a tile. */
    async take(number, jpeg) {
      const request = asked.get(number);
      if (!request) return;
      const bitmap = jpeg ? await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" })).catch(() => null) : null;
      asked.delete(number);
      const tile = tiles.get(request.key);
      if (!tile) return;
      tile.waits = false;
      if (bitmap) {
        Object.assign(tile, { bitmap, version: request.version });
        // The latest come last, so that the oldest are let go first.
        tiles.delete(request.key);
        tiles.set(request.key, tile);
        state += 1;
        changed();
      } else if (!tile.bitmap) tiles.delete(request.key);
      tidy();
      if (bitmap) fetch();
    },
    /** Whether everything in sight of a layer is as the corrections are now. */
    settled: (layer) => needed(layer).every(({ key }) => tiles.get(key)?.version === versionOf(layer)),
    draw(context, layer) {
      if (view.scale * ratio() <= base[layer] * FINER) return;
      const snap = (value) => Math.round(value * ratio()) / ratio();
      const shown = [...tiles.values()].filter((tile) => tile.layer === layer && tile.bitmap);
      for (const { bitmap, box } of shown.sort((a, b) => b.level - a.level)) {
        const [x, y] = [snap(view.left + box[0] * view.scale), snap(view.top + box[1] * view.scale)];
        const [right, bottom] = [snap(view.left + box[2] * view.scale), snap(view.top + box[3] * view.scale)];
        if (right < 0 || bottom < 0 || x > view.stageWidth || y > view.stageHeight) continue;
        context.imageSmoothingEnabled = (right - x) / bitmap.width < 3;
        context.drawImage(bitmap, x, y, right - x, bottom - y);
      }
    },
  };
}
