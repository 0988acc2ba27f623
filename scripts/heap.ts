/**
 * `npx tsx scripts/heap.ts [--calls N]`: makes a million calls of every kind against a local server in a process of its
 * own, and prints the heap after garbage collection at intervals, and its slope. Exit code 1 if the heap grows.
 *
 * A tenth of the calls, which fill caches and compile code, are made before the first measurement.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ClientOptions } from "../runtime/src/index.js";
import { LibraryClient } from "../test/runtime/support/library.js";
import { serviceAccount } from "./faults/service-account.js";

/** The maximum growth of the heap in bytes over all measured calls. Less than the noise of a measurement. */
const BOUND = 1024 * 1024;
const MEASUREMENTS = 20;
const AT_ONCE = 50;

const HELP = `Usage: npx tsx scripts/heap.ts [--calls N]

  --calls N   how many calls to make (default: 1000000)
`;

/** Responds to a request. The server runs in its own process, so its memory is not measured. */
function respond(request: IncomingMessage, response: ServerResponse, count: number): void {
  const { url = "" } = request;
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  if (url.startsWith("/token")) return json(200, { access_token: `token-${String(count)}`, expires_in: 3600 });
  // The client fetches a new token.
  if (count % 500 === 0) return json(401, { error: { code: 401, message: "expired", status: "UNAUTHENTICATED" } });
  if (url.includes("unavailable") && count % 2 === 0) return json(503, { error: { code: 503, message: "later" } });
  if (url.includes("missing"))
    return json(404, { error: { message: "no", errors: [{ reason: "notFound", location: "book" }] } });
  if (url.includes("reset")) return void request.socket.resetAndDestroy();
  if (url.includes("silent")) return;
  if (url.includes("xml")) {
    response.writeHead(403).end("<Error><Code>AccessDenied</Code><Message>No entry.</Message></Error>");
    return;
  }
  if (/books(?:\?|$)/.test(url) && request.method === "GET") {
    const next = url.includes("pageToken") ? {} : { nextPageToken: "2" };
    return json(200, { items: [{ name: "a" }, { name: "b" }], ...next });
  }
  json(200, { name: "b", text: "x".repeat(500) });
}

async function serve(): Promise<void> {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume().once("end", () => respond(request, response, ++count));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  process.send?.((server.address() as AddressInfo).port); // a TCP server's address
  process.once("disconnect", () => process.exit());
}

/** Makes one call. Its number decides the kind. */
async function call(
  client: LibraryClient,
  options: ClientOptions,
  signal: AbortSignal,
  index: number,
): Promise<unknown> {
  const { books } = client;
  switch (index % 40) {
    case 0:
      return client.withOptions({ timeout: 10_000 }).books.get({ book: "clone" });
    case 1:
      return new LibraryClient(options).books.get({ book: "new-client" });
    case 2:
    case 3:
      return books.get({ book: "unavailable" });
    case 4:
      return books.get({ book: "missing" });
    case 5:
      return books.get({ book: "xml" });
    case 6: {
      for await (const _ of books.list({}, { signal }));
      return undefined;
    }
    case 7:
      return books.insert({ requestBody: { name: "b" } }, { totalTimeout: 10_000 });
    case 8:
      return (await books.exportMedia({ book: "b" })).text();
    case 9:
      return books.create({ requestBody: {}, media: { body: "text" } });
    case 10:
      return books.get({ book: "b" }, { signal }).withResponse();
    case 11:
      return index % 400 === 11 ? books.get({ book: "reset" }, { retry: false }) : books.get({ book: "b" });
    case 12: {
      if (index % 400 !== 12) return books.get({ book: "b" });
      const controller = new AbortController();
      const silent = books.get({ book: "silent" }, { signal: controller.signal });
      await setTimeout(5);
      controller.abort();
      return silent;
    }
    default:
      return books.get({ book: "b" });
  }
}

async function main(calls: number): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void; // V8's function
  const server = fork(fileURLToPath(import.meta.url), ["--serve"]);
  const [port] = (await once(server, "message")) as [number]; // what serve() sends
  const rootUrl = `http://127.0.0.1:${String(port)}/`;
  const options: ClientOptions = { auth: serviceAccount(`${rootUrl}token`), rootUrl, retry: { maxDelay: 1 } };
  const client = new LibraryClient(options);
  const { signal } = new AbortController();

  const outcomes = new Map<string, number>();
  const note = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  let next = 0;
  const work = async (end: number): Promise<void> => {
    while (next < end) {
      await call(client, options, signal, next++).then(
        () => note("ok"),
        (error: unknown) => note(error instanceof Error && "code" in error ? String(error.code) : String(error)),
      );
    }
  };
  const until = async (end: number): Promise<void> => {
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(end)));
  };
  const heap = async (): Promise<number> => {
    // Memory that finalizers release is collected in the second run.
    for (let run = 0; run < 3; run++) {
      collect();
      await setTimeout(20);
    }
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };

  const start = performance.now();
  const warmUp = Math.round(calls / 10);
  await until(warmUp);
  const points: { readonly calls: number; readonly bytes: number }[] = [];
  console.log("     calls    heap after GC");
  for (let measured = 0; measured <= MEASUREMENTS; measured++) {
    await until(warmUp + Math.round(((calls - warmUp) * measured) / MEASUREMENTS));
    points.push({ calls: next, bytes: await heap() });
    console.log(`${String(next).padStart(10)} ${((points.at(-1)?.bytes ?? 0) / 1024).toFixed(0).padStart(13)} kB`);
  }
  server.disconnect();

  const perCall = slope(points);
  const growth = perCall * (calls - warmUp);
  console.log(`\n${String(calls)} calls in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  console.log([...outcomes].map(([outcome, count]) => `${outcome}: ${String(count)}`).join(", "));
  console.log(
    `slope: ${perCall.toFixed(3)} bytes per call; growth ${(growth / 1024).toFixed(0)} kB of ${String(BOUND / 1024)} kB`,
  );
  return growth > BOUND ? 1 : 0;
}

/** Returns the slope of the least-squares line. */
function slope(points: readonly { readonly calls: number; readonly bytes: number }[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(({ calls }) => calls));
  const y = mean(points.map(({ bytes }) => bytes));
  const sum = (of: (x: number, y: number) => number): number =>
    points.reduce((total, { bytes, calls }) => total + of(calls - x, bytes - y), 0);
  return sum((dx, dy) => dx * dy) / sum((dx) => dx * dx);
}

const { values } = parseArgs({
  options: { calls: { type: "string" }, help: { type: "boolean", short: "h" }, serve: { type: "boolean" } },
});
const calls = Number(values.calls ?? 1_000_000);
if (values.help === true) {
  process.stdout.write(HELP);
} else if (values.serve === true) {
  await serve();
} else if (!Number.isInteger(calls) || calls < 1000) {
  process.stderr.write(`--calls must be an integer, 1000 or more\n\n${HELP}`);
  process.exitCode = 2;
} else {
  process.exitCode = await main(calls);
}
