/** `discogen init`. */
import { createInterface } from "node:readline/promises";
import { quotedName } from "@discogen/runtime/names";
import { findConfig } from "../config/load.js";
import { isApiId, isUrl } from "../discovery/request.js";
import { diagnostic, InputError } from "../diagnostics.js";
import { writeOutput } from "../files.js";
import { choice, type Command, type ExitCode, FORCE_OPTION, parse, type Parsed, usage } from "./command.js";
import { printJson } from "./print.js";
import type { Terminal } from "./terminal.js";

const API = "sqladmin:v1beta3";
const OUT = "generated";

export const initCommand: Command = {
  summary: "Write a config file",
  help: `
Usage: discogen init [api…] [options]

Write discogen.config.ts into this folder. Asks for missing values.

  [api…]              the APIs to generate
  --out DIR           output folder
  --json              write discogen.config.json instead
  --force             replace the existing config file
  --yes               ask no questions; defaults: ${API}, ${OUT}
  --reporter FORMAT   text (default), or json: one object on standard output

Example:
  discogen init --yes sheets:v4 drive:v3 --out src/google
`,
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const parsed = parse("init", args, {
    out: { type: "string" },
    json: { type: "boolean" },
    ...FORCE_OPTION,
    yes: { type: "boolean" },
    reporter: { type: "string" },
  });
  const reporter = choice("init", parsed, "reporter", ["text", "json"]);
  const file = `discogen.config.${parsed.flag("json") ? "json" : "ts"}`;
  const force = parsed.flag("force");
  const existing = findConfig();
  // With two config files, one would be ignored.
  if (existing !== undefined && !(force && existing === file)) {
    const help = existing === file ? "Edit it, or add --force to replace it." : "Edit it, or remove it first.";
    throw new InputError([diagnostic("CONFIG_EXISTS", existing, "the file already exists", { help })]);
  }
  const { apis, output } = parsed.flag("yes") ? defaults(parsed) : await prompt(parsed, terminal);
  const wrong = apis.find((api) => !isApiId(api) && !isUrl(api) && !api.endsWith(".json"));
  if (wrong !== undefined)
    throw usage("init", `${quotedName(wrong)} is not an API; pass name:version, a path to a .json document, or a URL`);

  const config = JSON.stringify({ output, apis }, undefined, 2);
  const text = parsed.flag("json") ? `${config}\n` : moduleText(config);
  await writeOutput([{ path: file, text }], {
    // It may have been created while the questions were open.
    ...(!force && { isOurs: () => false }),
    help: "Run it in a writable folder.",
    existsHelp: "Add --force to replace it.",
    signal: terminal.signal,
  });
  if (reporter === "json") printJson(terminal, { ok: true, file, output, apis, diagnostics: [] });
  else terminal.stdout.write(`Wrote ${file}. Run \`discogen generate\` next.\n`);
  return 0;
}

interface Choices {
  readonly apis: readonly string[];
  readonly output: string;
}

function defaults({ positionals, text }: Parsed): Choices {
  return { apis: positionals.length === 0 ? [API] : positionals, output: text("out") ?? OUT };
}

/** Asks the questions. Reads one line for each; an empty line selects the default. */
async function prompt(parsed: Parsed, { stdin, stderr, signal, interrupt }: Terminal): Promise<Choices> {
  const reader = createInterface({ input: stdin, output: stderr });
  // While a line is read, Ctrl-C is not a signal.
  reader.once("SIGINT", interrupt);
  const lines = reader[Symbol.asyncIterator]();
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  ended.catch(() => undefined);
  const ask = async (question: string, fallback: string) => {
    stderr.write(`${question} (${fallback}): `);
    const { value, done } = await Promise.race([lines.next(), ended]);
    // The end of the input does not confirm the default.
    if (done === true)
      throw usage("init", "the input ended before all questions were answered; add --yes to use the defaults");
    return value.trim() || fallback;
  };
  try {
    const { positionals: given } = parsed;
    const question = "APIs (such as sheets:v4) or documents, separated by spaces";
    const apis = given.length > 0 ? given : (await ask(question, API)).split(/[\s,]+/).filter(Boolean);
    return { apis, output: parsed.text("out") ?? (await ask("Output folder", OUT)) };
  } finally {
    reader.close();
  }
}

/** The config as a module, with keys that are not quoted. */
function moduleText(config: string): string {
  const literal = config.replace(/^( *)"(output|apis)":/gm, "$1$2:");
  return `import { defineConfig } from "@discogen/generator";\n\nexport default defineConfig(${literal});\n`;
}
