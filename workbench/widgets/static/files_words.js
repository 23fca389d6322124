/** What the file browser works out without a page: terms of the filter, order, picks. Pure functions. */

/** Cut a filter into its terms; quotes hold blanks together. */
export const termsOf = (text) => text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];

/** Return the text with one of a menu's terms instead of another; "" takes it away. */
export function withTerm(text, options, chosen) {
  const known = new Set(options.map(([term]) => term));
  return [...termsOf(text).filter((term) => !known.has(term)), chosen].filter(Boolean).join(" ");
}

/** Return which of a menu's terms a filter holds, or "". */
export function termIn(text, options) {
  const terms = new Set(termsOf(text));
  return options.find(([term]) => terms.has(term))?.[0] ?? "";
}

const compareText = new Intl.Collator("en", { numeric: true }).compare;

/**
 * Return file numbers in the order of a column: −1 is the name, null leaves them as they are.
 * @param {any[]} rows `[name, about, video, problem, [[text, number | null], …]]`
 */
export function sorted(rows, indices, column, backwards) {
  if (column === null) return [...indices];
  const cell = (index) => (column < 0 ? [rows[index][0], null] : (rows[index][4][column] ?? ["", null]));
  const compare = (a, b) => {
    const [[aText, aNumber], [bText, bNumber]] = [cell(a), cell(b)];
    // What nothing is known of comes last, whichever way round.
    if ((aText === "") !== (bText === "")) return aText === "" ? 1 : -1;
    const by = aNumber !== null && bNumber !== null ? aNumber - bNumber : compareText(aText, bText);
    return (backwards ? -by : by) || a - b;
  };
  return [...indices].sort(compare);
}

/** Return what is picked after all of `indices` were picked, or with `on` false were let go. */
export function withPicks(picked, indices, on) {
  const now = new Set(picked);
  for (const index of indices) now[on ? "add" : "delete"](index);
  return now;
}
