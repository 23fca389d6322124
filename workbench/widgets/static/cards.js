/** The playbook: a list of cards, one of them open, and their keys. */
import { bytes, connect, count, element, freshId } from "./base.js";

/** Return the card that a key press means, or undefined: its letter alone; with Shift it means something else. */
export function cardOf(cards, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing) return undefined;
  const letter = event.key.toLowerCase();
  return letter.length === 1 ? cards.find((card) => card.key && card.key === letter) : undefined;
}

/** Return the text of a card as elements: paragraphs, and points as lists. */
export function written(blocks) {
  const styled = ([style, text]) => (["strong", "em", "code"].includes(style) ? element(style, {}, text) : text);
  const nodes = [];
  for (const [kind, runs] of blocks) {
    const node = element(kind === "li" ? "li" : "p", { class: "wb-card-text" }, ...runs.map(styled));
    if (kind !== "li") nodes.push(node);
    else if (nodes.at(-1)?.matches("ul")) nodes.at(-1).append(node);
    else nodes.push(element("ul", { class: "wb-card-points" }, node));
  }
  return nodes;
}

/** Say whether somebody is writing there. */
export function isWriting(node) {
  return node.isContentEditable || (node.matches?.("input, textarea, select") && !node.matches("[type=range], [type=checkbox]"));
}

/** @param {{model: import("./base.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  let [cards, counts, urls, armed, open] = [[], {}, [], "", ""];
  const link = connect(model, el, "cards", {
    cards: takeCards,
    counts: (content) => ((counts = content.counts), draw()),
    armed: (content) => ((armed = content.name), draw()),
  });
  const said = element("p", { class: "wb-unseen", role: "status" });
  const heading = element("h3", {}, "Playbook");
  const hint = element("p", { class: "wb-hint" });
  const shown = element("ul", { class: "wb-card-list", "aria-label": "Playbook cards" });
  link.root.append(element("div", { class: "wb-card-head" }, heading, hint), shown, said);

  function takeCards(content, buffers) {
    forget();
    ({ cards, counts, armed } = content);
    urls = cards.map((card, index) =>
      card.picture_type ? URL.createObjectURL(new Blob([bytes(buffers[index])], { type: card.picture_type })) : "",
    );
    hint.textContent = cards.some((card) => card.key)
      ? "A letter tags the chosen object, or what you correct next."
      : "A card's button tags the chosen object, or what you correct next.";
    draw();
  }

  function forget() {
    urls.filter(Boolean).forEach((url) => URL.revokeObjectURL(url));
    urls = [];
  }

  function tag(name) {
    link.say({ type: "tag", name });
  }

  function details(card, index, id) {
    const text = (title, blocks) => element("div", {}, element("h4", {}, title), ...written(blocks));
    return element(
      "div",
      { class: "wb-card-open", id },
      urls[index] ? element("img", { src: urls[index], alt: `Drawn example: ${card.title}` }) : "",
      text("Look for", card.look_for),
      text(card.default, card.do),
      card.own ? element("p", { class: "wb-hint" }, "This card belongs to this case.") : "",
    );
  }

  function row(card, index) {
    const id = freshId();
    const isOpen = card.name === open;
    const found = counts[card.name] ?? 0;
    const title = element(
      "button",
      { type: "button", class: "wb-card-title", "aria-expanded": String(isOpen), "aria-controls": id, "data-card": card.name },
      element("span", { class: "wb-card-arrow", "aria-hidden": "true" }),
      element("span", { class: "wb-grow" }, card.title),
    );
    title.addEventListener("click", () => {
      open = isOpen ? "" : card.name;
      draw();
      shown.querySelector(`[data-card="${card.name}"]`)?.focus();
    });
    const number = element("span", { class: "wb-card-count", title: `${count(found, "finding")} in this case` }, String(found));
    number.append(element("span", { class: "wb-unseen" }, found === 1 ? " finding" : " findings"));
    const use = element(
      "button",
      {
        type: "button",
        class: "wb-button wb-card-use",
        "aria-pressed": String(card.name === armed),
        "aria-label": `Tag as: ${card.title}`,
        title: card.name === armed ? "What you correct next carries this card" : "Tag the chosen object or the next correction",
        onclick: () => tag(card.name),
      },
      card.key ? element("kbd", {}, card.key.toUpperCase()) : "Tag",
    );
    const node = element("li", { class: `wb-card${card.name === armed ? " wb-armed" : ""}` });
    node.append(element("div", { class: "wb-card-row" }, title, number, use));
    if (isOpen) node.append(details(card, index, id));
    return node;
  }

  function draw() {
    shown.replaceChildren(...cards.map(row));
    said.textContent = armed ? `What you correct next is tagged: ${cards.find((card) => card.name === armed)?.title}` : "";
  }

  // The letters work wherever the focus is on this screen, but never on the rest of a page, such as JupyterLab.
  function pressed(event) {
    const screen = link.root.closest(".wbp-page") ?? link.root;
    if (event.defaultPrevented || isWriting(event.target) || !screen.contains(event.target)) return;
    const card = link.root.checkVisibility?.() === false ? undefined : cardOf(cards, event);
    if (!card) return;
    event.preventDefault();
    tag(card.name);
  }
  document.addEventListener("keydown", pressed);
  link.ready();
  return () => {
    document.removeEventListener("keydown", pressed);
    forget();
    link.close();
  };
}

export default { render };
