/** Thumbnails that come from Python, as the gallery and the file browser show them. */
import { element, icon } from "./base.js";

const KEPT = 600;

/** Keep object URLs of thumbnails, the oldest of them only up to a number. */
export function makePictures() {
  const urls = new Map();
  const lengths = new Map();
  const drop = (index) => {
    if (urls.get(index)) URL.revokeObjectURL(urls.get(index));
    urls.delete(index);
  };
  return {
    has: (index) => urls.has(index),
    get: (index) => urls.get(index),
    length: (index) => lengths.get(index) ?? "",
    /** @param {Uint8Array} jpeg empty when there is no picture to show */
    keep(index, jpeg, length) {
      drop(index);
      lengths.set(index, length);
      urls.set(index, jpeg.length > 0 ? URL.createObjectURL(new Blob([jpeg], { type: "image/jpeg" })) : "");
      if (urls.size > KEPT) drop(urls.keys().next().value);
    },
    clear: () => [...urls.keys()].forEach(drop),
  };
}

/** Return the sign on a video's thumbnail. */
export function playSign(length) {
  return element("span", { class: "wb-play-sign", "aria-hidden": "true" }, icon("M5 3l8 5-8 5z"), length);
}
