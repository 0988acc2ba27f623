/** Runs the call of a fault over real sockets, and returns the results. */
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
  /** The number of requests that the API's server received. */
  readonly requests: number;
  /** The number of requests that the token endpoint received. */
  readonly tokens: number;
  /** The number of started connections, including those for tokens. */
  readonly connections: number;
  /** How many connections stay open after the call, for the next one. */
  readonly open: number;
  /** Leftovers after the dispatcher is closed: sockets, timers, listeners, requests to another host. */
  readonly leaks: readonly string[];
}

/** Shortens delays, so that all rows take seconds. The number of attempts is the default. */
const retry = { maxDelay: 1 };

/** @param over Returns the client's options for a dispatcher that counts connections. Default: the dispatcher itself. */
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

  const { dispatcher, started, close, open } = countingAgent(
    // Ends pending connections. undici's default timeout is ten seconds.
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
  await settled(() => `${String(started())} ${String(open())} ${String(held())}`);
  const seen = {
    sees,
    requests: api.requests(),
    tokens: tokens.requests(),
    connections: started(),
    open: open(),
  };

  const leaks: string[] = [];
  if (!(await close())) leaks.push("a request that never ends");
  await until(() => held() === 0);
  if (held() > 0) leaks.push(`connections open at the servers: ${String(held())}`);
  if (other.requests() > 0) leaks.push(`requests to another host: ${String(other.requests())}`);
  if (getEventListeners(signal, "abort").length > 0) leaks.push("a listener on the signal");
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

/** Returns the value or error that the user sees, without parts that differ between runs. */
async function outcome(call: PromiseLike<unknown>): Promise<string> {
  try {
    return JSON.stringify(await call);
  } catch (error) {
    if (!(error instanceof DiscogenError)) return `not a DiscogenError: ${String(error)}`;
    const what =
      error instanceof ApiError ? error.status : error instanceof ConnectionError ? error.systemCode : undefined;
    // Ports differ, and newer versions of Node add advice about certificates.
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
