/** What a person does, on its way to the kernel: sent at once, one after the other, each answered before the next. */

/** ms after which a change that nobody has answered is worrying */
const WORRY = 4000;

/**
 * @param {(message: object) => void} send
 * @param {(waits: boolean) => void} worry an answer is overdue, or has come after all
 */
export function makeOutbox(send, worry) {
  let [queue, busy, issued, timer, worried] = [[], null, 0, 0, false];
  /** objects in the queue that have another number since: one that was moved is another one for the kernel */
  const renamed = new Map();

  function now(number) {
    while (renamed.has(number)) number = renamed.get(number);
    return number;
  }

  function push() {
    while (!busy && queue.length > 0) {
      const message = queue.shift();
      if (message.track !== undefined) message.track = now(message.track);
      if (message.type === "act") {
        busy = message;
        clearTimeout(timer);
        timer = setTimeout(() => worry((worried = true)), WORRY);
      }
      send(message);
    }
  }

  return {
    /** Send an action, which will be answered. */
    act(action) {
      issued += 1;
      queue.push({ type: "act", number: issued, ...action });
      push();
    },
    /** Send something after all actions before it. */
    then(message) {
      queue.push(message);
      push();
    },
    /** Take an answer; return the action that it is for, or null. */
    answered({ number, before, select }) {
      if (!busy || busy.number !== number) return null;
      const action = busy;
      busy = null;
      clearTimeout(timer);
      if (worried) worry((worried = false));
      if (action.what === "reshape" && before >= 0 && select >= 0 && before !== select) renamed.set(before, select);
      push();
      if (!busy) renamed.clear();
      return action;
    },
    /** Begin with another picture: its numbers mean other things. What was not answered will not be. */
    open() {
      clearTimeout(timer);
      if (worried) worry((worried = false));
      renamed.clear();
      [queue, busy] = [[], null];
    },
    /** The view goes: send what is left without waiting. */
    close() {
      clearTimeout(timer);
      for (const message of queue.splice(0)) send({ ...message, track: message.track === undefined ? undefined : now(message.track) });
    },
  };
}
