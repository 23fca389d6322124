/** What a person changes: each change is sent to the kernel, which sends the objects as they then are. */

/**
 * @param {object} on
 * @param {() => {clip: any, index: number, row: import("./rows.js").Row | null}} on.now
 * @param {(message: object) => void} on.say
 * @param {() => void} on.changed after something is begun or given up
 * @param {() => void} on.chooseOther the user should choose another object
 */
export function makeEditing({ now, say, changed, chooseOther }) {
  /** what the kernel would undo and redo; what is half done: joining from a track, silencing from a frame */
  const state = { undo: "", redo: "", joins: "", joinFrom: null, muteFrom: null, silent: false };
  const rest = { joins: "", joinFrom: null };

  function send(what, more = {}) {
    Object.assign(state, rest);
    const { clip, index } = now();
    say({ type: "edit", clip: clip.id, what, first: index, ...more });
    changed();
  }

  /** Change the chosen object in all of its frames. */
  function whole(what, more = {}) {
    const { row } = now();
    if (row) send(what, { track: row.track, first: row.first, last: row.last, ...more });
  }

  return {
    state,
    ask: (what) => say({ type: "ask", what }),
    accept: () => whole("accept"),
    kind: (kind) => whole("kind", { kind }),
    drop() {
      if (now().row?.fate !== "dropped") whole("drop");
    },
    extend() {
      const { index, row } = now();
      if (row && index < row.first) send("extend", { track: row.track, first: index, last: row.first });
      else if (row && index > row.last) send("extend", { track: row.track, first: row.last, last: index });
    },
    split() {
      const { index, row } = now();
      if (row && index > row.first && index <= row.last) send("split", { track: row.track, last: row.last });
    },
    join() {
      const { row } = now();
      if (!row) return;
      [state.joins, state.joinFrom] = [row.name, row.track];
      changed();
      chooseOther();
    },
    /** Return whether choosing this track has joined it with the one before. */
    joinedWith(track) {
      if (state.joinFrom === null || track === state.joinFrom) return false;
      send("merge", { track: state.joinFrom, other: track });
      return true;
    },
    mute() {
      const { clip, index } = now();
      if (!clip.sound) return;
      if (state.muteFrom !== null) {
        const [first, last] = [state.muteFrom, index].sort((a, b) => a - b);
        state.muteFrom = null;
        send("mute", { first, last });
      } else if (state.silent) send("unmute");
      else state.muteFrom = index;
      changed();
    },
    add: (box, kind, follow) => send("add", { box, kind, follow }),
    /** The kernel has sent the objects: nothing is half done with one that may be gone. */
    settle: (undo, redo) => Object.assign(state, rest, { undo, redo }),
    /** Give up what is half done; return whether there was anything. */
    cancel() {
      const something = state.joinFrom !== null || state.muteFrom !== null;
      Object.assign(state, rest, { muteFrom: null });
      changed();
      return something;
    },
    open: () => Object.assign(state, rest, { undo: "", redo: "", muteFrom: null, silent: false }),
  };
}
