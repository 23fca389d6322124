/** Places worth a look: drawn as corners over the picture, and as a list with the sentence why. */
import { WORDS, element, freshId } from "./base.js";
import { capital } from "./controls.js";
import { makeOptions } from "./options.js";

export const OPEN = 0;
const DONE_WORDS = ["", "hidden", "nothing to hide"];
const AMBER = "#ffc53d";

/**
 * @typedef {{position: number, kind: string, x0: number, y0: number, x1: number, y1: number, risk: number, why: string,
 *   judged: number}} Place
 */

/** Read the rows of candidates. @returns {Place[]} */
export function readPlaces(rows, kinds) {
  return rows.map(([position, kind, x0, y0, x1, y1, risk, why, judged]) => ({
    ...{ position, kind: kinds[kind], x0, y0, x1, y1, risk, why, judged },
  }));
}

/** Draw the corners of the places that are open, and of the chosen one. */
export function drawPlaces(context, places, view, chosen) {
  context.save();
  for (const place of places) {
    if (place.judged !== OPEN && place !== chosen) continue;
    const [x0, y0] = [view.left + place.x0 * view.scale - 3, view.top + place.y0 * view.scale - 3];
    const [x1, y1] = [view.left + place.x1 * view.scale + 3, view.top + place.y1 * view.scale + 3];
    if (x0 > view.stageWidth || y0 > view.stageHeight || x1 < 0 || y1 < 0) continue;
    const arm = Math.min(Math.max(Math.min(x1 - x0, y1 - y0) / 3, 4), 16);
    context.beginPath();
    for (const [x, y, right, down] of [[x0, y0, 1, 1], [x1, y0, -1, 1], [x0, y1, 1, -1], [x1, y1, -1, -1]]) {
      context.moveTo(x + right * arm, y);
      context.lineTo(x, y);
      context.lineTo(x, y + down * arm);
    }
    const line = place === chosen ? 3 : 2;
    context.lineWidth = line + 2;
    context.strokeStyle = "rgb(0 0 0 / 0.75)";
    context.stroke();
    context.lineWidth = line;
    context.strokeStyle = AMBER;
    context.stroke();
  }
  context.restore();
}

/** Return the next place that is open, round and round; when none is, the next one; null where there is no place. */
export function nextPlace(places, place, step) {
  const open = places.filter((one) => one.judged === OPEN);
  const among = open.length > 0 ? open : places;
  const order = step > 0 ? among : [...among].reverse();
  const at = place ? places.indexOf(place) : step > 0 ? -1 : places.length;
  return order.find((one) => (places.indexOf(one) - at) * step > 0) ?? order[0] ?? null;
}

/** Say how likely something is: small chances are no zero. */
export function sayRisk(risk) {
  const percent = risk * 100;
  return percent < 1 ? "under 1% likely" : `${Math.round(percent)}% likely`;
}

/** Build the list. @param {(place: Place) => void} choose */
export function placeList(choose) {
  const title = element("h3", { id: freshId() }, "Worth a look");
  const tally = element("span", { class: "wb-tally wb-number" });
  const note = element("p", { class: "wb-hint" }, "No place in this picture stands out.");
  const options = makeOptions({ class: "wb-places", "aria-labelledby": title.id }, (index) => choose(places[index]));
  const node = element(
    "section",
    { class: "wb-worth" },
    element("div", { class: "wb-field-head" }, title, tally),
    options.node,
    note,
  );
  let places = [];
  return {
    node,
    /** @param {Place[]} given the riskiest first */
    fill(given) {
      places = given;
      const open = places.filter((place) => place.judged === OPEN).length;
      tally.textContent = places.length ? `${open} of ${places.length} open` : "";
      note.hidden = places.length > 0;
      options.fill(
        places.map((place, index) =>
          element(
            "li",
            { class: place.judged === OPEN ? "" : "wb-judged" },
            element("span", { class: "wb-number wb-place-number" }, String(index + 1)),
            element(
              "span",
              { class: "wb-place-words" },
              element("b", {}, capital(WORDS[place.kind][0])),
              element("span", {}, place.judged === OPEN ? sayRisk(place.risk) : DONE_WORDS[place.judged]),
              element("span", { class: "wb-place-why" }, place.why),
            ),
          ),
        ),
      );
    },
    select: (place) => options.mark(places.indexOf(place), true),
  };
}
