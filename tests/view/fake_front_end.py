"""A page without Jupyter: a small fake model for a widget's ES module, and the wire between it and the widget."""

import base64
import copy
import json
from typing import Any

ADDRESS = "http://workbench.test/"

FAKE_MODEL = """
window.Model = class {
  constructor(state) {
    Object.assign(this, { state, listeners: {}, dirty: {}, sent: [], saved: [], outbox: [] });
  }
  get(name) { return this.state[name]; }
  set(name, value) {
    if (JSON.stringify(value) === JSON.stringify(this.state[name])) return;
    this.state[name] = value;
    this.dirty[name] = value;
    this.emit("change:" + name);
  }
  save_changes() {
    const state = JSON.parse(JSON.stringify(this.dirty));
    this.dirty = {};
    this.saved.push(state);
    this.outbox.push({ state });
  }
  send(content) {
    this.sent.push(content);
    this.outbox.push({ content });
  }
  on(event, callback) { (this.listeners[event] ??= []).push(callback); }
  off(event, callback) { this.listeners[event] = (this.listeners[event] ?? []).filter((one) => one !== callback); }
  emit(event, ...args) { for (const callback of this.listeners[event] ?? []) callback(...args); }
  update(state) {
    for (const name of Object.keys(state)) this.state[name] = state[name];
    for (const name of Object.keys(state)) this.emit("change:" + name);
  }
  receive(content, buffers) {
    const views = buffers.map((text) => {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      return new DataView(bytes.buffer);
    });
    this.emit("msg:custom", content, views);
  }
  listening() { return Object.values(this.listeners).flat().length; }
};
window.exchange = async (answers) => {
  for (const { method, state, content, buffers } of answers) {
    if (method === "update") model.update(state);
    else if (method === "custom") model.receive(content, buffers);
  }
  await new Promise(requestAnimationFrame);
  return model.outbox.splice(0);
};
window.mount = async (source, state) => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  window.model = new Model(state);
  window.cleanup = await widget.render({ model: window.model, el: document.getElementById("here") });
};
"""


def _as_json(message: dict[str, Any], buffers: list[bytes]) -> dict[str, Any]:
    return {**message, "buffers": [base64.b64encode(part).decode() for part in buffers]}


class View:
    """One widget on one page. `pump` carries messages both ways until nothing is left to say."""

    def __init__(self, page: Any, widget: Any) -> None:
        self.page, self.widget = page, widget
        self._to_page: list[tuple[dict[str, Any], list[bytes]]] = []
        widget._send = lambda message, buffers=None: self._to_page.append(
            (copy.deepcopy(message), [bytes(item) for item in buffers or []])
        )
        synced = {name: value for name, value in widget.get_state().items() if name in widget.trait_names()}
        page.evaluate(
            "([source, state]) => mount(source, state)", [str(widget._esm), json.loads(json.dumps(synced, default=str))]
        )
        self.pump()

    def pump(self) -> None:
        """Deliver what both sides have said, and the answers to it."""
        for _ in range(50):
            answers, self._to_page = self._to_page, []
            spoken = self.page.evaluate("(answers) => exchange(answers)", [_as_json(*answer) for answer in answers])
            for message in spoken:
                if "state" in message:
                    self.widget.set_state(message["state"])
                else:
                    self.widget._handle_custom_msg(message["content"], [])
            if not spoken and not self._to_page:
                return
        raise AssertionError("the widget and its view never stop talking")

    def frames(self, number: int = 1) -> None:
        """Wait for so many frames of the browser."""
        self.page.evaluate(
            "async (n) => { for (let i = 0; i < n; i += 1) await new Promise(requestAnimationFrame); }", number
        )

    def until(self, condition: str) -> None:
        """Wait until a JavaScript expression is true, carrying messages meanwhile."""
        for _ in range(100):
            self.pump()
            if self.page.evaluate(condition):
                return
        raise AssertionError(f"never true: {condition}")

    @property
    def sent(self) -> list[dict[str, Any]]:
        """Every custom message of the view so far, but for its asking for content."""
        return [item for item in self.page.evaluate("model.sent") if item["type"] not in ("ready", "thumbnails")]

    @property
    def saved(self) -> list[dict[str, Any]]:
        """Every set of traits that the view has written so far."""
        return list(self.page.evaluate("model.saved"))


def blank_page(style: str) -> str:
    """Return the page that a widget is put into."""
    return f"<!doctype html><meta charset=utf-8><style>{style}</style><body><div id=here></div>"
