/** Calling: one page of instances through the generated client, against other ways to get it. */
import { existsSync } from "node:fs";
import { message, numbers, start } from "./children.js";
import { installPeers, PEERS } from "./peers.js";
import { inTurns } from "./rounds.js";
import type { Benchmark, Comparison } from "./table.js";
import { Unavailable } from "./unavailable.js";

const CONTENDERS = ["by hand", "generated", "fetch", "@googleapis/sqladmin"] as const;

export type Contender = (typeof CONTENDERS)[number];

const NAMES: { readonly [name in Contender]: string } = {
  "by hand": "undici.request(url) by hand",
  generated: "generated client",
  fetch: "global fetch",
  "@googleapis/sqladmin": `@googleapis/sqladmin ${PEERS["@googleapis/sqladmin"]}`,
};

interface Cost {
  /** Microseconds of CPU a request. */
  readonly cpu: number;
  /** Requests a second. */
  readonly rate: number;
}

type Costs = { readonly [name in Contender]: readonly Cost[] };

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
        `instances.list, loopback, answers of ${bytes} bytes, a static token; each contender a process of its own.`,
        "CPU time is that of the contender's process; the server has its own.",
      ],
      comparisons: [
        cpu("64 in flight", many, "by hand", 0.8),
        time("64 in flight", many, "@googleapis/sqladmin", 1 / 8),
        cpu("1 in flight", one, "by hand"),
        time("1 in flight", one, "@googleapis/sqladmin"),
      ],
    };
  } finally {
    server.kill();
  }
}

async function measure(rootUrl: string, inFlight: number, rounds: number): Promise<Costs> {
  const turns = CONTENDERS.map((name) => async (): Promise<Cost> => {
    const child = start("./calls-client.ts", [name, rootUrl, String(inFlight)]);
    return numbers(await message(child), ["cpu", "rate"]);
  });
  const results = await inTurns(rounds, turns);
  // One series for each contender, which fromEntries does not tell.
  return Object.fromEntries(CONTENDERS.map((name, index) => [name, results[index] ?? []])) as Costs;
}

function cpu(how: string, costs: Costs, peer: Contender, budget?: number): Comparison {
  return compare(`CPU time of a request, ${how}`, costs, peer, budget, (cost) => cost.cpu, []);
}

/** Requests a second, turned over: less is better. */
function time(how: string, costs: Costs, peer: Contender, budget?: number): Comparison {
  const rates = CONTENDERS.map((name) => ({
    name: NAMES[name],
    unit: "requests/s",
    values: costs[name].map(({ rate }) => rate),
  }));
  return compare(`time for a request, ${how}`, costs, peer, budget, ({ rate }) => 1e6 / rate, rates);
}

function compare(
  title: string,
  costs: Costs,
  peer: Contender,
  budget: number | undefined,
  figure: (cost: Cost) => number,
  more: NonNullable<Comparison["others"]>,
): Comparison {
  const series = (name: Contender) => ({ name: NAMES[name], values: costs[name].map(figure), unit: "µs" });
  const others = CONTENDERS.filter((name) => name !== peer && name !== "generated").map(series);
  return { title, unit: "µs", peer: series(peer), ours: series("generated"), budget, others: [...others, ...more] };
}
