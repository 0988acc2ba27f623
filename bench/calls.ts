/** Calling: one page of instances through the generated client, against the same request through undici by hand. */
import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
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

function start(file: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: ["--import", "tsx"] });
}

/** The first message of a process; fails when it ends without one. */
function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${child.spawnargs.at(-2) ?? "a process"} exited with ${code}`)));
  });
}

/** What a process sent, checked. */
function numbers<Name extends string>(sent: unknown, names: readonly Name[]): { [name in Name]: number } {
  const found = new Map(Object.entries(typeof sent === "object" && sent !== null ? sent : {}));
  const pairs = names.map((name) => {
    const value: unknown = found.get(name);
    if (typeof value !== "number") throw new Error(`no ${name} in ${JSON.stringify(sent)}`);
    return [name, value] as const;
  });
  // One entry for each name, which fromEntries does not tell.
  return Object.fromEntries(pairs) as { [name in Name]: number };
}
