/** Recognizes global dispatchers that the user set, for all copies of undici. */
import { describe, expect, it, onTestFinished } from "vitest";
import type { Dispatcher } from "../../../runtime/src/index.js";
import { isDefaultDispatcher } from "../../../runtime/src/transport/default-dispatcher.js";
import { chosenDispatcher } from "../../../runtime/src/transport/global-dispatcher.js";
import { clientOf } from "../support/library.js";
import { serve, statuses } from "../support/server.js";
import { currentGlobals, restoreGlobals, type UndiciCopy, undiciCopies } from "../support/undici-copies.js";

const copies = await undiciCopies();

/** Removes the global dispatchers, as in a new process. */
function withoutGlobals(): void {
  const before = currentGlobals();
  restoreGlobals([undefined, undefined]);
  onTestFinished(() => restoreGlobals(before));
}

const used = async (dispatcher: Dispatcher, url: string): Promise<Dispatcher> => {
  await clientOf(url, { dispatcher }).books.list();
  return dispatcher;
};

describe.each(copies)("%s", (_name, copy) => {
  it("recognizes its default agent, even after requests", async () => {
    const { url } = await serve(statuses(200));
    expect([isDefaultDispatcher(new copy.Agent()), isDefaultDispatcher(await used(new copy.Agent(), url))]).toEqual([
      true,
      true,
    ]);
  });

  it.each<[string, (copy: UndiciCopy) => Dispatcher]>([
    ["an agent with options", ({ Agent }) => new Agent({ connections: 1 })],
    ["an agent with connection options", ({ Agent }) => new Agent({ connect: { rejectUnauthorized: false } })],
    ["an agent with a factory", ({ Agent }) => new Agent({ factory: () => new Agent() })],
    ["a composed agent", ({ Agent }) => new Agent().compose((dispatch) => dispatch)],
    ["an agent with its own dispatch", ({ Agent }) => Object.assign(new Agent(), { dispatch: () => true })],
    ["an agent of the user's class", ({ Agent }) => new (class Mine extends Agent {})()],
    ["an agent for the proxies of the environment", ({ EnvHttpProxyAgent }) => new EnvHttpProxyAgent()],
    ["an agent for a proxy", ({ ProxyAgent }) => new ProxyAgent("http://proxy.test")],
    ["a pool", ({ Pool }) => new Pool("http://library.test")],
    ["a mock", ({ MockAgent }) => new MockAgent()],
  ])("does not treat %s as its default", (_kind, make) => {
    expect(isDefaultDispatcher(make(copy))).toBe(false);
  });

  it("uses the dispatcher of setGlobalDispatcher, but not the default agent", () => {
    withoutGlobals();
    copy.setGlobalDispatcher(new copy.Agent());
    const before = chosenDispatcher();
    const mock = new copy.MockAgent();
    copy.setGlobalDispatcher(mock);
    expect([before, chosenDispatcher()]).toEqual([undefined, mock]);
  });

  it("detects changes of a dispatcher after a request", () => {
    const agent = new copy.Agent();
    const before = isDefaultDispatcher(agent);
    agent.dispatch = () => true;
    expect([before, isDefaultDispatcher(agent)]).toEqual([true, false]);
  });

  it("sends each request over the current global dispatcher", async () => {
    withoutGlobals();
    const { seen, url } = await serve(statuses(200));
    const client = clientOf(url);
    await client.books.list();
    const agent = new copy.Agent({ connections: 1 });
    let count = 0;
    const counting = agent.compose((dispatch) => (options: object, handler: object) => {
      count++;
      return (dispatch as Dispatcher["dispatch"])(options, handler); // compose() passes these
    });
    copy.setGlobalDispatcher(counting);
    await client.books.list();
    expect([count, seen.length]).toEqual([1, 2]);
  });
});

describe("two copies", () => {
  const of = (name: string): UndiciCopy => Object.fromEntries(copies)[name] as UndiciCopy; // all names are in the list

  it.each([
    ["undici-6", "undici-8"],
    ["undici-6, minified", "undici-8, minified"],
  ])("%s overrides the default agent of %s", (older, newer) => {
    withoutGlobals();
    of(newer).setGlobalDispatcher(new (of(newer).Agent)());
    const mock = new (of(older).MockAgent)();
    of(older).setGlobalDispatcher(mock);
    expect(chosenDispatcher()).toBe(mock);
  });

  it.each([
    ["undici-8", "undici-6"],
    ["undici-8, minified", "undici"],
  ])("%s overrides the dispatcher of %s", (newer, older) => {
    withoutGlobals();
    of(older).setGlobalDispatcher(new (of(older).MockAgent)());
    const mock = new (of(newer).MockAgent)();
    of(newer).setGlobalDispatcher(mock);
    expect(chosenDispatcher()).toBe(mock);
  });
});

it.each<[string, unknown, boolean]>([
  ["nothing", undefined, false],
  ["null", null, false],
  ["an object without dispatch", {}, false],
  ["an object with dispatch", { dispatch: () => true }, true],
  ["an object without a prototype", Object.assign(Object.create(null), { dispatch: () => true }), true],
  [
    "a subclass of a class that dispatches",
    new (class extends class {
      dispatch(): boolean {
        return true;
      }
    } {})(),
    true,
  ],
  [
    "an instance with a property that throws when read",
    new (class extends class {
      dispatch(): boolean {
        return true;
      }
    } {
      constructor() {
        super();
        Object.defineProperty(this, "broken", { get: () => JSON.parse("{") as unknown });
      }
    })(),
    true,
  ],
])("recognizes whether %s under the public symbol was set by the user", (_name, value, isChoice) => {
  withoutGlobals();
  restoreGlobals([value, { dispatch: () => true }]);
  const withOther = chosenDispatcher();
  restoreGlobals([value, undefined]);
  expect([withOther === value, chosenDispatcher() === value && value !== undefined]).toEqual([isChoice, isChoice]);
});
