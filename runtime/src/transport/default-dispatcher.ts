/**
 * Tells the global dispatcher that undici itself sets, ours or the one inside Node, from one that somebody chose. undici
 * has no word for it: it sets an `Agent` made without options, and so such an agent is what is looked for.
 */
import type { Dispatcher } from "./dispatcher.js";

/** Known answers: this is asked for every request, of the same few dispatchers. */
const answers: WeakMap<Dispatcher, boolean> = new WeakMap();

/** Whether this global dispatcher is nobody's choice. */
export function isDefaultDispatcher(dispatcher: Dispatcher): boolean {
  const known = answers.get(dispatcher);
  if (known !== undefined) return known;
  const answer = isPlainAgent(unwrapped(dispatcher));
  answers.set(dispatcher, answer);
  return answer;
}

/** undici 8, inside Node 26, shows older versions a wrapper of its own dispatcher. */
function unwrapped(dispatcher: Dispatcher): object {
  const inner: unknown = Reflect.get(globalThis, Symbol.for("undici.globalDispatcher.2"));
  const isWrapper = dispatcher.constructor?.name === "Dispatcher1Wrapper";
  return isWrapper && typeof inner === "object" && inner !== null ? inner : dispatcher;
}

function isPlainAgent(dispatcher: object): boolean {
  const { constructor } = dispatcher;
  // Composed ones have a `dispatch` that their class has not.
  const own: unknown = Reflect.get(dispatcher, "dispatch");
  if (constructor?.name !== "Agent" || own !== Reflect.get(Object(constructor.prototype), "dispatch")) return false;
  const fresh: object = Reflect.construct(constructor, []);
  const settings = (agent: object): unknown[] =>
    Object.getOwnPropertySymbols(agent)
      .filter(({ description }) => description === "options" || description === "factory")
      .flatMap((key) => valuesOf(Reflect.get(agent, key)));
  const [given, plain] = [settings(dispatcher), settings(fresh)];
  return plain.length > 0 && given.length === plain.length && given.every((value, i) => value === plain[i]);
}

function valuesOf(setting: unknown): unknown[] {
  return typeof setting === "object" && setting !== null ? Object.entries(setting).flat() : [setting];
}
