/** Calls: one page of instances with the generated client, against other ways to request it. */
import { existsSync } from "node:fs";
import { message, numbers, start } from "./children.js";
import { installPeers, PEERS } from "./peers.js";
import { inTurns } from "./rounds.js";
import type { Benchmark, Comparison } from "./table.js";
import { Unavailable } from "./unavailable.js";

const CANDIDATES = ["by hand", "generated", "fetch", "@googleapis/sqladmin"] as const;

export type Candidate = (typeof CANDIDATES)[number];

const NAMES: { readonly [name in Candidate]: string } = {
  "by hand": "undici.request(url) by hand",
  generated: "generated client",
  fetch: "global fetch",
  "@googleapis/sqladmin": `@googleapis/sqladmin ${PEERS["@googleapis/sqladmin"]}`,
};

interface Cost {
  /** Microseconds of CPU time per request. */
  readonly cpu: number;
  /** Requests per second. */
  readonly rate: number;
}

type Costs = { readonly [name in Candidate]: readonly Cost[] };

export async function calls(rounds: number | undefined): Promise<Benchmark> {
  const client = new URL("../generated/dist/sqladmin/v1beta3/index.js", import.meta.url);
  if (!existsSync(client)) throw new Unavailable("the generated client is not built: run npm run build");
  installPeers(["@googleapis/sqladmin"]);
  const server = start("./calls-server.ts", []);
  try {
    const { port, bytes } = numbers(await message(server), ["port", "bytes"]);
    const rootUrl = `http://127.0.0.1:${port}/`;
    const many = await measure(rootUrl, 64, rounds ?? 5);
    const one = await measure(rootUrl, 1, rounds ?? 5);
    return {
      name: "calls",
      notes: [
        `instances.list, loopback, responses of ${bytes} bytes, a static token, one process per candidate.`,
        "CPU time is that of the candidate's process. The server has its own process.",
      ],
      comparisons: [
        cpu("64 concurrent", many, "by hand", 0.8),
        time("64 concurrent", many, "@googleapis/sqladmin", 1 / 8),
        cpu("1 at a time", one, "by hand"),
        time("1 at a time", one, "@googleapis/sqladmin"),
      ],
    };
  } finally {
    server.kill();
  }
}

async function measure(rootUrl: string, inFlight: number, rounds: number): Promise<Costs> {
  const turns = CANDIDATES.map((name) => async (): Promise<Cost> => {
    const child = start("./calls-client.ts", [name, rootUrl, String(inFlight)]);
    return numbers(await message(child), ["cpu", "rate"]);
  });
  const results = await inTurns(rounds, turns);
  // There is one series per candidate, which the type of fromEntries does not express.
  return Object.fromEntries(CANDIDATES.map((name, index) => [name, results[index] ?? []])) as Costs;
}

function cpu(how: string, costs: Costs, peer: Candidate, budget?: number): Comparison {
  return compare(`CPU time per request, ${how}`, costs, peer, budget, (cost) => cost.cpu, []);
}

/** The inverse of requests per second: less is better. */
function time(how: string, costs: Costs, peer: Candidate, budget?: number): Comparison {
  const rates = CANDIDATES.map((name) => ({
    name: NAMES[name],
    unit: "requests/s",
    values: costs[name].map(({ rate }) => rate),
  }));
  return compare(`time per request, ${how}`, costs, peer, budget, ({ rate }) => 1e6 / rate, rates);
}

function compare(
  title: string,
  costs: Costs,
  peer: Candidate,
  budget: number | undefined,
  figure: (cost: Cost) => number,
  more: NonNullable<Comparison["others"]>,
): Comparison {
  const series = (name: Candidate) => ({ name: NAMES[name], values: costs[name].map(figure), unit: "µs" });
  const others = CANDIDATES.filter((name) => name !== peer && name !== "generated").map(series);
  return { title, unit: "µs", peer: series(peer), ours: series("generated"), budget, others: [...others, ...more] };
}
