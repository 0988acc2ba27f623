/** One contender: lists instances again and again, and tells what a request costs. Arguments: which, root URL. */
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import { AccessTokenCredentials } from "@discogen/runtime/auth";
import { Agent, request, setGlobalDispatcher } from "undici";

const IN_FLIGHT = 64;
const WARM_UP = 20_000;
const MEASURED = 30_000;

// One for both: the generated client goes through the global dispatcher too.
setGlobalDispatcher(new Agent({ connections: IN_FLIGHT }));

/** Gives the number of instances of one page. */
type Call = () => Promise<number>;

function byHand(rootUrl: string): Call {
  const url = `${rootUrl}sql/v1beta3/projects/example-123/instances`;
  const headers = { authorization: "Bearer ya29.benchmark", accept: "application/json" };
  return async () => {
    const { statusCode, body } = await request(url, { headers });
    if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
    const page = (await body.json()) as { items: unknown[] }; // What the server of this benchmark answers.
    return page.items.length;
  };
}

function generated(rootUrl: string): Call {
  const client = new SQLAdminClient({ auth: new AccessTokenCredentials("ya29.benchmark"), rootUrl });
  return async () => (await client.instances.list({ project: "example-123" })).items?.length ?? 0;
}

async function run(call: Call, count: number): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      if ((await call()) !== 3) throw new Error("a page came without its three instances");
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

const [which, rootUrl = ""] = process.argv.slice(2);
const call = which === "generated" ? generated(rootUrl) : byHand(rootUrl);
await run(call, WARM_UP);
const cpuStart = process.cpuUsage();
const start = performance.now();
await run(call, MEASURED);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpuStart);
const cost = { cpu: (user + system) / MEASURED, rate: MEASURED / seconds };
// The agent would keep its connections, and so the process.
process.send?.(cost, () => process.exit());
