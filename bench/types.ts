/** Types: the cost of generated declarations for the compiler of a consumer, against Google's own packages. */
import { existsSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "@discogen/generator";
import { BARE, type CheckCost, checkCost, type Program } from "../scripts/check-cost.js";
import { emitDeclarations, install } from "../scripts/type-check.js";
import { installPeers, peerPath, PEERS } from "./peers.js";
import { inTurns } from "./rounds.js";
import type { Benchmark, Comparison, Limit, Series } from "./table.js";
import * as programs from "./types-programs.js";
import { Unavailable } from "./unavailable.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const documents = fileURLToPath(new URL("../../shared/discovery/2026/", import.meta.url));

export async function types(rounds: number | undefined): Promise<Benchmark> {
  if (!existsSync(documents)) throw new Unavailable(`the documents to generate are missing: ${documents}`);
  if (!existsSync(join(root, "runtime/dist/esm/index.d.ts"))) {
    throw new Unavailable("the runtime is not built: run npm run build");
  }
  installPeers(["@googleapis/sqladmin", "@googleapis/drive", "googleapis"]);
  const work = await mkdtemp(join(tmpdir(), "discogen-bench-"));
  try {
    await prepare(work);
    const large = await largeApi(work, rounds ?? 5);
    const time = await checkTimes(work, rounds ?? 5);
    return {
      name: "types",
      notes: [
        "A program of three calls, checked by TypeScript 5.9. The compiler reports the time. Memory is its peak.",
        "Complete processes are also listed. They include the start of Node and of the compiler.",
        "aiplatform v1 has no separate package. Its peer is that API in googleapis, which has 9 % fewer methods.",
      ],
      comparisons: [...large.comparisons, ...time.comparisons, ...bytes(work)],
      limits: [...large.limits, ...time.limits, await firstFields(work)],
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Generates the declarations of three APIs and installs the packages that programs import. */
async function prepare(work: string): Promise<void> {
  const apis = ["aiplatform.v1", "drive.v3", "sqladmin.v1beta4"].map((name) => join(documents, `${name}.json`));
  const { ok } = await generate({ apis, out: join(work, "sources") });
  const errors = ok ? await emitDeclarations(join(work, "sources"), join(work, "ours")) : "a document is invalid";
  if (errors !== "") throw new Error(`no declarations to measure: ${errors.slice(0, 2000)}`);
  await install(work, {
    "@discogen/runtime": join(root, "runtime"),
    "@types/node": join(root, "node_modules/@types/node"),
    "@googleapis/sqladmin": peerPath("@googleapis/sqladmin", ""),
    googleapis: peerPath("googleapis", ""),
  });
}

interface Figures {
  readonly comparisons: readonly Comparison[];
  readonly limits: readonly Limit[];
}

/** Measures instantiations and memory, compared with a program without libraries. */
async function largeApi(work: string, rounds: number): Promise<Figures> {
  const node = { types: ["node"] };
  const [bare = [], ours = [], peer = [], bareAlone = [], oursAlone = []] = await inTurns(rounds, [
    () => measured(work, { name: "bare", text: BARE, ...node }),
    () => measured(work, { name: "ours", text: programs.aiplatform, ...node }),
    () => measured(work, { name: "peer", text: programs.aiplatformPeer, ...node }),
    () => measured(work, { name: "bare", text: BARE }),
    () => measured(work, { name: "ours", text: programs.aiplatform }),
  ]);
  const peerName = `googleapis ${PEERS.googleapis}, its aiplatform v1`;
  const series = (name: string, costs: readonly CheckCost[], figure: "memory" | "peak") => ({
    ...seriesOf(name, costs, figure),
    unit: "MB",
  });
  // The memory of the process includes Node and the compiler, which the compiler's own figure does not.
  const peak = (name: string, costs: readonly CheckCost[]) => series(name, costs, "peak");
  const memory = (name: string, costs: readonly CheckCost[]) =>
    series(`heap by the compiler, ${name}`, costs, "memory");
  const above = (name: string, costs: readonly CheckCost[]) => ({
    name,
    values: costs.map((cost, round) => cost.instantiations - (bare[round]?.instantiations ?? 0)),
    unit: "",
  });
  return {
    comparisons: [
      {
        title: "aiplatform v1: memory of the process that checks three calls, with Node's types",
        unit: "MB",
        peer: peak("a program without a library", bare),
        ours: peak("with the generated client", ours),
        budget: 1.25,
        others: [
          peak(peerName, peer),
          peak("without a library, without Node's types", bareAlone),
          peak("generated client, without Node's types", oursAlone),
          memory("no library", bare),
          memory("generated client", ours),
          memory("peer", peer),
        ],
      },
    ],
    limits: [
      {
        title: "aiplatform v1: type instantiations of three calls",
        unit: "",
        ours: above("generated client", ours),
        limit: 100,
        others: [above(peerName, peer)],
      },
    ],
  };
}

/** Measures time. The peer needs the types of Node. */
async function checkTimes(work: string, rounds: number): Promise<Figures> {
  const [ours = [], peer = [], oursFull = [], peerFull = []] = await inTurns(
    rounds,
    [true, false].flatMap((skipLibCheck) => [
      () => checkCost(work, { name: "ours", text: programs.sqladmin, skipLibCheck }),
      () => checkCost(work, { name: "peer", text: programs.sqladminPeer, skipLibCheck, types: ["node"] }),
    ]),
  );
  const peerName = `@googleapis/sqladmin ${PEERS["@googleapis/sqladmin"]}, Node's types`;
  const comparison = (how: string, our: readonly CheckCost[], their: readonly CheckCost[]): Comparison => ({
    title: `sqladmin v1beta4: time to check three calls, ${how}`,
    unit: "ms",
    peer: seriesOf(peerName, their, "time"),
    ours: seriesOf('generated client, "types": []', our, "time"),
    budget: 0.4,
    others: [
      { ...seriesOf("complete process, peer", their, "wallTime"), unit: "ms" },
      { ...seriesOf("complete process, generated client", our, "wallTime"), unit: "ms" },
    ],
  });
  return {
    comparisons: [comparison("skipLibCheck on", ours, peer), comparison("skipLibCheck off", oursFull, peerFull)],
    limits: [
      {
        title: "sqladmin v1beta4: errors, skipLibCheck on and off",
        unit: "",
        ours: errorsOf("generated client", [...ours, ...oursFull]),
        limit: 0,
        others: [{ ...errorsOf(peerName, [...peer, ...peerFull]), unit: "" }],
      },
    ],
  };
}

/** Compares the bytes of declarations with those of the peer for the same API. */
function bytes(work: string): readonly Comparison[] {
  const pairs = [
    ["drive/v3", "@googleapis/drive", "build/v3.d.ts"],
    ["sqladmin/v1beta4", "@googleapis/sqladmin", "build/v1beta4.d.ts"],
    ["aiplatform/v1", "googleapis", "build/src/apis/aiplatform/v1.d.ts"],
  ] as const;
  const sizeOf = (...paths: readonly string[]) => paths.reduce((sum, path) => sum + statSync(path).size / 1024, 0);
  return pairs.map(([api, peer, path]) => ({
    title: `${api}: declarations`,
    unit: "KiB",
    peer: { name: `${peer} ${PEERS[peer]}`, values: [sizeOf(peerPath(peer, path))] },
    ours: {
      name: "index.d.ts and schemas.d.ts",
      values: [sizeOf(join(work, "ours", api, "index.d.ts"), join(work, "ours", api, "schemas.d.ts"))],
    },
    budget: 0.5,
  }));
}

/** Measures the cost of a program's first literal `fields`. Counts are the same each time. */
async function firstFields(work: string): Promise<Limit> {
  const complete = await measured(work, { name: "complete", text: programs.withoutFields });
  const selected = await measured(work, { name: "selected", text: programs.withFields });
  return {
    title: "sqladmin v1beta4: type instantiations of the first literal fields",
    unit: "",
    ours: { name: programs.fields, values: [selected.instantiations - complete.instantiations] },
    limit: 8000,
  };
}

/** Checks a program. Throws if it has type errors, because its figures would mean nothing. */
async function measured(work: string, program: Program): Promise<CheckCost> {
  const cost = await checkCost(work, program);
  if (cost.errors !== "") throw new Error(`${program.name}.ts has errors: ${cost.errors.slice(0, 2000)}`);
  return cost;
}

type Figure = "memory" | "peak" | "time" | "wallTime";

function seriesOf(name: string, costs: readonly CheckCost[], figure: Figure): Series {
  return { name, values: costs.map((cost) => cost[figure]) };
}

function errorsOf(name: string, costs: readonly CheckCost[]): Series {
  return { name, values: costs.map(({ errors }) => (errors === "" ? 0 : errors.split("\n").length)) };
}
