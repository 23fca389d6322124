/** Rows of the timeline: how they are read, said, sorted and jumped between. Pure functions. */
import { count } from "./base.js";
import { endOf, sayTime } from "./clock.js";

/** seconds: an object seen for less may be a false alarm, or somebody who was hardly seen */
export const SHORT = 0.5;
/** a best score below this is worth a look */
export const UNSURE = 0.5;

/**
 * @typedef {{track: number, name: string, kind: string, score: number, fate: "hidden" | "left" | "dropped",
 *   close: boolean, stretches: [number, number, string, boolean][], first: number, last: number, seconds: number, gaps: number[]}} Row
 */

/** Read a message's rows and little-endian int32 stretches `[row, first, last, look, hidden]`. @returns {Row[]} */
export function readRows(content, view, times) {
  const rows = content.rows.map(([track, name, kind, score, fate, close]) => ({
    ...{ track, name, kind, score, fate, close },
    ...{ stretches: [], first: 0, last: 0, seconds: 0, gaps: [] },
  }));
  for (let at = 0; at + 20 <= view.byteLength; at += 20) {
    const [row, first, last, look, hidden] = [0, 4, 8, 12, 16].map((part) => view.getInt32(at + part, true));
    rows[row].stretches.push([first, last, content.looks[look], hidden === 1]);
  }
  for (const row of rows) {
    if (row.stretches.length === 0) continue;
    row.first = row.stretches[0][0];
    row.last = row.stretches.at(-1)[1];
    row.seconds = endOf(times, row.last) - times[row.first];
    row.gaps = gapsOf(row.stretches);
  }
  return rows;
}

// Detectors report hundreds of faint candidates: what is far from being hidden is listed, and never jumped to.
/** Where a gap begins: what nobody saw, is not hidden, or is nowhere, between two stretches that are hidden. */
function gapsOf(stretches) {
  const sure = stretches.map(([, , look, hidden]) => hidden && look !== "between" && look !== "held");
  const [from, to] = [sure.indexOf(true), sure.lastIndexOf(true)];
  const gaps = [];
  for (let at = from + 1; from >= 0 && at <= to; at += 1) {
    const [first, before] = [stretches[at][0], stretches[at - 1][1] + 1];
    if (first > before && sure[at - 1]) gaps.push(before);
    else if (!sure[at] && sure[at - 1]) gaps.push(first);
  }
  return gaps;
}

const isShort = (row) => row.seconds < SHORT && row.fate === "hidden";
const isUnsure = (row) => row.close || (row.score < UNSURE && row.fate === "hidden");
const hasGaps = (row) => row.gaps.length > 0 && row.fate === "hidden";

/** Which rows are shown: words, and whether a row is among them. */
export const SHOWN = {
  near: ["Hidden or close to it", (row) => row.fate !== "left" || row.close],
  all: ["Everything found", () => true],
  left: ["Not hidden", (row) => row.fate !== "hidden"],
  unsure: ["Unsure", isUnsure],
  short: ["Seen only briefly", isShort],
  gaps: ["With gaps", hasGaps],
};
/** In which order: words, and how two rows compare. */
export const ORDERS = {
  time: ["By time", (a, b) => a.first - b.first || a.track - b.track],
  score: ["Least sure first", (a, b) => a.score - b.score],
  length: ["Shortest first", (a, b) => a.seconds - b.seconds],
};

/** Say everything about a row in one line. */
export function sayRow(row, times) {
  const fate = { hidden: "hidden", left: "not hidden", dropped: "not hidden, dropped by a person" }[row.fate];
  const sure = row.score >= 1 ? "certain" : `${Math.round(row.score * 100)}% sure`;
  const when = `from ${sayTime(times[row.first])} to ${sayTime(endOf(times, row.last))}`;
  return [row.name, sure, fate, when, ...(row.gaps.length ? [count(row.gaps.length, "gap")] : [])].join(", ");
}

/** What can be jumped to: words, a short one, its key, and the frames of a row. */
export const JUMPS = {
  gap: ["gap", "Gap", "G", (row) => (hasGaps(row) ? row.gaps : [])],
  short: ["brief object", "Brief", "Y", (row) => (isShort(row) ? [row.first] : [])],
  unsure: ["unsure object", "Unsure", "U", (row) => (isUnsure(row) ? [row.first] : [])],
};

/**
 * Return the next place to look at after a frame and a row, or null.
 * @param {Row[]} rows
 * @param {number} step 1 or −1
 */
export function nextStop(rows, jump, frame, track, step) {
  const stops = rows.flatMap((row) => JUMPS[jump].at(-1)(row).map((at) => ({ at, track: row.track })));
  const after = (stop) => (stop.at - frame || stop.track - track) * step > 0;
  stops.sort((a, b) => (a.at - b.at || a.track - b.track) * step);
  return stops.find(after) ?? null;
}
