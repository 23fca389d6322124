/** Where in the clip we are: the slider, steps, playing at a chosen pace. */
import { element, icon } from "./base.js";
import { endOf, frameAt, sayTime } from "./clock.js";
import { iconButton } from "./controls.js";
import { JUMPS } from "./rows.js";

const PLAY = "M5 3l8 5-8 5z";
const PAUSE = "M5 3v10M11 3v10";
const PACES = [0.1, 0.25, 0.5, 1, 2, 4];

/**
 * @param {{seek: (index: number) => void, jump: (what: string, step: number) => void, playing: (on: boolean) => void}} on
 */
export function makeTransport(on) {
  let [times, index, timer, started] = [new Float32Array(1), 0, 0, null];
  const scrub = element("input", { type: "range", min: 0, max: 0, step: 1, value: 0, "aria-label": "Position in the clip" });
  scrub.addEventListener("input", () => (pause(), on.seek(Number(scrub.value))));
  const sign = icon(PLAY);
  const play = iconButton("Play", sign, () => (started ? pause() : start()));
  const pace = element("select", { "aria-label": "Pace", title: "How fast it plays" });
  pace.append(...PACES.map((value) => element("option", { value, selected: value === 1 }, `${value}×`)));
  pace.addEventListener("change", () => started && start());
  const clock = element("span", { class: "wb-number wb-clock" });
  const step = (label, path, move) => iconButton(label, icon(path), () => (pause(), move()));
  const jumps = Object.entries(JUMPS).map(([what, [word, short, key]]) =>
    element(
      "button",
      {
        ...{ type: "button", class: "wb-button", onclick: () => (pause(), on.jump(what, 1)) },
        ...{ "aria-label": `Next ${word}`, title: `Next ${word} (key ${key}, with Shift: previous)` },
      },
      short,
    ),
  );
  const node = element(
    "div",
    { class: "wb-transport" },
    scrub,
    element(
      "div",
      { class: "wb-row" },
      step("One second back", "M8 3L3 8l5 5M13 3L8 8l5 5", () => seconds(-1)),
      step("One frame back", "M10 3L5 8l5 5", () => frames(-1)),
      play,
      step("One frame on", "M6 3l5 5-5 5", () => frames(1)),
      step("One second on", "M3 3l5 5-5 5M8 3l5 5-5 5", () => seconds(1)),
      pace,
      clock,
      element("span", { class: "wb-grow" }),
      element("span", { class: "wb-row wb-jumps" }, "Go to next", ...jumps),
    ),
  );

  const inside = (to) => Math.min(Math.max(to, 0), times.length - 1);
  const frames = (by) => on.seek(inside(index + by));
  function seconds(by) {
    const to = frameAt(times, Math.max(times[index] + by, 0) + 1e-4);
    on.seek(to === index ? inside(index + by) : to);
  }

  function start() {
    if (times.length < 2) return;
    if (index === times.length - 1) on.seek(0);
    started = { at: performance.now(), from: times[index], pace: Number(pace.value) };
    mark();
    on.playing(true);
    cancelAnimationFrame(timer);
    timer = requestAnimationFrame(tick);
  }

  function tick(now) {
    if (!started) return;
    const to = started.from + (Math.max(now - started.at, 0) / 1000) * started.pace;
    const next = frameAt(times, to);
    if (next !== index) on.seek(next);
    if (to >= endOf(times, times.length - 1)) pause();
    else timer = requestAnimationFrame(tick);
  }

  function pause() {
    if (!started) return;
    started = null;
    cancelAnimationFrame(timer);
    mark();
    on.playing(false);
  }

  function mark() {
    play.setAttribute("aria-label", started ? "Pause" : "Play");
    play.title = started ? "Pause (space)" : "Play (space)";
    sign.firstChild.setAttribute("d", started ? PAUSE : PLAY);
  }

  return {
    node,
    pause,
    frames,
    seconds,
    toggle: () => (started ? pause() : start()),
    get playing() {
      return started !== null;
    },
    open(given) {
      pause();
      times = given;
      scrub.max = Math.max(times.length - 1, 0);
      for (const part of node.querySelectorAll("button, input, select")) part.disabled = times.length < 2;
    },
    at(now) {
      index = now;
      scrub.value = now;
      const words = `${sayTime(times[now])} of ${sayTime(endOf(times, times.length - 1))}`;
      const frame = `frame ${(now + 1).toLocaleString("en")} of ${times.length.toLocaleString("en")}`;
      clock.textContent = `${words}, ${frame}`;
      scrub.setAttribute("aria-valuetext", `${words}, ${frame}`);
    },
  };
}
