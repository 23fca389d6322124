/** The report: an HTML text in a frame that can neither run a script nor load anything. */
import { bytes, connect, element, freshId } from "./base.js";

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:";

/** Put a second lock into the text itself, right after its doctype. */
export function locked(html) {
  const doctype = /^\s*<!doctype[^>]*>/i.exec(html)?.[0] ?? "<!doctype html>";
  const rest = html.replace(/^\s*<!doctype[^>]*>/i, "");
  return `${doctype}<meta http-equiv="Content-Security-Policy" content="${POLICY}">${rest}`;
}

/** @param {{model: import("./base.js").Model, el: HTMLElement}} context */
function render({ model, el }) {
  const link = connect(model, el, "report", { report: show, clear });
  const title = element("h3", { id: freshId() });
  const empty = element("p", { class: "wb-quiet wb-no-report" }, "There is no report yet.");
  const holder = element("div", { class: "wb-report-holder", hidden: true });
  link.root.append(title, holder, empty);

  function show(content, buffers) {
    const html = new TextDecoder().decode(bytes(buffers[0]));
    title.textContent = content.title;
    holder.style.height = `${content.height}px`;
    // A new frame each time: no history entry, no rest of the page before. No word of `sandbox` is
    // given back, above all not scripts or the page's origin.
    const frame = { sandbox: true, referrerpolicy: "no-referrer", title: content.title, srcdoc: locked(html) };
    holder.replaceChildren(element("iframe", frame));
    [holder.hidden, empty.hidden] = [false, true];
  }

  function clear() {
    title.textContent = "";
    holder.replaceChildren();
    [holder.hidden, empty.hidden] = [true, false];
  }

  link.ready();
  return () => link.close();
}

export default { render };
