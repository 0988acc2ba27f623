/**
 * Listening to the caller's signals, with one listener for each signal however many calls share it: Node warns of a
 * leak at the eleventh.
 */
import type { AbortSignal } from "../platform-types.js";

interface Group {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const groups: WeakMap<AbortSignal, Group> = new WeakMap();

/** Calls back when the signal aborts, until the function that is returned is called. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  let group = groups.get(signal);
  if (group === undefined) {
    const callbacks: Set<() => void> = new Set();
    group = {
      callbacks,
      listener: () => {
        for (const one of callbacks) one();
      },
    };
    groups.set(signal, group);
    signal.addEventListener("abort", group.listener);
  }
  const { callbacks, listener } = group;
  // A function of its own for each caller, so that a callback given twice is called twice.
  const own = (): void => callback();
  callbacks.add(own);
  return () => {
    if (!callbacks.delete(own) || callbacks.size > 0) return;
    signal.removeEventListener("abort", listener);
    groups.delete(signal);
  };
}
