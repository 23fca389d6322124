/** The controls of all kinds: plain words, visible values, native inputs. */
import { WORDS, element, freshId, icon } from "./base.js";
import { LOOKS } from "./cover.js";

const METHOD_WORDS = { solid: "Solid colour", average: "Surrounding colour", pixelate: "Pixelate", blur: "Blur" };
const SHAPE_WORDS = { box: "Box", ellipse: "Ellipse" };
const NAMES = {
  face: "Faces",
  plate: "Licence plates",
  person: "People",
  text: "Text",
  screen: "Screens",
  document: "Documents",
  other: "Other objects",
};
const percent = (value) => `${Math.round(value * 100)}%`;
const STRENGTH_WORDS = {
  pixelate: (value) => `blocks of ${percent(value)} of its size`,
  blur: (value) => `${percent(value)} of its size`,
};

/** Draw a kind's outline as a short line: the same colour and dash as in the picture. */
function swatch(kind) {
  const line = icon("M1 8h26");
  line.setAttribute("viewBox", "0 0 28 16");
  line.setAttribute("class", "wb-swatch");
  line.firstChild.style.stroke = LOOKS[kind].colour;
  line.firstChild.style.strokeDasharray = LOOKS[kind].dash.map((part) => part * 0.75).join(" ");
  return line;
}

/** A slider with its name, its value in words and a hint. */
export function slider(name, step, onInput) {
  const [id, hintId] = [freshId(), freshId()];
  const input = element("input", { type: "range", id, step, "aria-describedby": hintId });
  const value = element("span", { class: "wb-number wb-value", "aria-hidden": "true" });
  const hint = element("p", { class: "wb-hint", id: hintId });
  const label = element("label", { for: id }, name);
  const head = element("div", { class: "wb-field-head" }, label, value);
  const node = element("div", { class: "wb-field" }, head, input, hint);
  input.addEventListener("input", () => onInput(Number(input.value)));
  return {
    node,
    input,
    hint,
    show(number, [least, most], words) {
      input.min = least;
      input.max = most;
      input.value = number;
      value.textContent = words(number);
      input.setAttribute("aria-valuetext", words(number));
    },
  };
}

/** A list whose choices below the purpose's floor are shown, but cannot be chosen. */
export function choice(name, words, onInput) {
  const id = freshId();
  const select = element("select", { id, oninput: () => onInput(select.value) });
  const node = element("div", { class: "wb-field wb-field-row" }, element("label", { for: id }, name), select);
  return {
    node,
    select,
    offer(allowed, purpose) {
      const options = Object.entries(words).map(([value, text]) => {
        const weak = !allowed.includes(value);
        return element("option", { value, disabled: weak }, weak ? `${text} (too weak for ${purpose})` : text);
      });
      select.replaceChildren(...options);
    },
  };
}

const within = (value, [least, most]) => Math.min(Math.max(value, least), most);

function kindControls(kind, change) {
  const id = freshId();
  const set = (part) => change((rules) => Object.assign(rules[kind], part));
  const hide = element("input", { type: "checkbox", id, onchange: () => set({ hide: hide.checked }) });
  const tally = element("span", { class: "wb-tally wb-number" });
  const fields = {
    min_score: slider("Confidence from", 0.01, (value) => set({ min_score: value })),
    min_size: slider("Smallest side", 1, (value) => set({ min_size: value })),
    pad: slider("Margin", 0.05, (value) => set({ pad: value })),
    strength: slider("Strength", 0.01, (value) => set({ strength: value })),
  };
  const method = choice("Method", METHOD_WORDS, (value) =>
    change((rules, limits) => {
      const { strength } = rules[kind];
      const range = limits.kinds[kind][value] ?? [strength, strength];
      Object.assign(rules[kind], { method: value, strength: within(strength, range) });
    }),
  );
  const shape = choice("Shape", SHAPE_WORDS, (value) => set({ shape: value }));
  const body = element(
    "div",
    { class: "wb-kind-body", id: freshId(), hidden: true },
    ...[fields.min_score, fields.min_size, fields.pad].map((field) => field.node),
    method.node,
    shape.node,
    fields.strength.node,
  );
  const more = element(
    "button",
    { type: "button", class: "wb-button wb-plain wb-more", "aria-expanded": "false", "aria-controls": body.id },
    element("span", { class: "wb-unseen" }, `Settings for ${NAMES[kind].toLowerCase()}`),
    icon("M4 6l4 4 4-4"),
  );
  const name = element("label", { for: id }, NAMES[kind]);
  const head = element("div", { class: "wb-kind-head" }, hide, swatch(kind), name, tally, more);
  const node = element("div", { class: "wb-kind", role: "group", "aria-label": NAMES[kind] }, head, body);
  return {
    node,
    more,
    open(opened) {
      body.hidden = !opened;
      more.setAttribute("aria-expanded", String(opened));
    },
    isOpen: () => !body.hidden,
    limit(limits) {
      const { hints, methods, shapes } = limits.kinds[kind];
      for (const [name, field] of Object.entries(fields)) field.hint.textContent = hints[name];
      method.offer(methods, limits.purpose);
      shape.offer(shapes, limits.purpose);
    },
    show(rule, limits, hidden, left) {
      hide.checked = rule.hide;
      fields.min_score.show(rule.min_score, limits.min_score, percent);
      fields.min_size.show(rule.min_size, limits.min_size, (value) => (value ? `${value} pixels` : "any size"));
      fields.pad.show(rule.pad, limits.pad, (value) => `${percent(value)} on each side`);
      method.select.value = rule.method;
      shape.select.value = rule.shape;
      const words = STRENGTH_WORDS[rule.method];
      fields.strength.node.hidden = !words;
      if (words) fields.strength.show(rule.strength, limits[rule.method], words);
      node.classList.toggle("wb-off", !rule.hide);
      tally.textContent = hidden + left === 0 ? "none found" : `${hidden} of ${hidden + left} hidden`;
      tally.classList.toggle("wb-some-left", rule.hide && left > 0);
    },
  };
}

/**
 * Build the panel of all kinds.
 * @param {(edit: (rules: any, limits: any) => void) => void} change is called while a control moves
 * @param {() => void} commit is called when it is released
 */
export function rulesPanel(change, commit) {
  const kinds = Object.keys(WORDS);
  const rows = Object.fromEntries(kinds.map((kind) => [kind, kindControls(kind, change)]));
  const open = (kind) => kinds.forEach((other) => rows[other].open(other === kind && !rows[kind].isOpen()));
  for (const kind of kinds) rows[kind].more.addEventListener("click", () => open(kind));
  const title = element("h3", { id: freshId() }, "What to hide");
  const node = element(
    "section",
    { class: "wb-rules", "aria-labelledby": title.id, onchange: commit },
    title,
    element("div", { class: "wb-kinds" }, ...kinds.map((kind) => rows[kind].node)),
  );
  open("face");
  return {
    node,
    limit: (limits) => kinds.forEach((kind) => rows[kind].limit(limits)),
    show(rules, limits, counts) {
      for (const kind of kinds) {
        rows[kind].show(rules[kind], limits.kinds[kind], counts.hidden[kind] ?? 0, counts.left[kind] ?? 0);
      }
    },
  };
}
