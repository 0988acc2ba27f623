/**
 * One candidate: lists instances repeatedly, and sends the cost of a request to its parent. Arguments: the candidate,
 * the root URL, and the number of concurrent requests.
 */
import { createRequire } from "node:module";
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { AccessTokenCredentials } from "@discogen/runtime/auth";
import { Agent, request, setGlobalDispatcher } from "undici";
import type { Candidate } from "./calls.js";
import { peerPath } from "./peers.js";

/** Milliseconds of the warm-up and of the measurement. */
const WARM_UP = 1500;
const MEASURED = 2500;

const token = "ya29.benchmark";
const path = "sql/v1beta3/projects/example-123/instances";

/** Resolves to the number of instances of one page. */
type Call = () => Promise<number>;

/** The response of this benchmark's server. */
interface Page {
  readonly items: readonly unknown[];
}

const candidates: { readonly [name in Candidate]: (rootUrl: string) => Call } = {
  "by hand": (rootUrl) => {
    const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
    return async () => {
      const { statusCode, body } = await request(rootUrl + path, { headers });
      if (statusCode !== 200) throw new Error(`status ${statusCode}`);
      return ((await body.json()) as Page).items.length; // the server's response
    };
  },
  generated: (rootUrl) => {
    const client = new SQLAdminClient({ auth: new AccessTokenCredentials(token), rootUrl });
    return async () => (await client.instances.list({ project: "example-123" })).items?.length ?? 0;
  },
  fetch: (rootUrl) => {
    const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
    return async () => {
      const response = await fetch(rootUrl + path, { headers });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return ((await response.json()) as Page).items.length; // the server's response
    };
  },
  "@googleapis/sqladmin": (rootUrl) => {
    const { auth, sqladmin } = createRequire(import.meta.url)(
      peerPath("@googleapis/sqladmin", "build/index.js"),
    ) as Peer;
    const oauth = new auth.OAuth2();
    oauth.setCredentials({ access_token: token });
    const client = sqladmin({ version: "v1beta4", auth: oauth, rootUrl });
    return async () => (await client.instances.list({ project: "example-123" })).data.items.length;
  },
};

/** The used part of the peer, which is not installed when this file is type-checked. */
interface Peer {
  readonly auth: { readonly OAuth2: new () => { setCredentials(credentials: { access_token: string }): void } };
  sqladmin(options: object): {
    readonly instances: { list(params: { project: string }): Promise<{ readonly data: Page }> };
  };
}

/** Calls repeatedly for this many milliseconds. Returns the number of calls. */
async function run(call: Call, inFlight: number, milliseconds: number): Promise<number> {
  const end = performance.now() + milliseconds;
  let count = 0;
  const worker = async () => {
    while (performance.now() < end) {
      if ((await call()) !== 3) throw new Error("a page does not have three instances");
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return count;
}

const [which = "", rootUrl = "", inFlight = "1"] = process.argv.slice(2);
// By default undici opens a connection for each concurrent request. Both use the global dispatcher. Node's fetch keeps
// Node's default.
if (which === "by hand" || which === "generated") setGlobalDispatcher(new Agent({ connections: Number(inFlight) }));
const call = candidates[which as Candidate](rootUrl); // `calls.ts` passes one of its names
await run(call, Number(inFlight), WARM_UP);
const cpuStart = process.cpuUsage();
const start = performance.now();
const count = await run(call, Number(inFlight), MEASURED);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpuStart);
const cost = { cpu: (user + system) / count, rate: count / seconds };
// Open connections would keep the process alive.
process.send?.(cost, () => process.exit());
