/**
 * Listens to callers' signals, with one listener per signal however many calls share it. Node warns about a memory leak
 * at the eleventh listener.
 */
import type { AbortSignal } from "../platform-types.js";

interface Group {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const groups: WeakMap<AbortSignal, Group> = new WeakMap();

/** Calls `callback` when the signal aborts. Returns a function that removes the callback. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  let group = groups.get(signal);
  if (group === undefined) {
    const callbacks: Set<() => void> = new Set();
    group = {
      callbacks,
      listener: () => {
        for (const call of callbacks) call();
      },
    };
    groups.set(signal, group);
    signal.addEventListener("abort", group.listener);
  }
  const { callbacks, listener } = group;
  // A new function, so a callback that is passed twice is called twice.
  const own = (): void => callback();
  callbacks.add(own);
  return () => {
    if (!callbacks.delete(own) || callbacks.size > 0) return;
    signal.removeEventListener("abort", listener);
    groups.delete(signal);
  };
}
