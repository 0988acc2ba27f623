/** Generating: our command line, types and classes, against the command lines of OpenAPI generators. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readDocument } from "../generator/src/discovery/read.js";
import { buildModel } from "../generator/src/model/build.js";
import { openapiDocument } from "../generator/src/openapi/document.js";
import { installPeers, peerPath, PEERS } from "./peers.js";
import { inTurns, wallTime } from "./rounds.js";
import type { Benchmark, Comparison } from "./table.js";
import { Unavailable } from "./unavailable.js";

const documents = fileURLToPath(new URL("../../shared/discovery/2026/", import.meta.url));
/** What runs `@hey-api/openapi-ts`, and us beside it. */
const newerNode = isAtLeast(22, 18) ? process.execPath : peerPath("node", "bin/node");
const discogen = fileURLToPath(new URL("../generator/bin/discogen.js", import.meta.url));

export async function generate(rounds: number | undefined): Promise<Benchmark> {
  if (!existsSync(documents)) throw new Unavailable(`${documents} is not here: the documents to generate from`);
  if (!existsSync(fileURLToPath(new URL("../generator/dist/cli/main.js", import.meta.url)))) {
    throw new Unavailable("the generator is not built: run npm run build");
  }
  installPeers([
    "typescript",
    "openapi-typescript",
    "@hey-api/openapi-ts",
    ...(isAtLeast(22, 18) ? [] : (["node"] as const)),
  ]);
  const work = mkdtempSync(join(tmpdir(), "discogen-bench-"));
  try {
    const files = readdirSync(documents)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(documents, name));
    const peerFiles = new Map(files.map((file) => [file, convert(file, work)]));
    const comparisons = [
      await oneLarge(join(documents, "aiplatform.v1.json"), peerFiles, work, rounds ?? 5),
      await all(files, peerFiles, work, rounds ?? 3),
    ];
    const notes = [
      "Whole processes from a cold start; peers read the same documents as OpenAPI 3.1 (`discogen openapi`), ours the originals.",
      ...(newerNode === process.execPath
        ? []
        : [`@hey-api/openapi-ts needs Node 22.18: it and we run on Node ${PEERS.node} where it is the peer.`]),
    ];
    return { name: "generate", notes, comparisons };
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

async function oneLarge(
  file: string,
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
    title: "aiplatform.v1, 3.8 MB",
    unit: "ms",
    peer: { name: `openapi-typescript ${PEERS["openapi-typescript"]}, types alone`, values: peer },
    ours: { name: "discogen, types and classes", values: ours },
    budget: 0.5,
  };
}

async function all(
  files: readonly string[],
  peerFiles: ReadonlyMap<string, string>,
  work: string,
  rounds: number,
): Promise<Comparison> {
  const out = join(work, "peer");
  const config = join(work, "openapi-ts.config.mjs");
  const jobs = files.map((file) => ({
    input: peerFiles.get(file),
    output: join(out, basename(file, ".json")),
    logs: { level: "silent" },
    plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
  }));
  writeFileSync(config, `export default ${JSON.stringify(jobs)};\n`);
  // Its executable would only start this file in a second process.
  const cli = peerPath("@hey-api/openapi-ts", "dist/run.mjs");
  const isOther = newerNode !== process.execPath;
  const [peer = [], ours = [], here = []] = await inTurns(rounds, [
    () => {
      rmSync(out, { recursive: true, force: true });
      return wallTime(newerNode, [cli, "--file", config]);
    },
    () => ourTime(newerNode, files, work),
    ...(isOther ? [() => ourTime(process.execPath, files, work)] : []),
  ]);
  if (readdirSync(out).length !== files.length)
    throw new Error(`@hey-api/openapi-ts wrote ${readdirSync(out).length} of ${files.length}`);
  return {
    title: `all of 2026, ${files.length} documents, one process`,
    unit: "ms",
    peer: { name: `@hey-api/openapi-ts ${PEERS["@hey-api/openapi-ts"]}, types, sdk, client`, values: peer },
    ours: { name: "discogen, types and classes", values: ours },
    budget: 0.2,
    others: isOther ? [{ name: `discogen on Node ${process.versions.node}`, unit: "ms", values: here }] : [],
  };
}

/** Into a folder that is not there: everything is written. */
function ourTime(node: string, files: readonly string[], work: string): number {
  const out = join(work, "ours");
  rmSync(out, { recursive: true, force: true });
  return wallTime(node, [discogen, "generate", ...files, "--out", out]);
}

function isAtLeast(major: number, minor: number): boolean {
  const [ourMajor = 0, ourMinor = 0] = process.versions.node.split(".").map(Number);
  return ourMajor > major || (ourMajor === major && ourMinor >= minor);
}
