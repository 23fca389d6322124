/** The player's keys; what they mean is listed in `player_parts.js`. */

/** @param {object} on what the keys do; `transport`, `timeline`, `editing` and `help` are the player's parts */
export function playerKeys(on) {
  const { transport, timeline, editing, help, toggle, zoom } = on;
  const actions = {
    ...{ " ": transport.toggle, n: on.draw, a: editing.accept, x: editing.drop, Delete: editing.drop },
    e: editing.extend,
    ...{ b: toggle.outlines, r: toggle.redacted, w: toggle.wipe },
    ...{ "+": () => zoom(1.4), "=": () => zoom(1.4), "-": () => zoom(1 / 1.4), 0: on.fit },
    ...{ "[": () => timeline.zoom(2), "]": () => timeline.zoom(0.5), "\\": timeline.fit },
    ...{ d: () => on.navigate(-1), f: () => on.navigate(1), "?": () => help.showModal(), F1: () => help.showModal() },
    ...{ Escape: on.cancel, ArrowUp: () => on.nextRow(-1), ArrowDown: () => on.nextRow(1) },
    ...{ Home: () => on.seek(0), End: on.end },
  };
  // Letters of their own belong to the playbook's cards, as in the editor of a photo.
  const shifted = { s: editing.split, j: editing.join, m: editing.mute, e: on.everywhere };
  const jumps = { g: "gap", y: "short", u: "unsure" };

  return (event) => {
    const { key, target } = event;
    const letter = key.length === 1 ? key.toLowerCase() : key;
    if (help.open || target.matches("select, input[type=text]")) return;
    if (event.ctrlKey || event.metaKey) {
      if (letter === "z") editing.ask(event.shiftKey ? "redo" : "undo");
      else if (letter === "y") editing.ask("redo");
      else if (letter === "Enter") on.finish();
      else return;
    } else if (event.altKey) return;
    else if (event.shiftKey && letter in shifted) shifted[letter]();
    else if (letter in jumps) on.jump(jumps[letter], event.shiftKey ? -1 : 1);
    else if (target.matches("input[type=range], input[type=radio]") && /Arrow|Home|End/.test(key)) return;
    else if (key === "ArrowLeft" || key === "ArrowRight") {
      transport.pause();
      transport[event.shiftKey ? "seconds" : "frames"](key === "ArrowLeft" ? -1 : 1);
    } else if (target.matches("button, input") && (key === " " || key === "Enter")) return;
    else if (letter in actions) actions[letter]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
