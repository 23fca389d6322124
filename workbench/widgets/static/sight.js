/** What of a photo is seen: the original, or what Python makes of it; sharper where one goes close. */
import { element } from "./base.js";
import { makeTiles } from "./tiles.js";

/** px of the longer side of the whole redacted picture */
const WHOLE_SIDES = [1024, 1600, 2048, 2560];
const IN_SIGHT = { original: ["original"], redacted: ["redacted"], wipe: ["original", "redacted"] };
const BADGES = { original: "Original", exact: "Redacted", preview: "Redacted follows" };

/**
 * @param {import("./stage.js").Scene} scene
 * @param {{view: any, draw: (changed?: boolean) => void}} stage
 * @param {object} on
 * @param {(request: object) => void} on.say
 * @param {() => string} on.mode what the user wants to see
 */
export function makeSight(scene, stage, { say, mode }) {
  const { view } = stage;
  const badge = element("span", { class: "wb-badge", hidden: true });
  let [item, version, asked] = [0, 0, 0];
  /** the redacted picture as a whole: the request under way, and what is shown */
  let whole = { number: 0, asked: -1, shown: -1 };
  const tiles = makeTiles({ ask, changed: () => (stage.draw(), showBadge()), layers: () => IN_SIGHT[scene.mode] }, view);

  function ask(request) {
    asked += 1;
    say({ type: "tile", item, number: asked, ...request });
    return asked;
  }

  function askWhole() {
    if (!scene.picture || mode() === "original" || whole.asked === version) return;
    const need = Math.max(view.width, view.height) * view.fitScale() * (window.devicePixelRatio || 1);
    const side = WHOLE_SIDES.find((one) => one >= need) ?? WHOLE_SIDES.at(-1);
    const { width, height } = scene.picture;
    const number = ask({ layer: "redacted", version, box: [0, 0, width, height], side });
    whole = { number, asked: version, shown: whole.shown };
  }

  function showBadge() {
    badge.hidden = !scene.picture;
    const late = scene.mode === "original" || whole.shown !== version || !tiles.settled("redacted");
    const kind = mode() === "original" ? "original" : late ? "preview" : "exact";
    badge.className = `wb-badge wb-badge-${kind}`;
    badge.textContent = BADGES[kind];
  }

  function show() {
    // Until the redacted picture is there the original is shown, and the badge says so.
    scene.mode = scene.exact ? mode() : "original";
    askWhole();
    stage.draw(true);
    showBadge();
  }

  return {
    badge,
    show,
    over: tiles.draw,
    state: tiles.state,
    follow: tiles.follow,
    /** Begin with another photo. */
    open(number, bitmap, { width, height }) {
      [item, whole] = [number, { number: 0, asked: -1, shown: -1 }];
      scene.picture = { source: bitmap, width, height, grid: 1, origin: [0, 0] };
      scene.exact = null;
      view.setPicture(width, height);
      tiles.open(bitmap.width / width);
    },
    close() {
      [scene.picture, scene.exact] = [null, null];
      tiles.close();
    },
    /** The corrections are others. */
    setVersion(now) {
      version = now;
      tiles.setVersion(now);
    },
    /** Take the answer to a request; without `jpeg` there is none. */
    async take(number, jpeg) {
      if (number !== whole.number) return tiles.take(number, jpeg);
      if (!jpeg) return;
      const bitmap = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
      if (number !== whole.number) return;
      scene.exact = bitmap;
      whole.shown = whole.asked;
      show();
    },
  };
}
