// slow: counts what many calls leave in memory.
/** Aborts a thousand calls in each phase of a call: no timer, listener or socket is left. */
import { getEventListeners, once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { AnonymousCredentials } from "../../runtime/src/auth.js";
import { AbortError, type MethodDescriptor, operate } from "../../runtime/src/index.js";
import { countingAgent } from "../../scripts/faults/agent.js";
import type { Network, Step } from "../../scripts/faults/fault.js";
import { faultyServer } from "../../scripts/faults/server.js";
import { serviceAccount } from "../../scripts/faults/service-account.js";
import {
  respond,
  responseOf,
  book,
  failure,
  grant,
  headLength,
  late,
  partly,
  silence,
} from "../../scripts/faults/steps.js";
import { leftovers, resources, until } from "./support/leftovers.js";
import { LibraryClient } from "./support/library.js";

const CALLS = 1000;
const AT_ONCE = 100;

interface Phase {
  readonly server?: Step;
  /** The token endpoint. Default: no authentication. */
  readonly tokens?: Step;
  readonly network?: Network;
  /** `aborted` resolves when the signal has aborted. Default: a GET. */
  readonly run?: (client: LibraryClient, signal: AbortSignal, aborted: Promise<unknown>) => PromiseLike<unknown>;
  /** The number of calls in this phase. Default: the number of requests at the API. */
  readonly reached?: (counted: { readonly connections: number; readonly tokens: number }) => number;
}

const getBook: NonNullable<Phase["run"]> = ({ books }, signal) => books.get({ book: "b" }, { signal });

const half = responseOf(200, book);
const started = { name: "operations/1", done: false };

const start: MethodDescriptor = {
  id: "library.books.move",
  httpMethod: "POST",
  path: "books:move",
  response: "json",
  operation: {
    polls: [
      {
        method: {
          id: "library.operations.get",
          httpMethod: "GET",
          path: "{+name}",
          parameters: { name: { required: true } },
          response: "json",
        },
        parameters: { name: "response.name" },
      },
    ],
    done: "done",
    error: "error",
    isAnswer: true,
  },
};

it.each<[string, Phase]>([
  [
    "the wait for a token", // One request for all.
    { tokens: late(2000, grant), reached: ({ tokens }) => tokens * CALLS },
  ],
  ["connecting", { network: "silent TLS", reached: ({ connections }) => connections }],
  ["the wait for the response", { server: silence }],
  ["the body", { server: partly(half, headLength(half) + 5, silence) }],
  [
    "streamed content",
    {
      server: partly(half, headLength(half) + 5, silence),
      run: async ({ books }, signal) => (await books.raw({ book: "b" }, { signal })).text(),
    },
  ],
  [
    "the delay before a retry",
    {
      server: failure(503),
      // In an outage of a thousand calls, not every call gets a retry by default.
      run: (client, signal) =>
        client.withOptions({ retry: { decide: () => 30_000 } }).books.get({ book: "b" }, { signal }),
    },
  ],
  [
    "the time between two pages",
    {
      server: respond(200, { items: [book], nextPageToken: "2" }),
      run: async ({ books }, signal, aborted) => {
        for await (const _ of books.list({}, { signal })) await aborted;
      },
    },
  ],
  [
    "the delay between two polls",
    {
      server: respond(200, started),
      run: ({ books }, signal) => operate(books, start, {}, { signal }).wait(),
    },
  ],
])("aborted in %s", async (_name, phase) => {
  const before = resources();
  const noActions = { abort: () => undefined, elsewhere: "" };
  const api = faultyServer([phase.server ?? silence], noActions, phase.network);
  const tokens = faultyServer([phase.tokens ?? silence], noActions);
  // Only the timeout of undici ends a connection attempt.
  const { dispatcher, started: connectionsStarted, close } = countingAgent({ timeout: 1000 }, () => undefined);
  const client = new LibraryClient({
    auth:
      phase.tokens === undefined
        ? new AnonymousCredentials()
        : serviceAccount(`http://127.0.0.1:${String(await tokens.listen())}/`),
    rootUrl: `${phase.network === undefined ? "http" : "https"}://127.0.0.1:${String(await api.listen())}/`,
    dispatcher,
  });
  const reached = (): number =>
    phase.reached?.({ connections: connectionsStarted(), tokens: tokens.requests() }) ?? api.requests();

  for (let calls = AT_ONCE; calls <= CALLS; calls += AT_ONCE) {
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = once(signal, "abort");
    const batch = Array.from({ length: AT_ONCE }, () => (phase.run ?? getBook)(client, signal, aborted));
    const results = Promise.allSettled(batch);
    await until(() => reached() >= calls);
    // Waits for data that the servers have sent already.
    await setTimeout(20);
    controller.abort();
    const reasons = (await results).map((result) => (result.status === "rejected" ? result.reason : result.value));
    expect(reasons.filter((reason) => !(reason instanceof AbortError))).toEqual([]);
    expect(getEventListeners(signal, "abort")).toEqual([]);
    expect(reached()).toBeGreaterThanOrEqual(calls);
  }

  expect(await close()).toBe(true);
  await until(() => api.connections() + tokens.connections() === 0);
  expect(api.connections() + tokens.connections()).toBe(0);
  await Promise.all([api.close(), tokens.close()]);
  expect(await leftovers(before)).toEqual([]);
});
