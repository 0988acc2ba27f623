/** `npm run bench -- NAME`: runs one benchmark. Exit code 1 if a budget is exceeded, 2 if it cannot run. */
import { parseArgs } from "node:util";
import { type Benchmark, show, writeFigures } from "./table.js";
import { Unavailable } from "./unavailable.js";

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<(rounds: number | undefined) => Promise<Benchmark>>;
}

const BENCHMARKS: { readonly [name: string]: Entry } = {
  generate: {
    summary: "generate code: time against openapi-typescript and hey-api",
    load: async () => (await import("./generate.js")).generate,
  },
  types: {
    summary: "compile declarations: time, memory, bytes against @googleapis",
    load: async () => (await import("./types.js")).types,
  },
  calls: {
    summary: "send requests: CPU time, rate against undici, fetch, @googleapis",
    load: async () => (await import("./calls.js")).calls,
  },
  cold: {
    summary: "new processes: import, first response, bundle against @googleapis",
    load: async () => (await import("./cold.js")).cold,
  },
  auth: {
    summary: "sign assertions: time against node:crypto and google-auth-library",
    load: async () => (await import("./auth.js")).auth,
  },
  media: {
    summary: "transfer files: speed, memory against undici, Google's clients",
    load: async () => (await import("./media.js")).media,
  },
};

const HELP = `Usage: npm run bench -- NAME [--json FILE] [--rounds N]

${Object.entries(BENCHMARKS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join("\n")}

  --json FILE   also write the raw figures to FILE
  --rounds N    measured rounds, after one warm-up (default: depends on NAME)

All candidates run in turns on one machine. Compare ratios, not milliseconds.
Peers are installed into bench/peers, each into its own folder.
Exit codes: 0 all budgets met; 1 a budget exceeded; 2 the benchmark cannot run.
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
