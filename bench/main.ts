/** `npm run bench -- NAME`: one benchmark against its peers; exit 1 where a budget is missed, 2 where it cannot run. */
import { parseArgs } from "node:util";
import { type Benchmark, show, writeFigures } from "./table.js";
import { Unavailable } from "./unavailable.js";

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<(rounds: number | undefined) => Promise<Benchmark>>;
}

const BENCHMARKS: { readonly [name: string]: Entry } = {
  generate: {
    summary: "documents to TypeScript: wall time against openapi-typescript and @hey-api/openapi-ts",
    load: async () => (await import("./generate.js")).generate,
  },
  types: {
    summary: "generated declarations under the compiler: instantiations, memory, time, bytes against @googleapis",
    load: async () => (await import("./types.js")).types,
  },
  calls: {
    summary:
      "requests through the generated client: CPU time and throughput against undici, fetch, @googleapis/sqladmin",
    load: async () => (await import("./calls.js")).calls,
  },
  cold: {
    summary: "fresh processes: import, first answer and bundle against @googleapis/sqladmin",
    load: async () => (await import("./cold.js")).cold,
  },
  googleapis: {
    summary: "the table of the README: one program against googleapis",
    load: async () => (await import("./googleapis.js")).googleapis,
  },
  auth: {
    summary: "assertions signed: time against node:crypto and google-auth-library",
    load: async () => (await import("./auth.js")).auth,
  },
  media: {
    summary: "uploads from and downloads to files: speed and memory against undici by hand and Google's clients",
    load: async () => (await import("./media.js")).media,
  },
};

const HELP = `Usage: npm run bench -- NAME [--json FILE] [--rounds N]

${Object.entries(BENCHMARKS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join("\n")}

  --json FILE   write the raw figures there too
  --rounds N    measured rounds, after one that is not (default: each benchmark's own)

Contenders run in turns on one machine: trust the ratios, not the milliseconds. Peers are installed into bench/peers,
each into a folder of its own.
Exit codes: 0 every budget met; 1 one was missed; 2 the benchmark cannot run here.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h" }, json: { type: "string" }, rounds: { type: "string" } },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const [name = "", ...more] = positionals;
  const entry = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (entry === undefined || more.length > 0 || (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))) {
    process.stderr.write(HELP);
    return 2;
  }
  const run = await entry.load();
  const benchmark = await run(rounds);
  if (values.json !== undefined) writeFigures(values.json, benchmark);
  return show(benchmark) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  if (!(error instanceof Unavailable) && !isUsage) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 2;
}
