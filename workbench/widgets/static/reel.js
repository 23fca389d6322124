/** The pictures of a clip: asked for one by one, few at a time, always the newest wish. */
import { bytes } from "./base.js";
import { readBoxes } from "./cover.js";

const IN_FLIGHT = 2;

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

async function picture(view) {
  return view.byteLength ? createImageBitmap(new Blob([bytes(view)], { type: "image/jpeg" })) : null;
}

/** Read the boxes of a frame: little-endian float32 rows, and int32 `[track, hidden]` beside them. */
function readTrackBoxes(content, rows, marks) {
  return readBoxes(rows, content.kinds, content.origins).map((box, at) => ({
    ...box,
    track: marks.getInt32(at * 8, true),
    hidden: marks.getInt32(at * 8 + 4, true) === 1,
  }));
}

/**
 * @param {() => any} wish returns what is wanted now: `clip`, `index`, `mode`, `side`, `version`; null for nothing
 * @param {(message: object) => void} send
 * @param {(shown: {original: ImageBitmap | null, redacted: ImageBitmap | null, boxes: any[], wish: any}) => void} show
 */
export function makeReel(wish, send, show) {
  const flying = new Map();
  let [number, drawn] = [0, { number: 0, wish: null }];

  function want() {
    const now = wish();
    if (!now || flying.size >= IN_FLIGHT) return;
    if (same(now, drawn.wish) || [...flying.values()].some((one) => same(one, now))) return;
    number += 1;
    flying.set(number, now);
    const { clip, index, side, mode } = now;
    send({ type: "frame", clip, number, index, side, original: mode !== "redacted", redacted: mode !== "original" });
  }

  return {
    want,
    /** the wish that is seen, or null */
    get drawn() {
      return drawn.wish;
    },
    open() {
      flying.clear();
      drawn = { number, wish: null };
    },
    async take(content, buffers) {
      const asked = flying.get(content.number);
      if (!asked) return;
      const [original, redacted] = await Promise.all(buffers.slice(0, 2).map(picture));
      if (!flying.delete(content.number) || content.number < drawn.number) return; // another clip, or a later one was faster
      drawn = { number: content.number, wish: asked };
      show({ original, redacted, boxes: readTrackBoxes(content, buffers[2], buffers[3]), wish: asked });
      want();
    },
    /** A picture that cannot be read is not asked for again: the banner says why. */
    miss(content) {
      const asked = flying.get(content.number);
      if (!flying.delete(content.number)) return;
      drawn = { ...drawn, wish: asked };
      want();
    },
  };
}
