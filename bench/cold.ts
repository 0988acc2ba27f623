/** Cold starts: import of the generated client, first response, and bundle size, against Google's own package. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../scripts/bundle.js";
import { message, numbers, start } from "./children.js";
import { deployed, EMPTY, importing, responding } from "./cold-programs.js";
import { installPeers, peerPath, PEERS } from "./peers.js";
import { inTurns } from "./rounds.js";
import type { Benchmark, Comparison, Limit } from "./table.js";
import { Unavailable } from "./unavailable.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const peerName = `@googleapis/sqladmin ${PEERS["@googleapis/sqladmin"]}`;

export async function cold(rounds: number | undefined): Promise<Benchmark> {
  if (!existsSync(join(root, "generated/dist/sqladmin/v1beta3/index.js")))
    throw new Unavailable("the generated client is not built: run npm run build");
  installPeers(["@googleapis/sqladmin"]);
  const work = mkdtempSync(join(tmpdir(), "discogen-bench-"));
  const server = start("./calls-server.ts", []);
  try {
    const { port } = numbers(await message(server), ["port"]);
    installOurs(work);
    const peer = peerPath("@googleapis/sqladmin", "build/index.js");
    const program = (name: string, text: string) => {
      writeFileSync(join(work, `${name}.mjs`), text);
      return () => run(join(work, `${name}.mjs`), [`http://127.0.0.1:${port}/`]);
    };
    const times = await inTurns(rounds ?? 11, [
      program("empty", EMPTY),
      program("import-peer", importing.peer(peer)),
      program("import-ours", importing.ours),
      program("response-peer", responding.peer(peer)),
      program("response-ours", responding.ours),
    ]);
    const [empty = [], importPeer = [], importOurs = [], responsePeer = [], responseOurs = []] = times;
    const nodeAlone = [
      { name: "start of Node alone", unit: "ms", values: empty.map(({ printed }) => printed) },
      { name: "complete process, Node alone", unit: "ms", values: empty.map(({ wall }) => wall) },
    ];
    return {
      name: "cold",
      notes: [
        "A new process each time, with files in the page cache. Our packages are packed as for npm.",
        "First response: one page of instances, loopback, a static token, measured from the process start.",
      ],
      comparisons: [
        compare("import of client and authentication", importPeer, importOurs, 0.15, nodeAlone),
        compare("process start to first response", responsePeer, responseOurs, 0.55, nodeAlone),
        ...(await bundles(work)),
        ...installed(installPeer(work), work),
      ],
      limits: [await workerBundle(work)],
    };
  } finally {
    server.kill();
    rmSync(work, { recursive: true, force: true });
  }
}

/** Packs our packages and installs them like a user. */
function installOurs(work: string): void {
  npm(root, [
    "pack",
    "--workspace",
    "runtime",
    "--workspace",
    "generated",
    "--pack-destination",
    work,
    "--ignore-scripts",
  ]);
  const packed = readdirSync(work).filter((name) => name.endsWith(".tgz"));
  const { dependencies = {} } = manifest(join(root, "runtime"));
  // The versions installed in this repository.
  const others = Object.keys(dependencies).map((name) => {
    return `${name}@${String(manifest(join(root, "node_modules", name)).version)}`;
  });
  install(work, [...packed.map((name) => `./${name}`), ...others]);
}

/** Installs only the peer, to measure the size of a project that uses nothing else. */
function installPeer(work: string): string {
  const folder = join(work, "peer");
  mkdirSync(folder);
  install(folder, [`@googleapis/sqladmin@${PEERS["@googleapis/sqladmin"]}`]);
  return folder;
}

function install(folder: string, packages: readonly string[]): void {
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  npm(folder, ["install", "--prefer-offline", "--no-audit", "--no-fund", ...packages]);
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: { readonly [name: string]: string };
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest; // npm has checked it
}

function npm(folder: string, args: readonly string[]): void {
  const { error, status, stderr } = spawnSync("npm", args, {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`npm ${args.join(" ")} exited with ${status}: ${stderr.slice(-2000)}`);
}

interface Time {
  /** The time that the program prints, in milliseconds. */
  readonly printed: number;
  /** The time of the complete process, in milliseconds. */
  readonly wall: number;
}

function run(file: string, args: readonly string[]): Time {
  const start = performance.now();
  const { error, stderr, stdout } = spawnSync(process.execPath, [file, ...args], { encoding: "utf8" });
  const wall = performance.now() - start;
  if (error !== undefined) throw error;
  const printed = Number.parseFloat(stdout);
  if (Number.isNaN(printed)) throw new Error(`${file} printed no time: ${stdout}${stderr.slice(-2000)}`);
  return { printed, wall };
}

function compare(
  title: string,
  peer: readonly Time[],
  ours: readonly Time[],
  budget: number,
  others: NonNullable<Comparison["others"]>,
): Comparison {
  const wall = (name: string, times: readonly Time[]) => ({
    name: `complete process, ${name}`,
    unit: "ms",
    values: times.map(({ wall }) => wall),
  });
  return {
    title,
    unit: "ms",
    peer: { name: peerName, values: peer.map(({ printed }) => printed) },
    ours: { name: "generated client", values: ours.map(({ printed }) => printed) },
    budget,
    others: [wall("peer", peer), wall("generated client", ours), ...others],
  };
}

const one = (name: string, value: number) => ({ name, values: [value] });

/** Compares sizes, which are the same each time. */
function sizeOf(title: string, unit: string, peer: number, ours: number, budget: number): Comparison {
  return { title, unit, peer: one(peerName, peer), ours: one("generated client", ours), budget };
}

/** Compares bundles. The peer's bundle always contains all kinds of authentication. */
async function bundles(work: string): Promise<readonly Comparison[]> {
  const peer = await bundle(peerPath("@googleapis/sqladmin", ""), deployed.peer);
  const compared = async (
    credentials: string,
    program: string,
    budget: number,
    zipped: number,
  ): Promise<readonly Comparison[]> => {
    const ours = await bundle(work, program);
    const title = `list instances as one file, minified by esbuild for Node, authenticated with a ${credentials}`;
    return [
      sizeOf(title, "KiB", peer.bytes / 1024, ours.bytes / 1024, budget),
      sizeOf(`${title}, gzipped`, "KiB", peer.gzipped / 1024, ours.gzipped / 1024, zipped),
    ];
  };
  return [
    ...(await compared("token", deployed.withToken, 0.6, 0.8)),
    ...(await compared("key file", deployed.withKey, 0.68, 0.9)),
  ];
}

/** Measures the bundle for workers, which uses only `fetch`. */
async function workerBundle(work: string): Promise<Limit> {
  const { bytes, gzipped } = await bundle(work, deployed.withToken, "worker");
  return {
    title: "list instances as one file, minified by esbuild for workers, authenticated with a token",
    unit: "KB",
    ours: one("generated client", bytes / 1000),
    limit: 45,
    others: [{ ...one("gzipped", gzipped / 1000), unit: "KB" }],
  };
}

/** Compares what npm installs for a project that uses only the client. */
function installed(peer: string, ours: string): readonly Comparison[] {
  return [
    sizeOf("installed size", "KiB", installedBytes(peer) / 1024, installedBytes(ours) / 1024, 0.25),
    sizeOf("installed packages", "packages", installedPackages(peer), installedPackages(ours), 0.25),
  ];
}

function installedBytes(folder: string): number {
  return readdirSync(join(folder, "node_modules"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { name, parentPath }) => sum + statSync(join(parentPath, name)).size, 0);
}

function installedPackages(folder: string): number {
  const text = readFileSync(join(folder, "node_modules/.package-lock.json"), "utf8");
  const { packages } = JSON.parse(text) as { readonly packages: object }; // npm writes it
  return Object.keys(packages).length;
}
