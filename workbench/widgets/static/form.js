/** A form whose answers are sent one by one, after a pause in typing or on leaving a field. */
import { connect, element } from "./base.js";
import { makeField } from "./form_field.js";

const PAUSE = 1200; // ms without a key before an answer is sent
const PATIENCE = 15000; // ms without a word from Python before the page says that nothing was stored

/** @param {{model: import("./base.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const link = connect(model, el, "form", { form: show, kept, refused, overtaken });
  const why = element("p", { class: "wb-locked", role: "note", hidden: true });
  const body = element("div", { class: "wb-sections" });
  const spoken = element("p", { class: "wb-unseen", role: "status" });
  link.root.append(why, body, spoken);
  const entries = new Map(); // name -> {field, made, timer, watch, sent, number}
  let [layout, locked, number] = ["", "", 0];

  function send(entry, over) {
    clearTimeout(entry.timer);
    const value = entry.made.read();
    if (locked || (!over && (!entry.made.dirty() || value === entry.sent))) return;
    number += 1;
    Object.assign(entry, { sent: value, number });
    entry.made.say("saving", "Saving …");
    clearTimeout(entry.watch);
    entry.watch = setTimeout(() => {
      entry.sent = undefined;
      entry.made.say("refused", "Not saved: the server does not answer. Your text stays here; copy it before you reload.");
    }, PATIENCE);
    link.say({ type: "edit", name: entry.field.name, value, number, over });
  }

  function typed(entry) {
    clearTimeout(entry.timer);
    entry.made.say("typing", "");
    entry.timer = setTimeout(() => send(entry, false), PAUSE);
  }

  function entryOf(field) {
    const known = entries.get(field.name);
    const same = known && ["label", "kind", "help", "wide"].every((part) => known.field[part] === field[part]);
    if (same && JSON.stringify(known.field.options) === JSON.stringify(field.options)) return known;
    const draft = known?.made.dirty() ? known.made.read() : undefined;
    clearTimeout(known?.timer);
    const entry = { field, number: 0 };
    entry.made = makeField(field, (over) => send(entry, over), () => typed(entry));
    if (draft !== undefined) entry.made.say("refused", `Not saved, because the question changed: ${draft}`);
    entries.set(field.name, entry);
    return entry;
  }

  function show(content) {
    locked = content.locked;
    why.textContent = locked;
    why.hidden = !locked;
    link.root.setAttribute("role", "form");
    link.root.setAttribute("aria-label", content.label);
    const fields = content.sections.flatMap((section) => section.fields);
    for (const field of fields) {
      const entry = entryOf(field);
      entry.field = field;
      if (entry.made.take(field.value)) entry.made.say("", "");
      entry.made.lock(Boolean(locked));
    }
    const wanted = JSON.stringify(content.sections.map(({ title, about, warning, fields: inside }) => [
      title, about, warning, inside.map(({ name, label, options }) => [name, label, options]),
    ])); // prettier-ignore
    if (wanted === layout) return;
    layout = wanted;
    const focused = [...entries.values()].find((entry) => entry.made.focused());
    body.replaceChildren(...content.sections.map(draw));
    if (focused?.made.node.isConnected) focused.made.focus();
  }

  function draw(section) {
    const parts = [];
    if (section.title) parts.push(element("h3", {}, section.title));
    if (section.about) parts.push(element("p", { class: "wb-quiet wb-about" }, section.about));
    if (section.warning) parts.push(element("p", { class: "wb-warning" }, section.warning));
    return element("section", {}, ...parts, ...section.fields.map((field) => entries.get(field.name).made.node));
  }

  /** Return the entry that an answer is about; an answer to what was sent before that is of no use. */
  function answered(content) {
    const entry = entries.get(content.name);
    if (!entry || entry.number !== content.number) return null;
    clearTimeout(entry.watch);
    entry.sent = undefined;
    return entry;
  }

  function kept(content) {
    const entry = answered(content);
    for (const [name, value] of Object.entries(content.stored)) {
      const other = entries.get(name);
      if (other && (other === entry || other.made.read() === value)) other.made.keep(value);
    }
    if (entry) spoken.textContent = `Saved: ${entry.field.label}`;
  }

  function refused(content) {
    const entry = answered(content);
    if (!entry) return;
    entry.sent = entry.made.read(); // leaving the field does not send the same again
    entry.made.say("refused", content.text);
    spoken.textContent = `Not saved: ${content.text}`;
  }

  function overtaken(content) {
    const entry = answered(content);
    if (!entry) return;
    entry.sent = entry.made.read();
    entry.made.both(content.theirs);
    spoken.textContent = "Not saved: somebody else changed this meanwhile.";
  }

  const flush = () => {
    for (const entry of entries.values()) send(entry, false);
  };
  const warn = (event) => {
    flush();
    if ([...entries.values()].some((entry) => entry.made.node.isConnected && entry.made.dirty())) event.preventDefault();
  };
  window.addEventListener("beforeunload", warn);
  window.addEventListener("pagehide", flush);
  link.ready();
  return () => {
    window.removeEventListener("beforeunload", warn);
    window.removeEventListener("pagehide", flush);
    for (const entry of entries.values()) {
      clearTimeout(entry.timer);
      clearTimeout(entry.watch);
    }
    link.close();
  };
}

export default { render };
