/** What every widget's view shares: elements, the banner, and messages from and to Python. */

/**
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, callback: Function) => void} on
 * @property {(event: string, callback: Function) => void} off
 * @property {(content: object) => void} send
 */

const unique = Math.random().toString(36).slice(2, 8);
let issued = 0;

/** Return an id that no other element of the page has. */
export function freshId() {
  issued += 1;
  return `wb-${unique}-${issued}`;
}

/**
 * Make an element. Strings among the children become text, never markup: file names are untrusted.
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `onclick` and the like become listeners; true is an empty attribute
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children);
  return node;
}

/** Return a small drawing from the text of an SVG path on a 16 by 16 grid; decoration only. */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "wb-icon");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Say a number with its noun: "1 face", "12 faces". */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** Say a list: "a, b and c". */
export function list(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** What a kind is called, in the order of its number key. */
export const WORDS = {
  face: ["face", "faces"],
  plate: ["licence plate", "licence plates"],
  person: ["person", "people"],
  text: ["piece of text", "pieces of text"],
  screen: ["screen", "screens"],
  document: ["document", "documents"],
  other: ["other object", "other objects"],
};

/** Say counts by kind: "12 faces and 1 licence plate". */
export function sayCounts(counts) {
  const kinds = Object.keys(WORDS).filter((kind) => counts[kind] > 0);
  return list(kinds.map((kind) => count(counts[kind], ...WORDS[kind])));
}

/** Return the bytes of a message's buffer, which comes as a DataView. */
export function bytes(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** Return a copy that shares nothing: a trait is replaced, never changed in place. */
export function copy(value) {
  return JSON.parse(JSON.stringify(value));
}

/**
 * Put a widget's root into the page and listen to Python.
 * @param {Model} model
 * @param {HTMLElement} el
 * @param {string} name class of the root, and what the widget is for
 * @param {Record<string, (content: any, buffers: DataView[]) => any>} handlers by type of message
 */
export function connect(model, el, name, handlers) {
  const words = element("span");
  const close = element("button", { type: "button", class: "wb-button wb-plain" }, icon("M4 4l8 8M12 4l-8 8"));
  close.setAttribute("aria-label", "Close this message");
  const banner = element("div", { class: "wb-banner", role: "alert", hidden: true }, words, close);
  const root = element("div", { class: `wb wb-${name}` }, banner);
  // JupyterLab looks for this mark on the focused element first: its selectors match `:focus` itself, so that a mark on
  // an ancestor comes too late and "x" would cut the notebook's cell.
  root.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
  const fail = (text) => {
    words.textContent = text;
    banner.hidden = !text;
  };
  close.addEventListener("click", () => fail(""));
  const receive = async (content, buffers) => {
    try {
      if (content.type === "error") fail(content.text);
      await handlers[content.type]?.(content, buffers ?? []);
    } catch (error) {
      console.error(error);
      fail("This part of the page could not be drawn. Reload the page.");
    }
  };
  model.on("msg:custom", receive);
  el.append(root);
  return {
    root,
    fail,
    /** Send a message; what went wrong before is settled by going on. */
    say(content) {
      fail("");
      model.send(content);
    },
    ready: () => model.send({ type: "ready" }),
    close() {
      model.off("msg:custom", receive);
      root.remove();
    },
  };
}
