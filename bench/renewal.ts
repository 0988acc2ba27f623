/** Calls in a row while tokens expire and are refreshed, against calls with one token. No call may wait for a token. */
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { ServiceAccountCredentials } from "@discogen/runtime/auth";
import { inTurns } from "./rounds.js";
import type { Limit } from "./table.js";

/** The delay of the token endpoint in milliseconds. A call that waits for a token takes at least this long. */
const DELAY = 200;
/** The duration of a turn in milliseconds, and the lifetime of its short-lived tokens in seconds. */
const TURN = 5000;
const LIFE = 2;

interface Latencies {
  readonly median: number;
  readonly slowest: number;
  readonly tokens: number;
}

export async function renewal(rounds: number): Promise<Limit> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const [refreshed = [], single = []] = await inTurns(rounds, [() => turn(pem, LIFE), () => turn(pem, 3600)]);
  const others = (name: string, series: readonly Latencies[]) => [
    { name: `${name}: median call`, unit: "µs", values: series.map(({ median }) => median * 1000) },
    { name: `${name}: tokens per turn`, unit: "", values: series.map(({ tokens }) => tokens) },
  ];
  return {
    title: `slowest call within ${TURN / 1000} seconds, if a token request takes ${DELAY} ms`,
    unit: "ms",
    ours: { name: `tokens of ${LIFE} s`, values: refreshed.map(({ slowest }) => slowest) },
    limit: DELAY,
    others: [
      { name: "one token", unit: "ms", values: single.map(({ slowest }) => slowest) },
      ...others(`tokens of ${LIFE} s`, refreshed),
      ...others("one token", single),
    ],
  };
}

async function turn(pem: string, life: number): Promise<Latencies> {
  let tokens = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json");
    if (request.method === "GET") return void response.end('{"items":[]}');
    tokens += 1;
    setTimeout(() => response.end(JSON.stringify({ access_token: "ya29.benchmark", expires_in: life })), DELAY);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  // The address of a server on a port has this type.
  const rootUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const key = { client_email: "robot@example-123.iam.gserviceaccount.com", private_key: pem, token_uri: rootUrl };
  const { instances } = new SQLAdminClient({ auth: ServiceAccountCredentials.fromJSON(key), rootUrl });
  const call = () => instances.list({ project: "example-123" });
  await call();
  const latencies: number[] = [];
  for (const end = performance.now() + TURN; performance.now() < end;) {
    const start = performance.now();
    await call();
    latencies.push(performance.now() - start);
  }
  server.close();
  server.closeAllConnections();
  const sorted = latencies.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1] ?? Number.NaN, slowest: sorted.at(-1) ?? Number.NaN, tokens };
}
