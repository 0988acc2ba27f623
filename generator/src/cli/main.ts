/** Command line → command → exit code. */
import { quotedName } from "@discogen/runtime/names";
import { diagnostic, InputError } from "../diagnostics.js";
import { didYouMean } from "../nearest.js";
import { VERSION } from "../version.js";
import { type Command, type ExitCode, usage } from "./command.js";
import { printDiagnostics, printJson } from "./print.js";
import type { Terminal } from "./terminal.js";

/** Commands are loaded when they run, so that each one starts fast. */
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
  login: async () => (await import("./login.js")).loginCommand,
  logout: async () => (await import("./logout.js")).logoutCommand,
  whoami: async () => (await import("./whoami.js")).whoamiCommand,
};

/** Runs a command line. Errors are printed to standard error; the exit code describes them. */
export async function main(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await run(args, terminal);
  } catch (error) {
    return printError(error, args, terminal);
  }
}

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  // `help generate` is `generate --help`.
  const [name, ...rest] = args[0] === "help" ? [...args.slice(1), "--help"] : args;
  if (name === undefined || name === "--help" || name === "-h") {
    terminal.stdout.write(await overview());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-v") {
    terminal.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    const isOption = name.startsWith("-");
    const known = isOption ? ["--help", "--version"] : [...Object.keys(COMMANDS), "help"];
    const near = didYouMean(name, known) || `; use one of ${known.join(", ")}`;
    throw usage("", `unknown ${isOption ? "option" : "command"} ${quotedName(name)}${near}`);
  }
  const command = await load();
  if (rest.includes("--help") || rest.includes("-h")) {
    const help = (await command.helpOn?.(rest, terminal)) ?? command.help;
    terminal.stdout.write(`${help.trim()}\n`);
    return 0;
  }
  terminal.signal.throwIfAborted();
  return command.run(rest, terminal);
}

async function overview(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, load]) => `  ${name.padEnd(10)}${(await load()).summary}`),
  );
  return `discogen ${VERSION}
Generate strongly typed TypeScript clients from Google API Discovery documents.

Usage: discogen <command> [options]

${lines.join("\n")}

Run \`discogen <command> --help\` for options and an example.
generate, check and update execute a config that is code. The other commands
read only discogen.config.json and the lock.
`;
}

function printError(error: unknown, args: readonly string[], terminal: Terminal): ExitCode {
  if (error instanceof Error && error.name === "AbortError") {
    terminal.stderr.write("discogen: interrupted. No partially written files were left.\n");
    return 130;
  }
  const isInput = error instanceof InputError;
  const diagnostics = isInput
    ? error.diagnostics
    : [diagnostic("INTERNAL_ERROR", `discogen ${VERSION}`, String(error))];
  printDiagnostics(terminal, diagnostics);
  if (!isInput && error instanceof Error) terminal.stderr.write(`${error.stack ?? ""}\n`);
  // Programs expect an object even if the command line is invalid, so its text is searched.
  const isForPrograms = /(?:^| )--reporter[= ]json(?: |$)/.test(args.join(" "));
  if (isForPrograms) printJson(terminal, { ok: false, apis: [], diagnostics, ms: 0 });
  return isInput ? 2 : 70;
}
