/**
 * Finds out whether a global dispatcher is undici's default or was set by the user. undici does not record this. Its
 * default is an `Agent` without options, of the copy of undici that was loaded first. Bundlers rename classes and there
 * may be several copies, so an agent is recognized by its shape and behavior, never by a name.
 */
import type { Dispatcher } from "./dispatcher.js";

/** Cached results, because all requests check the same few dispatchers. Valid while `dispatch` is the same function. */
const results: WeakMap<Dispatcher, { readonly dispatch: unknown; readonly isDefault: boolean }> = new WeakMap();

/** Returns whether this is an agent without options, changes, interceptors or listeners. */
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
    // Agents that choose between other dispatchers, such as proxy agents, are not the default.
    if (Reflect.ownKeys(dispatcher).some((key) => isDispatcher(Reflect.get(dispatcher, key)))) return false;
    if (typeof constructor !== "function" || !rejectsFactory(constructor)) return false;
    const fresh: object = Reflect.construct(constructor, []);
    const other: object = Reflect.construct(constructor, []);
    return Reflect.ownKeys(fresh).every((key) => {
      const [value, first, second]: unknown[] = [dispatcher, fresh, other].map((agent) => Reflect.get(agent, key));
      // Properties that differ between two new agents are state, for example connections.
      return !isSame(first, second) || isSame(value, first);
    });
  } catch {
    // The constructor needs arguments, or a property cannot be read.
    return false;
  }
}

/** Returns whether the class inherits `dispatch` from its direct base class, as undici's own dispatchers do. */
function inheritsDispatch(prototype: object, dispatch: unknown): boolean {
  if (Object.hasOwn(prototype, "dispatch")) return false;
  const base: unknown = Object.getPrototypeOf(prototype);
  return isObject(base) && Object.getOwnPropertyDescriptor(base, "dispatch")?.value === dispatch;
}

/** Returns whether the constructor validates the option `factory`, which only `Agent` has. */
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
