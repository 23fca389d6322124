/** The monitor: a run's state, how far it is, what failed, and the buttons that steer it. */
import { connect, count, element, freshId, icon, sayCounts } from "./base.js";

const STATES = {
  waiting: { text: "Waiting to start", path: "M3 8a5 5 0 1 0 10 0a5 5 0 1 0 -10 0M8 5v3.2l2 1.3" },
  running: { text: "Running", path: "M5 3.5l7.5 4.5L5 12.5z" },
  pausing: { text: "Pausing: files in work are finished first", path: "M5.5 4v8M10.5 4v8" },
  paused: { text: "Paused", path: "M5.5 4v8M10.5 4v8" },
  stopping: { text: "Stopping: files in work are finished first", path: "M4 4h8v8H4z" },
  stopped: { text: "Stopped", path: "M4 4h8v8H4z" },
  done: { text: "Finished", path: "M3 8.5l3.5 3.5L13 4.5" },
  lost: { text: "Interrupted: the worker has gone", path: "M8 2.5v7M8 13v.1" },
};
/** In which states each button can be pressed. */
const REQUESTS = {
  pause: ["running"],
  resume: ["paused", "pausing", "stopped", "lost"],
  stop: ["waiting", "running", "pausing", "paused"],
};

/** Say a duration as people do: "about 5 minutes". */
export function sayTime(seconds) {
  if (seconds === null || !Number.isFinite(seconds) || seconds < 0) return "";
  if (seconds < 10) return "a few seconds";
  if (seconds < 50) return `about ${Math.round(seconds / 10) * 10} seconds`;
  if (seconds < 90) return "about a minute";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${count(minutes, "minute")}`;
  const [hours, rest] = [Math.floor(minutes / 60), Math.round((minutes % 60) / 10) * 10];
  if (hours >= 24) return `about ${count(Math.round(hours / 24), "day")}`;
  if (rest === 60) return `about ${count(hours + 1, "hour")}`;
  return `about ${count(hours, "hour")}${rest ? ` ${rest} minutes` : ""}`;
}

const gap = () => element("span", { class: "wb-grow" });
const number = (value) => value.toLocaleString("en");

/** @param {{model: import("./base.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  let status = {};
  const link = connect(model, el, "monitor", { status: show, error: () => enable() });
  const state = element("h3", { class: "wb-row wb-run-state", role: "status" });
  const left = element("span", { class: "wb-quiet" });
  const bar = element("progress", { id: freshId(), max: 1, value: 0 });
  const barLabel = element("label", { for: bar.id, class: "wb-number" });
  const message = element("p", { class: "wb-quiet wb-message" });
  const buttons = Object.fromEntries(
    [
      ["pause", "Pause"],
      ["resume", "Resume"],
      ["stop", "Stop"],
    ].map(([request, text]) => {
      const attributes = { type: "button", class: "wb-button", onclick: () => ask(request) };
      return [request, element("button", attributes, text)];
    }),
  );
  const hiddenTitle = element("h3");
  const hidden = element("p");
  const recent = element("ul", { class: "wb-recent" });
  const recentPart = element("section", {}, element("h3", {}, "Finished last"), recent);
  const filter = element("input", { type: "search", id: freshId(), placeholder: "Part of a name or reason" });
  filter.addEventListener("input", () => drawFailures());
  const rows = element("tbody");
  const failedTitle = element("h3", { id: freshId() });
  const more = element("p", { class: "wb-hint" });
  const table = element(
    "table",
    { "aria-labelledby": failedTitle.id },
    element("thead", {}, element("tr", {}, ...["File", "Why"].map((text) => element("th", { scope: "col" }, text)))),
    rows,
  );
  const failedPart = element(
    "section",
    { class: "wb-failed" },
    element(
      "div",
      { class: "wb-row" },
      failedTitle,
      gap(),
      element("label", { for: filter.id, class: "wb-unseen" }, "Filter failed files"),
      filter,
    ),
    element("div", { class: "wb-table", tabindex: 0, role: "region", "aria-labelledby": failedTitle.id }, table),
    more,
  );
  link.root.append(
    element("div", { class: "wb-row wb-run-head" }, state, left, gap(), ...Object.values(buttons)),
    element("div", { class: "wb-progress" }, bar, barLabel),
    message,
    element("section", {}, hiddenTitle, hidden),
    recentPart,
    failedPart,
  );

  function ask(request) {
    for (const button of Object.values(buttons)) button.disabled = true;
    link.say({ type: "request", request });
  }

  function enable() {
    for (const [request, states] of Object.entries(REQUESTS)) {
      buttons[request].disabled = !states.includes(status.state);
      buttons[request].hidden = status.state === "done";
    }
    buttons.pause.hidden ||= REQUESTS.resume.includes(status.state);
    buttons.resume.hidden ||= !buttons.pause.hidden;
  }

  function show(content) {
    status = { ...status, ...content.status };
    const attention = status.state === "done" && status.failed > 0;
    const words = attention ? `Finished, ${count(status.failed, "file")} failed` : STATES[status.state].text;
    const { path } = STATES[attention ? "lost" : status.state];
    // Said again only when it is another: screen readers repeat every change.
    if (state.textContent !== words) state.replaceChildren(icon(path), element("span", {}, words));
    link.root.dataset.state = attention ? "attention" : status.state;
    const time = status.state === "running" ? sayTime(status.seconds_left) : "";
    left.textContent = time ? `${time} left` : "";
    const ended = status.done + status.failed;
    bar.max = Math.max(status.total, 1);
    bar.value = ended;
    const open = Math.max(status.total - ended, 0);
    const counts = [`${number(status.done)} done`, `${number(status.failed)} failed`, `${number(open)} to go`];
    barLabel.textContent = `${number(ended)} of ${count(status.total, "file")}: ${counts.join(", ")}`;
    message.textContent = status.message;
    hiddenTitle.textContent = status.state === "done" ? "Hidden" : "Hidden so far";
    hidden.textContent = sayCounts(status.hidden) || "Nothing yet.";
    recentPart.hidden = status.recent.length === 0;
    recent.replaceChildren(
      ...status.recent.map(([name, found]) => {
        const what = element("span", { class: "wb-quiet" }, sayCounts(found) || "nothing hidden");
        return element("li", {}, element("span", { class: "wb-file" }, name), what);
      }),
    );
    if ("failures" in content.status || "failed" in content.status) drawFailures();
    enable();
  }

  function drawFailures() {
    const wanted = filter.value.trim().toLowerCase();
    const failures = status.failures ?? [];
    const fitting = failures.filter((row) => row.some((cell) => cell.toLowerCase().includes(wanted)));
    failedPart.hidden = !status.failed && failures.length === 0;
    failedTitle.textContent = `Failed and left out: ${count(status.failed ?? 0, "file")}`;
    const row = ([name, reason]) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, reason));
    rows.replaceChildren(...fitting.map(row));
    const unlisted = (status.failed ?? 0) - failures.length;
    more.textContent = unlisted > 0 ? `${number(unlisted)} more are in the report.` : "";
    if (fitting.length === 0 && failures.length > 0) more.textContent = "No failed file fits this filter.";
  }

  enable();
  link.ready();
  return () => link.close();
}

export default { render };
