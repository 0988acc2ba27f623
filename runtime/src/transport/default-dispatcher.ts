/**
 * Whether a global dispatcher is undici's default or was set by the user. undici does not record it: its default is an
 * `Agent` without options, of whichever copy of undici was loaded first. Bundlers rename classes and there may be many
 * copies, so an agent is recognized by its shape and behavior, never by a name.
 */
import type { Dispatcher } from "./dispatcher.js";

/** Cached results: every request checks the same few dispatchers. Another `dispatch` makes it another dispatcher. */
const results: WeakMap<Dispatcher, { readonly dispatch: unknown; readonly isDefault: boolean }> = new WeakMap();

/** Returns whether this is an agent without options that nobody changed, composed or listens to. */
export function isDefaultDispatcher(dispatcher: Dispatcher): boolean {
  const { dispatch } = dispatcher;
  const known = results.get(dispatcher);
  if (known?.dispatch === dispatch) return known.isDefault;
  const isDefault = isPlainAgent(dispatcher);
  results.set(dispatcher, { dispatch, isDefault });
  return isDefault;
}

function isPlainAgent(dispatcher: Dispatcher): boolean {
  const prototype: unknown = Object.getPrototypeOf(dispatcher);
  if (!isObject(prototype) || !inheritsDispatch(prototype, dispatcher.dispatch)) return false;
  const { constructor } = prototype;
  try {
    // Agents that choose between other dispatchers, as those for proxies do.
    if (Reflect.ownKeys(dispatcher).some((key) => isDispatcher(Reflect.get(dispatcher, key)))) return false;
    if (typeof constructor !== "function" || !rejectsFactory(constructor)) return false;
    const fresh: object = Reflect.construct(constructor, []);
    const other: object = Reflect.construct(constructor, []);
    return Reflect.ownKeys(fresh).every((key) => {
      const [value, first, second]: unknown[] = [dispatcher, fresh, other].map((agent) => Reflect.get(agent, key));
      // What differs between two new agents is the state of each, for instance its connections.
      return !isSame(first, second) || isSame(value, first);
    });
  } catch {
    // It cannot be made without arguments, or a property of the user cannot be read.
    return false;
  }
}

/** The class does not define `dispatch`, but the class that it extends does: the base of undici's own dispatchers. */
function inheritsDispatch(prototype: object, dispatch: unknown): boolean {
  if (Object.hasOwn(prototype, "dispatch")) return false;
  const base: unknown = Object.getPrototypeOf(prototype);
  return isObject(base) && Object.getOwnPropertyDescriptor(base, "dispatch")?.value === dispatch;
}

/** Only an `Agent` checks this option. */
function rejectsFactory(constructor: Function): boolean {
  try {
    Reflect.construct(constructor, [{ factory: 0 }]);
    return false;
  } catch (error) {
    return isObject(error) && Reflect.get(error, "code") === "UND_ERR_INVALID_ARG";
  }
}

function isDispatcher(value: unknown): boolean {
  return isObject(value) && typeof Reflect.get(value, "dispatch") === "function";
}

/** Compares plain objects by their members and anything else by identity. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isPlainObject(one) || !isPlainObject(other)) return false;
  const keys = Reflect.ownKeys(one);
  return (
    keys.length === Reflect.ownKeys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(Reflect.get(one, key), Reflect.get(other, key)))
  );
}

function isPlainObject(value: unknown): value is object {
  return isObject(value) && Object.getPrototypeOf(value) === Object.prototype;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
