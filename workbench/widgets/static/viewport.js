/** Where a picture lies on a canvas: fit, zoom at a point, pan. All in CSS pixels. */

const CLOSEST = 32;
/** how close to go to a small box by oneself */
const FOCUSED = 6;

/** Make a view of a picture of `width` by `height` px on a stage; call `resize` and `fit` first. */
export function makeViewport() {
  const view = {
    /** CSS pixels per picture pixel */
    scale: 1,
    left: 0,
    top: 0,
    width: 1,
    height: 1,
    stageWidth: 1,
    stageHeight: 1,
    zoomed: false,
    fitScale: () => Math.min(view.stageWidth / view.width, view.stageHeight / view.height),
    fit() {
      view.zoomed = false;
      view.scale = view.fitScale();
      view.left = (view.stageWidth - view.width * view.scale) / 2;
      view.top = (view.stageHeight - view.height * view.scale) / 2;
    },
    setPicture(width, height) {
      [view.width, view.height] = [width, height];
      view.fit();
    },
    setStage(width, height) {
      const centre = view.toPicture(view.stageWidth / 2, view.stageHeight / 2);
      [view.stageWidth, view.stageHeight] = [width, height];
      if (view.zoomed) view.centreOn(...centre);
      else view.fit();
    },
    toPicture: (x, y) => [(x - view.left) / view.scale, (y - view.top) / view.scale],
    /** Zoom so that the point of the picture under (x, y) stays there. */
    zoomAt(factor, x = view.stageWidth / 2, y = view.stageHeight / 2) {
      const scale = Math.min(Math.max(view.scale * factor, view.fitScale()), Math.max(CLOSEST, view.fitScale()));
      if (scale <= view.fitScale()) return view.fit();
      const [u, v] = view.toPicture(x, y);
      view.scale = scale;
      [view.left, view.top] = [x - u * scale, y - v * scale];
      view.zoomed = true;
      view.keepInside();
    },
    pan(dx, dy) {
      view.left += dx;
      view.top += dy;
      view.keepInside();
    },
    centreOn(u, v) {
      view.left = view.stageWidth / 2 - u * view.scale;
      view.top = view.stageHeight / 2 - v * view.scale;
      view.keepInside();
    },
    /** Bring a box into sight when part of it is outside. */
    reveal(box) {
      const inside =
        view.left + box.x0 * view.scale >= 0 &&
        view.top + box.y0 * view.scale >= 0 &&
        view.left + box.x1 * view.scale <= view.stageWidth &&
        view.top + box.y1 * view.scale <= view.stageHeight;
      if (!inside && view.zoomed) view.centreOn((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2);
    },
    /** Zoom so that a box takes up to this share of the stage, with what is around it. */
    focus(box, share) {
      const wanted = (share * Math.min(view.stageWidth, view.stageHeight)) / Math.max(box.x1 - box.x0, box.y1 - box.y0);
      if (wanted <= view.fitScale()) return view.fit();
      view.scale = Math.min(wanted, Math.max(FOCUSED, view.fitScale()));
      view.zoomed = view.scale > view.fitScale();
      view.centreOn((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2);
    },
    keepInside() {
      const hold = (start, length, stage) =>
        length <= stage ? (stage - length) / 2 : Math.min(Math.max(start, stage - length), 0);
      view.left = hold(view.left, view.width * view.scale, view.stageWidth);
      view.top = hold(view.top, view.height * view.scale, view.stageHeight);
    },
  };
  return view;
}
