/** argv → command → exit code. */
import module from "node:module";
import { InputError } from "../diagnostics.js";
import { didYouMean } from "../nearest.js";
import { VERSION } from "../version.js";
import { type Command, type ExitCode, usage } from "./command.js";
import { printDiagnostics, printJson } from "./print.js";

// From Node 22.8 on: the type engines are 10 MB of JavaScript, compiled once instead of in every run.
if ("enableCompileCache" in module && typeof module.enableCompileCache === "function") module.enableCompileCache();

/** Each command is loaded when it is run: the type engines alone take a third of a second. */
const COMMANDS: { readonly [name: string]: () => Promise<Command> } = {
  generate: async () => (await import("./generate.js")).generateCommand,
  check: async () => (await import("./generate.js")).checkCommand,
  update: async () => (await import("./update.js")).updateCommand,
  init: async () => (await import("./init.js")).initCommand,
  list: async () => (await import("./list.js")).listCommand,
  diff: async () => (await import("./diff.js")).diffCommand,
  openapi: async () => (await import("./openapi.js")).openapiCommand,
  docs: async () => (await import("./docs.js")).docsCommand,
  scopes: async () => (await import("./scopes.js")).scopesCommand,
  mock: async () => (await import("./mock.js")).mockCommand,
  call: async () => (await import("./call.js")).callCommand,
};

async function main(args: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(await overview());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-v") {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    const known = Object.keys(COMMANDS);
    const near = didYouMean(name, known) || `; there are ${known.join(", ")}`;
    throw usage("", `there is no command ${JSON.stringify(name)}${near}`);
  }
  const command = await load();
  if (rest.includes("--help") || rest.includes("-h")) {
    const help = (await command.helpOn?.(rest, interruption())) ?? command.help;
    process.stdout.write(`${help.trim()}\n`);
    return 0;
  }
  return command.run(rest, interruption());
}

async function overview(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, load]) => `  ${name.padEnd(10)}${(await load()).summary}`),
  );
  return `discogen ${VERSION}: strongly typed TypeScript clients from Google API Discovery documents

Usage: discogen <command> [options]

${lines.join("\n")}

\`discogen <command> --help\` tells more of each.
`;
}

/** Aborts at the first Ctrl-C; a second one ends the process as usual. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  process.once("SIGTERM", () => controller.abort());
  return controller.signal;
}

function exitCodeOf(error: unknown, args: readonly string[]): ExitCode {
  if (error instanceof InputError) {
    const { diagnostics } = error;
    printDiagnostics(diagnostics);
    // Programs get their one object also of a command line that could not be read.
    const isForPrograms = /(?:^| )--reporter[= ]json(?: |$)/.test(args.join(" "));
    if (isForPrograms) printJson({ ok: false, apis: [], diagnostics, ms: 0 });
    return 2;
  }
  if (error instanceof Error && error.name === "AbortError") {
    process.stderr.write("discogen: interrupted; files are as they were, or whole.\n");
    return 130;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `discogen: this is a bug in Discogen ${VERSION}; please report it with what follows.\n${trace}\n`,
  );
  return 70;
}

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = exitCodeOf(error, process.argv.slice(2));
}
