/** One question of a form: its label, its control, and what became of the answer. It knows no wire. */
import { element, freshId } from "./base.js";

/**
 * @typedef {{name: string, label: string, kind: string, value: string, help: string, wide: boolean,
 *   options: [string, string][]}} Field
 */

const TYPES = { line: "text", number: "text", date: "date" };

function makeControl(field, id, described) {
  const common = { id, "aria-describedby": described };
  if (field.kind === "text") return element("textarea", { ...common, rows: 2 });
  if (field.kind === "list") {
    return element("select", common, ...field.options.map(([value, words]) => element("option", { value }, words)));
  }
  const digits = field.kind === "number" ? { inputmode: "numeric", class: "wb-short" } : {};
  return element("input", { ...common, ...digits, type: TYPES[field.kind], autocomplete: "off" });
}

function makeRadios(field, id, described, help) {
  const box = element("div", { class: field.wide ? "wb-choices wb-wide" : "wb-choices" });
  for (const [value, words] of field.options) {
    const radio = element("input", { type: "radio", name: id, value });
    box.append(element("label", { class: value ? null : "wb-none" }, radio, element("span", {}, words)));
  }
  return element("fieldset", { "aria-describedby": described }, element("legend", {}, field.label), ...help, box);
}

/**
 * @param {Field} field
 * @param {(over: boolean) => void} settle the user wants what stands there to be stored now
 * @param {() => void} typed the user is typing
 */
export function makeField(field, settle, typed) {
  const [id, helpId, stateId] = [freshId(), freshId(), freshId()];
  const described = `${field.help ? `${helpId} ` : ""}${stateId}`;
  const radios = field.kind === "choice";
  const help = field.help ? [element("p", { id: helpId, class: "wb-hint" }, field.help)] : [];
  const control = radios ? makeRadios(field, id, described, help) : makeControl(field, id, described);
  const state = element("p", { id: stateId, class: "wb-state" });
  const row = element("div", { class: "wb-row wb-both", hidden: true });
  const node = element("div", { class: `wb-field wb-${field.kind}` });
  if (!radios) node.append(element("label", { for: id }, field.label), ...help);
  node.append(control, state, row);
  if (radios) control.querySelector(".wb-choices").append(state);
  const inputs = radios ? [...control.querySelectorAll("input")] : [control];

  const read = () => (radios ? (inputs.find((one) => one.checked)?.value ?? "") : control.value);
  const write = (value) => {
    if (radios) for (const one of inputs) one.checked = one.value === value;
    else control.value = value;
  };

  function say(kind, words) {
    node.dataset.state = kind;
    state.textContent = words;
    for (const one of inputs) one.setAttribute("aria-invalid", String(kind === "refused" || kind === "overtaken"));
    if (kind !== "overtaken") {
      row.hidden = true;
      row.replaceChildren();
    }
  }

  const button = (words, act) => element("button", { type: "button", class: "wb-button", onclick: act }, words);
  let saved = field.value;
  write(saved);
  if (radios || field.kind === "list") control.addEventListener("change", () => settle(false));
  else {
    control.addEventListener("input", typed);
    control.addEventListener("blur", () => settle(false));
  }
  if (field.kind !== "text" && !radios) {
    control.addEventListener("keydown", (event) => {
      if (event.key === "Enter") settle(false);
    });
  }

  return {
    node,
    read,
    say,
    focused: () => node.contains(document.activeElement),
    focus: () => (radios ? (inputs.find((one) => one.checked) ?? inputs[0]) : control).focus(),
    dirty: () => read() !== saved,
    /** Take what is stored now; what the user has typed and is not stored stays. */
    take(value) {
      const mine = read();
      const [was, open] = [saved, mine !== saved];
      saved = value;
      if (!open) write(value);
      if (open && mine === value) say("", "");
      return was !== value && !open;
    },
    /** What was sent is stored. */
    keep(value) {
      saved = value;
      if (read() === value) say("kept", "Saved");
    },
    /** Somebody else wrote here: show both, and let the user choose. */
    both(theirs) {
      say("overtaken", `Somebody else changed this meanwhile, to: ${theirs ? `“${theirs}”` : "(empty)"}`);
      row.hidden = false;
      row.replaceChildren(
        button("Keep mine", () => settle(true)),
        button("Take theirs", () => {
          saved = theirs;
          write(theirs);
          say("", "");
        }),
      );
    },
    lock(locked) {
      for (const one of inputs) {
        if (one.type === "text" || one.tagName === "TEXTAREA") one.readOnly = locked;
        else one.disabled = locked;
      }
    },
  };
}
