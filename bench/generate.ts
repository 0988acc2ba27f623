/** Generating: our command line, types and classes, against the command lines of OpenAPI generators. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readDocument } from "../generator/src/discovery/read.js";
import { buildModel } from "../generator/src/model/build.js";
import { openapiDocument } from "../generator/src/openapi/document.js";
import { installPeers, peerPath, PEERS } from "./peers.js";
import { inTurns, peakMemory, wallTime } from "./rounds.js";
import type { Benchmark, Comparison, Limit } from "./table.js";
import { Unavailable } from "./unavailable.js";

const documents = fileURLToPath(new URL("../../shared/discovery/2026/", import.meta.url));
/** What runs `@hey-api/openapi-ts`, and us beside it. */
const newerNode = isAtLeast(22, 18) ? process.execPath : peerPath("node", "bin/node");
const small = fileURLToPath(new URL("../generator/documents/sqladmin.v1beta3.json", import.meta.url));
const discogen = fileURLToPath(new URL("../generator/bin/discogen.js", import.meta.url));

export async function generate(rounds: number | undefined): Promise<Benchmark> {
  if (!existsSync(documents)) throw new Unavailable(`${documents} is not here: the documents to generate from`);
  if (!existsSync(fileURLToPath(new URL("../generator/dist/cli/main.js", import.meta.url)))) {
    throw new Unavailable("the generator is not built: run npm run build");
  }
  installPeers(["openapi-typescript", "@hey-api/openapi-ts", ...(isAtLeast(22, 18) ? [] : (["node"] as const))]);
  const work = mkdtempSync(join(tmpdir(), "discogen-bench-"));
  try {
    const files = readdirSync(documents)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(documents, name));
    const peerFiles = new Map([...files, small].map((file) => [file, convert(file, work)]));
    const alone = [
      await one("sqladmin.v1beta3, 72 kB", small, 0.6, peerFiles, work, rounds ?? 9),
      await one("aiplatform.v1, 3.8 MB", join(documents, "aiplatform.v1.json"), 0.5, peerFiles, work, rounds ?? 5),
    ];
    const together = await all(files, peerFiles, work, rounds ?? 3);
    const notes = [
      "Whole processes from a cold start; peers read the same documents as OpenAPI 3.1 (`discogen openapi`), ours the originals.",
      ...(newerNode === process.execPath
        ? []
        : [`@hey-api/openapi-ts needs Node 22.18: all of 2026 is done on Node ${PEERS.node}.`]),
    ];
    return { name: "generate", notes, comparisons: [...alone, ...together.comparisons], limits: together.limits };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Writes a document as OpenAPI and tells where. */
function convert(file: string, work: string): string {
  const { document } = readDocument(readFileSync(file, "utf8"), file);
  const folder = join(work, "openapi");
  mkdirSync(folder, { recursive: true });
  const target = join(folder, basename(file));
  writeFileSync(target, JSON.stringify(openapiDocument(buildModel(document, {}, () => undefined))));
  return target;
}

/** One document, a process of its own. */
async function one(
  title: string,
  file: string,
  budget: number,
  peerFiles: ReadonlyMap<string, string>,
  work: string,
  rounds: number,
): Promise<Comparison> {
  const cli = peerPath("openapi-typescript", "bin/cli.js");
  const [peer = [], ours = []] = await inTurns(rounds, [
    () => wallTime(process.execPath, [cli, peerFiles.get(file) ?? "", "--output", join(work, "peer.ts")]),
    () => ourTime(process.execPath, [file], work),
  ]);
  return {
    title,
    unit: "ms",
    peer: { name: `openapi-typescript ${PEERS["openapi-typescript"]}, types alone`, values: peer },
    ours: { name: OURS, values: ours },
    budget,
  };
}

/** All documents, in one process. */
async function all(
  files: readonly string[],
  peerFiles: ReadonlyMap<string, string>,
  work: string,
  rounds: number,
): Promise<{ readonly comparisons: readonly Comparison[]; readonly limits: readonly Limit[] }> {
  const heyOut = join(work, "hey-api");
  const typesOut = join(work, "openapi-typescript");
  const config = join(work, "openapi-ts.config.mjs");
  const jobs = files.map((file) => ({
    input: peerFiles.get(file),
    output: join(heyOut, basename(file, ".json")),
    logs: { level: "silent" },
    plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
  }));
  writeFileSync(config, `export default ${JSON.stringify(jobs)};\n`);
  // Its executable would only start this file in a second process.
  const hey = peerPath("@hey-api/openapi-ts", "dist/run.mjs");
  const types = fileURLToPath(new URL("./openapi-typescript-all.ts", import.meta.url));
  const inputs = files.map((file) => peerFiles.get(file) ?? "");
  const isOther = newerNode !== process.execPath;
  const [heyTime = [], typesTime = [], first = [], second = [], memory = [], firstHere = []] = await inTurns(rounds, [
    () => {
      emptied(heyOut);
      return wallTime(newerNode, [hey, "--file", config]);
    },
    () => {
      emptied(typesOut);
      const entry = peerPath("openapi-typescript", "dist/index.mjs");
      return wallTime(newerNode, [types, entry, typesOut, ...inputs]);
    },
    () => ourTime(newerNode, files, work),
    // Into what the turn before it wrote.
    () => wallTime(newerNode, ourArguments(files, work)),
    () => {
      emptied(join(work, "ours"));
      return peakMemory(newerNode, ourArguments(files, work));
    },
    ...(isOther ? [() => ourTime(process.execPath, files, work)] : []),
  ]);
  for (const out of [heyOut, typesOut]) {
    const { length } = readdirSync(out);
    if (length !== files.length) throw new Error(`${out} has ${length} of ${files.length}`);
  }
  const title = `All of 2026, ${files.length} documents, one process`;
  const ours = { name: OURS, values: first };
  return {
    comparisons: [
      {
        title,
        unit: "ms",
        peer: { name: `@hey-api/openapi-ts ${PEERS["@hey-api/openapi-ts"]}, types, sdk, client`, values: heyTime },
        ours,
        budget: 0.1,
        others: isOther ? [{ name: `discogen on Node ${process.versions.node}`, unit: "ms", values: firstHere }] : [],
      },
      {
        title,
        unit: "ms",
        peer: { name: `openapiTS() ${PEERS["openapi-typescript"]}, types alone`, values: typesTime },
        ours,
        budget: 0.2,
      },
      {
        title: `${title}, where nothing changed`,
        unit: "ms",
        peer: { name: "discogen, first run", values: first },
        ours: { name: "discogen, second run", values: second },
        budget: 0.15,
      },
    ],
    limits: [{ title: `${title}: peak memory`, unit: "MB", ours: { name: OURS, values: memory }, limit: 400 }],
  };
}

const OURS = "discogen, types and classes";

function emptied(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

/** Into a folder that is empty: everything is written. */
function ourTime(node: string, files: readonly string[], work: string): number {
  emptied(join(work, "ours"));
  return wallTime(node, ourArguments(files, work));
}

function ourArguments(files: readonly string[], work: string): readonly string[] {
  return [discogen, "generate", ...files, "--out", join(work, "ours")];
}

function isAtLeast(major: number, minor: number): boolean {
  const [ourMajor = 0, ourMinor = 0] = process.versions.node.split(".").map(Number);
  return ourMajor > major || (ourMajor === major && ourMinor >= minor);
}
