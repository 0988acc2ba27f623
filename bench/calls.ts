/** Calling: one page of instances through the generated client, against the same request through undici by hand. */
import { existsSync } from "node:fs";
import { message, numbers, start } from "./children.js";
import { inTurns } from "./rounds.js";
import type { Benchmark } from "./table.js";
import { Unavailable } from "./unavailable.js";

interface Cost {
  /** Microseconds of CPU a request. */
  readonly cpu: number;
  /** Requests a second. */
  readonly rate: number;
}

export async function calls(rounds: number | undefined): Promise<Benchmark> {
  const client = new URL("../generated/dist/sqladmin/v1beta3/index.js", import.meta.url);
  if (!existsSync(client)) throw new Unavailable("the generated client is not built: run npm run build");
  const server = start("./calls-server.ts", []);
  try {
    const { port, bytes } = numbers(await message(server), ["port", "bytes"]);
    const measure = (which: string) => async (): Promise<Cost> => {
      const child = start("./calls-client.ts", [which, `http://127.0.0.1:${port}/`]);
      return numbers(await message(child), ["cpu", "rate"]);
    };
    const [peer = [], ours = []] = await inTurns(rounds ?? 7, [measure("by hand"), measure("generated")]);
    return {
      name: "calls",
      notes: [
        `instances.list, 64 in flight over 64 connections, loopback, answers of ${bytes} bytes; each contender a process of its own.`,
      ],
      comparisons: [
        {
          title: "CPU time of a request",
          unit: "µs",
          peer: { name: "undici.request(url) by hand", values: peer.map(({ cpu }) => cpu) },
          ours: { name: "generated client", values: ours.map(({ cpu }) => cpu) },
          budget: 1,
          others: [
            { name: "requests a second, by hand", unit: "/s", values: peer.map(({ rate }) => rate) },
            { name: "requests a second, generated client", unit: "/s", values: ours.map(({ rate }) => rate) },
          ],
        },
      ],
    };
  } finally {
    server.kill();
  }
}
