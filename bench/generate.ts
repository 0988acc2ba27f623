/** `discogen generate`, which writes types and classes, against the command lines of OpenAPI generators. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readDocument } from "../generator/src/discovery/read.js";
import { buildModel } from "../generator/src/model/build.js";
import { openapiDocument } from "../generator/src/openapi/document.js";
import { installPeers, peerPath, PEERS } from "./peers.js";
import { inTurns, measure, type Usage } from "./rounds.js";
import type { Benchmark, Comparison, Limit, Series } from "./table.js";
import { Unavailable } from "./unavailable.js";

const documents = fileURLToPath(new URL("../../shared/discovery/2026/", import.meta.url));
/** `@hey-api/openapi-ts` needs Node 22.18. */
const newerNode = isAtLeast(22, 18) ? process.execPath : peerPath("node", "bin/node");
const small = fileURLToPath(new URL("../generator/documents/sqladmin.v1beta3.json", import.meta.url));
const discogen = fileURLToPath(new URL("../generator/bin/discogen.js", import.meta.url));

const OURS = "discogen, types and classes";
const TYPES_PEER = `openapi-typescript ${PEERS["openapi-typescript"]}, types alone`;
const HEY_PEER = `@hey-api/openapi-ts ${PEERS["@hey-api/openapi-ts"]}, types, sdk, client`;

/** The maximum of our time, as a ratio to the peer's. */
const BUDGETS = { small: 0.4, large: 0.4, heyApi: 0.1, openapiTypescript: 0.2, secondRun: 0.08 } as const;
const MEMORY_BUDGET = 400;

export async function generate(rounds: number | undefined): Promise<Benchmark> {
  if (!existsSync(documents))
    throw new Unavailable(`${documents} is missing: it contains the documents to generate from`);
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
    const large = join(documents, "aiplatform.v1.json");
    const comparisons = [
      await one("sqladmin.v1beta3, 72 kB", small, BUDGETS.small, peerFiles, work, rounds ?? 9),
      await one("aiplatform.v1, 3.8 MB", large, BUDGETS.large, peerFiles, work, rounds ?? 5),
    ];
    const together = await all(files, peerFiles, work, rounds ?? 3);
    const notes = [
      "Complete processes from a cold start. Peers read the same documents as OpenAPI 3.1 (`discogen openapi`).",
      ...(newerNode === process.execPath
        ? []
        : [`@hey-api/openapi-ts needs Node 22.18: it runs on Node ${PEERS.node}, the others on both.`]),
    ];
    return {
      name: "generate",
      notes,
      comparisons: [...comparisons, ...together.comparisons],
      limits: together.limits,
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Writes a document as OpenAPI and returns the path. */
function convert(file: string, work: string): string {
  const { document } = readDocument(readFileSync(file, "utf8"), file);
  const folder = join(work, "openapi");
  mkdirSync(folder, { recursive: true });
  const target = join(folder, basename(file));
  writeFileSync(target, JSON.stringify(openapiDocument(buildModel(document, {}, () => undefined))));
  return target;
}

/** Compares on one document. */
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
    () => measure(process.execPath, [cli, peerFiles.get(file) ?? "", "--output", join(work, "peer.ts")]),
    () => firstRun(process.execPath, [file], work),
  ]);
  return comparisonOf(title, TYPES_PEER, peer, OURS, ours, budget);
}

/** Compares on all documents in one process: on this Node and, if this one is too old for a peer, on a newer one. */
async function all(
  files: readonly string[],
  peerFiles: ReadonlyMap<string, string>,
  work: string,
  rounds: number,
): Promise<{ readonly comparisons: readonly Comparison[]; readonly limits: readonly Limit[] }> {
  const inputs = files.map((file) => peerFiles.get(file) ?? "");
  const heyOut = join(work, "hey-api");
  const typesOut = join(work, "openapi-typescript");
  const hey = heyArguments(files, peerFiles, work, heyOut);
  const types = [
    fileURLToPath(new URL("./openapi-typescript-all.ts", import.meta.url)),
    peerPath("openapi-typescript", "dist/index.mjs"),
    typesOut,
    ...inputs,
  ];
  // Node 20 cannot run TypeScript by itself.
  const loader = isAtLeast(22, 18) ? [] : ["--import", import.meta.resolve("tsx")];
  const nodes = [
    { name: newerNode === process.execPath ? process.versions.node : PEERS.node, path: newerNode, loader: [] },
    ...(newerNode === process.execPath ? [] : [{ name: process.versions.node, path: process.execPath, loader }]),
  ];
  const [heyUsage = [], ...usages] = await inTurns(rounds, [
    () => {
      emptied(heyOut);
      return measure(newerNode, [hey.program, "--file", hey.config]);
    },
    ...nodes.flatMap(({ path, loader }) => [
      () => {
        emptied(typesOut);
        return measure(path, [...loader, ...types]);
      },
      () => firstRun(path, files, work),
      // Into the folder that the turn before it wrote.
      () => measure(path, ourArguments(files, work)),
    ]),
  ]);
  for (const out of [heyOut, typesOut]) {
    const { length } = readdirSync(out);
    if (length !== files.length) throw new Error(`${out} has ${length} of ${files.length}`);
  }
  const results = nodes.map(({ name, path }, index) => {
    const [typesUsage = [], first = [], second = []] = usages.slice(3 * index, 3 * index + 3);
    const title = `All of 2026, ${files.length} documents, one process, Node ${name}`;
    return {
      comparisons: [
        // Without a budget if the peer ran on another Node.
        comparisonOf(title, HEY_PEER, heyUsage, OURS, first, path === newerNode ? BUDGETS.heyApi : undefined),
        comparisonOf(title, TYPES_PEER, typesUsage, OURS, first, BUDGETS.openapiTypescript),
        comparisonOf(
          `${title}, nothing changed`,
          "discogen, first run",
          first,
          "discogen, second run",
          second,
          BUDGETS.secondRun,
        ),
      ],
      limit: {
        title: `${title}: peak memory`,
        unit: "MB",
        ours: { name: OURS, values: first.map(({ memory }) => memory) },
        limit: MEMORY_BUDGET,
      },
    };
  });
  return { comparisons: results.flatMap(({ comparisons }) => comparisons), limits: results.map(({ limit }) => limit) };
}

/** Times with a budget, and processor times without one. */
function comparisonOf(
  title: string,
  peerName: string,
  peer: readonly Usage[],
  ourName: string,
  ours: readonly Usage[],
  budget: number | undefined,
): Comparison {
  const cpu = (name: string, usages: readonly Usage[]): Series & { readonly unit: string } => ({
    name: `processor time, ${name}`,
    unit: "ms",
    values: usages.map((usage) => usage.cpu),
  });
  return {
    title,
    unit: "ms",
    peer: { name: peerName, values: peer.map(({ time }) => time) },
    ours: { name: ourName, values: ours.map(({ time }) => time) },
    budget,
    others: [cpu("peer", peer), cpu("discogen", ours)],
  };
}

/** Its executable would only start `program` in a second process. */
function heyArguments(
  files: readonly string[],
  peerFiles: ReadonlyMap<string, string>,
  work: string,
  out: string,
): { readonly program: string; readonly config: string } {
  const config = join(work, "openapi-ts.config.mjs");
  const jobs = files.map((file) => ({
    input: peerFiles.get(file),
    output: join(out, basename(file, ".json")),
    logs: { level: "silent" },
    plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
  }));
  writeFileSync(config, `export default ${JSON.stringify(jobs)};\n`);
  return { program: peerPath("@hey-api/openapi-ts", "dist/run.mjs"), config };
}

function emptied(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

/** Generates into an empty folder. */
function firstRun(node: string, files: readonly string[], work: string): Usage {
  emptied(join(work, "ours"));
  return measure(node, ourArguments(files, work));
}

function ourArguments(files: readonly string[], work: string): readonly string[] {
  return [discogen, "generate", ...files, "--out", join(work, "ours")];
}

function isAtLeast(major: number, minor: number): boolean {
  const [ourMajor = 0, ourMinor = 0] = process.versions.node.split(".").map(Number);
  return ourMajor > major || (ourMajor === major && ourMinor >= minor);
}
