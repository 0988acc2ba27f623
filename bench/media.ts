/** Media: downloads to and uploads from files, against plain undici and Google's clients of Cloud Storage. */
import { existsSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { message, numbers, start } from "./children.js";
import { installPeers } from "./peers.js";
import { inTurns } from "./rounds.js";
import type { Benchmark, Comparison } from "./table.js";

interface Cost {
  /** The time of the transfer in milliseconds. */
  readonly time: number;
  /** The peak memory of the process in MB. */
  readonly memory: number;
}

const MB = 1_000_000;

/** The size in bytes. The environment can set a smaller one, to test the benchmark itself. */
const size = Number(process.env["BENCH_MEDIA_SIZE"] ?? 256 * MB);
const small = Math.min(size, 64 * MB);
const large = size < 256 * MB ? size : 2000 * MB;

export async function media(rounds: number | undefined): Promise<Benchmark> {
  installPeers(["@googleapis/storage", "@google-cloud/storage"]);
  // In memory if possible, to avoid measuring the disk.
  const folder = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "discogen-bench-"));
  const server = start("./media-server.ts", []);
  try {
    const { port } = numbers(await message(server), ["port"]);
    for (const bytes of new Set([MB, size, small, large])) await fill(join(folder, `from-${bytes}`), bytes);
    const turn =
      (which: string, bytes = size) =>
      async (): Promise<Cost> => {
        const file = (size: number) => join(folder, which.endsWith("download") ? "to" : `from-${size}`);
        const child = start("./media-client.ts", [
          which,
          `http://127.0.0.1:${port}/`,
          String(bytes),
          file(bytes),
          file(MB),
        ]);
        return numbers(await message(child), ["time", "memory"]);
      };
    const names = [
      "counted download",
      "bare download",
      "our download",
      "bare upload",
      "our upload",
      "@googleapis/storage upload",
      "@google-cloud/storage upload",
    ] as const;
    const costs = await inTurns(rounds ?? 7, [
      ...names.map((name) => turn(name)),
      turn("our download", small),
      turn("our download", large),
      turn("our upload", small),
      turn("our upload", large),
    ]);
    return table(
      Object.fromEntries(
        [...names, "small download", "large download", "small upload", "large upload"].map((name, index) => [
          name,
          costs[index] ?? [],
        ]),
      ),
    );
  } finally {
    server.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(path: string, bytes: number): Promise<void> {
  const file = await open(path, "w");
  const block = Buffer.alloc(MB, 7);
  for (let at = 0; at < bytes; at += MB) await file.write(block, 0, Math.min(MB, bytes - at));
  await file.close();
}

function table(costs: Readonly<Record<string, readonly Cost[]>>): Benchmark {
  const times = (name: string) => ({ name, values: (costs[name] ?? []).map(({ time }) => time) });
  const memory = (name: string) => (costs[name] ?? []).map((cost) => cost.memory);
  const rate = (name: string) => ({
    name: `${name}, MB/s`,
    unit: "MB/s",
    values: times(name).values.map((time) => size / MB / (time / 1000)),
  });
  const compared = (title: string, ours: string, peer: string, factor: number, more: string[] = []): Comparison => ({
    title: `${title}: at least ${factor} times the MB/s`,
    unit: "ms",
    ours: times(ours),
    peer: times(peer),
    // Compares times: less is better.
    budget: 1 / factor,
    others: [peer, ours, ...more].map(rate),
  });
  const difference = (a: string, b: string) => memory(a).map((value, round) => value - (memory(b)[round] ?? NaN));
  return {
    name: "media",
    notes: [
      `${size / MB} MB over loopback, files in memory, chunks of 8 MiB, one process per candidate, after a warm-up.`,
      "bare: plain undici dispatch, which writes each chunk to the file, or sends chunks from one buffer.",
    ],
    comparisons: [
      // The counted download does not write the file, so it shows the cost of writing.
      compared("Download to a file", "our download", "bare download", 0.9, ["counted download"]),
      compared("Resumable upload of a file", "our upload", "@googleapis/storage upload", 1.3),
      compared("Resumable upload of a file", "our upload", "@google-cloud/storage upload", 1.5),
    ],
    limits: [
      limit("Peak memory above the bare program", "our download", difference("our download", "bare download")),
      limit("Peak memory above the bare program", "our upload", difference("our upload", "bare upload")),
      limit(
        `Peak memory at ${large / MB} MB above that at ${small / MB} MB`,
        "our download",
        difference("large download", "small download"),
      ),
      limit(
        `Peak memory at ${large / MB} MB above that at ${small / MB} MB`,
        "our upload",
        difference("large upload", "small upload"),
      ),
    ],
  };
}

function limit(title: string, name: string, values: readonly number[]) {
  return { title, unit: "MB", ours: { name, values }, limit: 20 };
}
