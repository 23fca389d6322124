/** The checks of a gate: a verdict, and one line for each check with a sign and a word for its state. */
import { connect, element, freshId, icon } from "./base.js";

const STATES = {
  passed: { text: "Passed", path: "M3 8.5l3.5 3.5L13 4.5" },
  weak: { text: "Weak", path: "M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.1" },
  failed: { text: "Failed", path: "M4 4l8 8M12 4l-8 8" },
  "did not run": { text: "Did not run", path: "M8 3a5 5 0 1 0 0 10a5 5 0 1 0 0-10M5.5 8h5" },
};
const OPEN = "M3 7.5h10v6H3zM5.5 7.5V5a2.5 2.5 0 0 1 4.8-1";
const SHUT = "M3 7.5h10v6H3zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5";

/** Say a check's state in a word, and what else there is to it. */
export function sayState([, state, , , must, overridden]) {
  const more = [overridden && "overridden", !must && "not required"].filter(Boolean);
  return [STATES[state].text, more.join(", ")];
}

/** Return whether a check holds the release back. */
export const holdsBack = ([, state, , , must, overridden]) => must && !overridden && state !== "passed" && state !== "weak";

/** @param {{model: import("./base.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const link = connect(model, el, "checks", { checks: take });
  const verdict = element("div", { class: "wb-verdict", role: "status", hidden: true });
  const list = element("ul", { class: "wb-check-list", "aria-label": "Checks" });
  link.root.append(verdict, list);

  function take({ lines, verdict: told }) {
    verdict.hidden = told === null;
    if (told !== null) {
      const [holds, headline, why] = told;
      verdict.className = `wb-verdict ${holds ? "wb-may" : "wb-may-not"}`;
      verdict.replaceChildren(
        icon(holds ? OPEN : SHUT),
        element("div", {}, element("p", { class: "wb-headline" }, headline), element("p", {}, why)),
      );
    }
    const focused = document.activeElement?.dataset?.deed;
    list.replaceChildren(...lines.map(line));
    if (focused) list.querySelector(`[data-deed="${CSS.escape(focused)}"]`)?.focus();
  }

  function line(check, index) {
    const [title, state, says, wayOut, , overridden, deeds] = check;
    const id = freshId();
    const words = element("div", { class: "wb-check-words" }, element("p", {}, says));
    if (wayOut) words.append(element("p", { class: "wb-way-out" }, element("b", {}, "What to do: "), wayOut));
    if (overridden) words.append(element("p", { class: "wb-overridden" }, element("b", {}, "Overridden: "), overridden));
    const buttons = deeds.map(([text, barred, href], deed) => {
      const label = `${text}: ${title}`;
      return href ? element("a", { class: "wb-button", href, "aria-label": label }, text) : button(index, deed, text, barred, title);
    });
    return element(
      "li",
      { class: `wb-check wb-check-${state.replaceAll(" ", "-")}${holdsBack(check) ? " wb-holds-back" : ""}`, "aria-labelledby": id },
      element("div", { class: "wb-check-state" }, icon(STATES[state].path), element("div", {}, ...sayState(check).map((word) => element("p", {}, word)))),
      element("div", { class: "wb-check-body" }, element("h3", { id }, title), words),
      element("div", { class: "wb-check-deeds" }, ...buttons),
    );
  }

  function button(index, deed, text, barred, title) {
    const node = element("button", { type: "button", class: "wb-button", "data-deed": `${index} ${deed}` }, text);
    node.setAttribute("aria-label", `${text}: ${title}`);
    if (barred) {
      // Not `disabled`: it must be reachable, or nobody without a mouse could read why.
      node.setAttribute("aria-disabled", "true");
      const why = element("p", { class: "wb-barred", id: freshId(), hidden: true }, barred);
      node.setAttribute("aria-describedby", why.id);
      node.title = barred;
      node.addEventListener("click", () => (why.hidden = !why.hidden));
      return element("div", {}, node, why);
    }
    node.addEventListener("click", () => link.say({ type: "deed", index, deed }));
    return node;
  }

  link.ready();
  return () => link.close();
}

export default { render };
