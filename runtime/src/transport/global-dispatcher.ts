/** The dispatcher that the user set by `setGlobalDispatcher` of any copy of undici, including the one inside Node. */
import { isDefaultDispatcher } from "./default-dispatcher.js";
import type { Dispatcher } from "./dispatcher.js";

/** Used by undici 6 and 7. undici 8 stores a wrapper there for older copies. */
const legacyKey: symbol = Symbol.for("undici.globalDispatcher.1");
/** Used by undici 7 and 8. */
const key: symbol = Symbol.for("undici.globalDispatcher.2");

/** Returns the dispatcher that the user set; `undefined` if none is set or it is undici's default. */
export function chosenDispatcher(): Dispatcher | undefined {
  const [legacy, current] = [globalDispatcher(legacyKey), globalDispatcher(key)];
  if (legacy !== undefined && !(current !== undefined && isWrapper(legacy, current)) && !isDefaultDispatcher(legacy))
    return legacy;
  return current !== undefined && !isDefaultDispatcher(current) ? current : undefined;
}

function globalDispatcher(key: symbol): Dispatcher | undefined {
  // Any code may write to this property.
  const value = (globalThis as { readonly [key: symbol]: Partial<Dispatcher> | null | undefined })[key];
  return typeof value?.dispatch === "function" ? (value as Dispatcher) : undefined;
}

/**
 * Returns whether `legacy` is undici 8's wrapper of `current`. Both are from the same copy of undici: the wrapper's
 * class extends a base class of the dispatcher.
 */
function isWrapper(legacy: Dispatcher, current: Dispatcher): boolean {
  if (legacy === current) return true;
  const base = prototypeOf(prototypeOf(legacy));
  return base !== null && Object.hasOwn(base, "dispatch") && Object.prototype.isPrototypeOf.call(base, current);
}

function prototypeOf(value: object | null): object | null {
  return value === null ? null : (Object.getPrototypeOf(value) as object | null); // a prototype has no other type
}
