/** The table of the README: one program with our client, with `googleapis` and with `@googleapis/sqladmin`. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../scripts/bundle.js";
import { type CheckCost, checkCost } from "../scripts/check-cost.js";
import { install } from "../scripts/type-check.js";
import { editorMemory } from "./editor.js";
import { installedBytes, installedPackages, installOurs } from "./cold.js";
import { MISTAKES } from "./mistakes.js";
import { installPeers, peerFolder, peerPath, PEERS } from "./peers.js";
import { inTurns } from "./rounds.js";
import type { Benchmark, Comparison } from "./table.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const PROGRAM = "bench-program";

/** A client that is measured. */
interface Side {
  readonly name: string;
  /** The folder that npm installed its packages in. */
  readonly installed: string;
  /** The folder of the program. */
  readonly folder: string;
  /** Modules with the client and its authentication. */
  readonly modules: readonly string[];
  /** Type packages that its declarations need. */
  readonly types: readonly string[];
  /** Lists instances. Takes the type annotation of its parameter, which is empty in JavaScript. */
  readonly program: (annotation: string) => string;
  /** Declares `instances` and `instance`. */
  readonly head: string;
  readonly mistakes: readonly string[];
}

export async function googleapis(rounds = 3): Promise<Benchmark> {
  installPeers(["googleapis", "@googleapis/sqladmin"]);
  const work = await mkdtemp(join(tmpdir(), "discogen-bench-"));
  try {
    installOurs(work);
    const sides: Sides = [
      ourSide(work),
      await peerSide(work, "googleapis", 'import { google } from "googleapis";\nconst { sqladmin } = google;\n'),
      await peerSide(work, "@googleapis/sqladmin", 'import { sqladmin } from "@googleapis/sqladmin";\n'),
    ];
    return {
      name: "googleapis",
      notes: [
        "A program that lists Cloud SQL instances (v1), checked by TypeScript 5.9; Google's clients need the types of Node.",
        `Mistakes: ${MISTAKES.map(({ name }) => name).join("; ")}.`,
      ],
      comparisons: [
        ...sizes(sides),
        ...(await compilation(sides, rounds)),
        compare(sides, "import of the client and its authentication", "ms", await inRounds(sides, rounds, importTime)),
        compare(sides, "minified bundle for Node", "KB", await Promise.all(sides.map(bundleSize))),
        compare(sides, `mistakes that compile, of ${MISTAKES.length}`, "", await Promise.all(sides.map(missed))),
      ],
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

type Sides = readonly [ours: Side, all: Side, one: Side];

function ourSide(folder: string): Side {
  const importing = 'import { SQLAdminClient } from "@discogen/generated/sqladmin/v1";\n';
  return {
    name: "generated client",
    installed: folder,
    folder,
    modules: ["@discogen/generated/sqladmin/v1", "@discogen/runtime/auth"],
    types: [],
    program: (annotation) => `${importing}import { AccessTokenCredentials } from "@discogen/runtime/auth";
export async function main(token${annotation}) {
  const { instances } = new SQLAdminClient({ auth: new AccessTokenCredentials(token) });
  return (await instances.list({ project: "p" })).items?.[0]?.name;
}
`,
    head: `${importing}const { instances } = new SQLAdminClient();
const instance = await instances.get({ project: "p", instance: "i" });
`,
    mistakes: MISTAKES.map(({ ours }) => ours),
  };
}

async function peerSide(work: string, name: "googleapis" | "@googleapis/sqladmin", importing: string): Promise<Side> {
  const folder = join(work, `with-${name.replace("/", "-")}`);
  await install(folder, { [name]: peerPath(name, ""), "@types/node": join(root, "node_modules/@types/node") });
  return {
    name: `${name} ${PEERS[name]}`,
    installed: peerFolder(name),
    folder,
    modules: [name],
    types: ["node"],
    program: (annotation) => `${importing}export async function main(auth${annotation}) {
  const { instances } = sqladmin({ version: "v1", auth });
  return (await instances.list({ project: "p" })).data.items?.[0]?.name;
}
`,
    head: `${importing}const { instances } = sqladmin("v1");
const instance = await instances.get({ project: "p", instance: "i" });
`,
    mistakes: MISTAKES.map(({ peer }) => peer),
  };
}

/** Compares us with `googleapis`; the package of one API is for information. */
function compare(
  [ours, all, one]: Sides,
  title: string,
  unit: string,
  values: readonly (readonly number[])[],
): Comparison {
  const [our = [], every = [], single = []] = values;
  return {
    title,
    unit,
    ours: { name: ours.name, values: our },
    peer: { name: all.name, values: every },
    others: [{ name: one.name, unit, values: single }],
  };
}

function inRounds<Figure>(sides: Sides, rounds: number, measure: (side: Side) => Figure | Promise<Figure>) {
  return inTurns(
    rounds,
    sides.map((side) => () => measure(side)),
  );
}

function sizes(sides: Sides): readonly Comparison[] {
  const bytes = sides.map(({ installed }) => [installedBytes(installed) / 1e6]);
  const packages = sides.map(({ installed }) => [installedPackages(installed)]);
  return [compare(sides, "installed size", "MB", bytes), compare(sides, "installed packages", "packages", packages)];
}

async function compilation(sides: Sides, rounds: number): Promise<readonly Comparison[]> {
  const costs = await inRounds(sides, rounds, checked);
  const memory = await inRounds(sides, rounds, ({ folder }) => editorMemory(join(folder, `${PROGRAM}.ts`)));
  const figures = (figure: (cost: CheckCost) => number) => costs.map((rounds) => rounds.map(figure));
  return [
    compare(
      sides,
      "tsc --noEmit, complete process",
      "s",
      figures(({ wallTime }) => wallTime / 1000),
    ),
    compare(
      sides,
      "tsc --noEmit, peak memory",
      "MB",
      figures(({ peak }) => peak),
    ),
    compare(sides, "editor: peak memory of the TypeScript server", "MB", memory),
  ];
}

async function checked({ folder, program, types }: Side): Promise<CheckCost> {
  const cost = await checkCost(folder, { name: PROGRAM, text: program(": string"), types });
  if (cost.errors !== "") throw new Error(`The program does not compile: ${cost.errors.slice(0, 2000)}`);
  return cost;
}

/** Returns the milliseconds that the import takes in a new process. */
function importTime({ folder, modules }: Side): number {
  const imports = modules.map((module) => `await import(${JSON.stringify(module)});`).join(" ");
  const text = `const start = performance.now(); ${imports} console.log(performance.now() - start);`;
  const { status, stderr, stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", text], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr.slice(-2000));
  return Number(stdout);
}

async function bundleSize({ folder, program }: Side): Promise<readonly number[]> {
  const { bytes } = await bundle(folder, program(""));
  return [bytes / 1000];
}

/** Returns how many mistakes the compiler accepts. */
async function missed({ folder, head, mistakes, types }: Side): Promise<readonly number[]> {
  const text = `${head}${mistakes.join("\n")}\n`;
  const { errors } = await checkCost(folder, { name: "bench-mistakes", text, types });
  const lines = new Set(Array.from(errors.matchAll(/\((\d+),\d+\): error/g), ([, line]) => Number(line)));
  const first = head.split("\n").length;
  const isAccepted = (index: number) => !lines.has(first + index);
  return [mistakes.filter((_, index) => isAccepted(index)).length];
}
