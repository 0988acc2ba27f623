/** The dispatcher that the user set by `setGlobalDispatcher` of any copy of undici, also of the one inside Node. */
import { isDefaultDispatcher } from "./default-dispatcher.js";
import type { Dispatcher } from "./dispatcher.js";

/** Where undici 6 and 7 keep it; undici 8 keeps a wrapper there, for older copies. */
const legacyKey: symbol = Symbol.for("undici.globalDispatcher.1");
/** Where undici 7 and 8 keep it. */
const key: symbol = Symbol.for("undici.globalDispatcher.2");

/** Returns the dispatcher that the user set; `undefined` if none is set or it is undici's default. */
export function chosenDispatcher(): Dispatcher | undefined {
  const [legacy, current] = [globalDispatcher(legacyKey), globalDispatcher(key)];
  if (legacy !== undefined && !(current !== undefined && isWrapper(legacy, current)) && !isDefaultDispatcher(legacy))
    return legacy;
  return current !== undefined && !isDefaultDispatcher(current) ? current : undefined;
}

function globalDispatcher(key: symbol): Dispatcher | undefined {
  // Any code may write there.
  const value = (globalThis as { readonly [key: symbol]: Partial<Dispatcher> | null | undefined })[key];
  return typeof value?.dispatch === "function" ? (value as Dispatcher) : undefined;
}

/**
 * Whether undici 8 made this from its own dispatcher. The wrapper is of the same copy: its class extends a base class
 * of the dispatcher.
 */
function isWrapper(legacy: Dispatcher, current: Dispatcher): boolean {
  if (legacy === current) return true;
  const base = prototypeOf(prototypeOf(legacy));
  return base !== null && Object.hasOwn(base, "dispatch") && Object.prototype.isPrototypeOf.call(base, current);
}

function prototypeOf(value: object | null): object | null {
  return value === null ? null : (Object.getPrototypeOf(value) as object | null); // Nothing else can be a prototype.
}
