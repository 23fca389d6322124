/** The objects of a photo, as Python tells them. */

const FATES = ["hidden", "left", "dropped"];
const FIRST_OWN = 1_000_000;

/**
 * Read the rows of objects. Those that were there before go on, so that a list of them need not be built anew.
 * @param {any[][]} rows
 * @param {string[]} kinds
 * @param {Map<number, object>} before by number
 */
export function readMarks(rows, kinds, before) {
  return rows.map(([number, kind, x0, y0, x1, y1, score, origin, fate, accepted]) => {
    const box = before.get(number) ?? { number };
    const parts = { kind: kinds[kind], x0, y0, x1, y1, score, origin, fate: FATES[fate] };
    return Object.assign(box, parts, { hidden: fate === 0, accepted: accepted === 1, own: number >= FIRST_OWN });
  });
}
