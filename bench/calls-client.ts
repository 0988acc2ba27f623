/**
 * One contender: lists instances again and again, and tells what a request costs. Arguments: which, root URL, and how
 * many are in flight.
 */
import { createRequire } from "node:module";
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { AccessTokenCredentials } from "@discogen/runtime/auth";
import { Agent, request, setGlobalDispatcher } from "undici";
import type { Contender } from "./calls.js";
import { peerPath } from "./peers.js";

/** Milliseconds without being measured, and measured. */
const WARM_UP = 1500;
const MEASURED = 2500;

const token = "ya29.benchmark";
const path = "sql/v1beta3/projects/example-123/instances";

/** Gives the number of instances of one page. */
type Call = () => Promise<number>;

/** What the server of this benchmark answers. */
interface Page {
  readonly items: readonly unknown[];
}

const contenders: { readonly [name in Contender]: (rootUrl: string) => Call } = {
  "by hand": (rootUrl) => {
    const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
    return async () => {
      const { statusCode, body } = await request(rootUrl + path, { headers });
      if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
      return ((await body.json()) as Page).items.length; // What the server answers.
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
      if (!response.ok) throw new Error(`answered ${response.status}`);
      return ((await response.json()) as Page).items.length; // What the server answers.
    };
  },
  "@googleapis/sqladmin": (rootUrl) => {
    const { auth, sqladmin } = createRequire(import.meta.url)(
      peerPath("@googleapis/sqladmin", "build/index.js"),
    ) as Peer;
    const signIn = new auth.OAuth2();
    signIn.setCredentials({ access_token: token });
    const client = sqladmin({ version: "v1beta4", auth: signIn, rootUrl });
    return async () => (await client.instances.list({ project: "example-123" })).data.items.length;
  },
};

/** What is used of it; it is not installed when this file is type-checked. */
interface Peer {
  readonly auth: { readonly OAuth2: new () => { setCredentials(credentials: { access_token: string }): void } };
  sqladmin(options: object): {
    readonly instances: { list(params: { project: string }): Promise<{ readonly data: Page }> };
  };
}

/** Calls for so many milliseconds; tells how often. */
async function run(call: Call, inFlight: number, milliseconds: number): Promise<number> {
  const end = performance.now() + milliseconds;
  let count = 0;
  const worker = async () => {
    while (performance.now() < end) {
      if ((await call()) !== 3) throw new Error("a page came without its three instances");
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return count;
}

const [which = "", rootUrl = "", inFlight = "1"] = process.argv.slice(2);
// Undici's own default is a connection for each request in flight. Both go through the global dispatcher; Node's fetch
// is left as Node has it.
if (which === "by hand" || which === "generated") setGlobalDispatcher(new Agent({ connections: Number(inFlight) }));
const call = contenders[which as Contender](rootUrl); // `calls.ts` starts this with a name of its own.
await run(call, Number(inFlight), WARM_UP);
const cpuStart = process.cpuUsage();
const start = performance.now();
const count = await run(call, Number(inFlight), MEASURED);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpuStart);
const cost = { cpu: (user + system) / count, rate: count / seconds };
// Kept connections would keep the process.
process.send?.(cost, () => process.exit());
