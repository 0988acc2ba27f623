/** Carries out the call of a fault over real sockets, and tells what came of it. */
import { getEventListeners } from "node:events";
import { setTimeout } from "node:timers/promises";
import { AnonymousCredentials, type Credentials } from "../../runtime/src/auth.js";
import {
  ApiError,
  type ClientOptions,
  ConnectionError,
  DiscogenError,
  type Dispatcher,
} from "../../runtime/src/index.js";
import { leftovers, resources, until } from "../../test/runtime/support/leftovers.js";
import { LibraryClient } from "../../test/runtime/support/library.js";
import { countingAgent } from "./agent.js";
import type { Fault } from "./fault.js";
import { emptyNameServer } from "./name-server.js";
import { type FaultyServer, faultyServer } from "./server.js";
import { serviceAccount } from "./service-account.js";
import { ok } from "./steps.js";

export interface Observed {
  /** The value as JSON, or class, code and message of the error. */
  readonly sees: string;
  /** Requests that the API's server read. */
  readonly requests: number;
  /** Requests that the token endpoint read. */
  readonly tokens: number;
  /** Connections that were begun, those for tokens included. */
  readonly connections: number;
  /** How many of them are open once the call is over, for the next one. */
  readonly open: number;
  /** What is left when the dispatcher is closed: sockets, timers, listeners, requests that crossed to another host. */
  readonly leaks: readonly string[];
}

/** Pauses are cut, so that the table is made in seconds; how often is tried is the default. */
const retry = { maxDelay: 1 };

/** @param over How the client sends, given a dispatcher that counts its connections. Default: over that. */
export async function observe(
  fault: Fault,
  over: (dispatcher: Dispatcher) => ClientOptions = (dispatcher) => ({ dispatcher }),
): Promise<Observed> {
  const before = resources();
  const controller = new AbortController();
  const { signal } = controller;
  const abort = (): void => controller.abort();
  const other = faultyServer([ok], { abort, elsewhere: "" });
  const elsewhere = rootUrl(await other.listen());
  const api = faultyServer(fault.server ?? [ok], { abort, elsewhere }, fault.network);
  const tokens = faultyServer(fault.tokens ?? [], { abort, elsewhere });
  const names = await emptyNameServer();
  const port = await api.listen();
  if (fault.network?.startsWith("refused") === true) await api.close();

  const { dispatcher, begun, close, open } = countingAgent(
    // Nothing else ends a connection that is being made; undici's own limit is ten seconds.
    { timeout: 1000, ...(fault.network === "no name" ? { lookup: names.lookup } : {}) },
    (connection) => (fault.network === "refused once" && connection === 2 ? api.listen(port) : undefined),
  );
  const client = new LibraryClient({
    auth: await credentials(fault, tokens),
    rootUrl: rootUrl(port, fault.network),
    ...over(dispatcher),
    retry,
    ...fault.options,
  });
  const sees = await outcome(fault.call.run(client, signal));
  const held = (): number => api.connections() + tokens.connections() + other.connections();
  await settled(() => `${String(begun())} ${String(open())} ${String(held())}`);
  const seen = {
    sees,
    requests: api.requests(),
    tokens: tokens.requests(),
    connections: begun(),
    open: open(),
  };

  const leaks: string[] = [];
  if (!(await close())) leaks.push("a request that never ends");
  await until(() => held() === 0);
  if (held() > 0) leaks.push(`connections that the servers hold: ${String(held())}`);
  if (other.requests() > 0) leaks.push(`requests to another host: ${String(other.requests())}`);
  if (getEventListeners(signal, "abort").length > 0) leaks.push("a listener of the signal");
  await Promise.all([api, tokens, other, names].map((server) => server.close()));
  return { ...seen, leaks: [...leaks, ...(await leftovers(before))] };
}

async function credentials(fault: Fault, tokens: FaultyServer): Promise<Credentials> {
  return fault.tokens === undefined ? new AnonymousCredentials() : serviceAccount(rootUrl(await tokens.listen()));
}

function rootUrl(port: number, network?: Fault["network"]): string {
  const scheme = network === "self-signed" || network?.endsWith("TLS") === true ? "https" : "http";
  return `${scheme}://${network === "no name" ? "books.invalid" : "127.0.0.1"}:${String(port)}/`;
}

/** What a user sees, without what differs from run to run. */
async function outcome(call: PromiseLike<unknown>): Promise<string> {
  try {
    return JSON.stringify(await call);
  } catch (error) {
    if (!(error instanceof DiscogenError)) return `no error of ours: ${String(error)}`;
    const what =
      error instanceof ApiError ? error.status : error instanceof ConnectionError ? error.systemCode : undefined;
    // Ports differ, and newer Nodes add advice on certificates.
    const message = error.message.replaceAll(/(127\.0\.0\.1):\d+/g, "$1").replace(/; if the root CA .*/, "");
    return `${[error.name, error.code, what].filter((part) => part !== undefined).join(" ")}: ${message}`;
  }
}

/** Waits until a figure stays the same for a while. */
async function settled(figure: () => string): Promise<void> {
  for (let same = 0, last = figure(); same < 6;) {
    await setTimeout(5);
    const now = figure();
    same = now === last ? same + 1 : 0;
    last = now;
  }
}
