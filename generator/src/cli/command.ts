/** Commands: their help, their options, and the function that runs them. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { quotedName, shownName } from "@discogen/runtime/names";
import { diagnostic, InputError } from "../diagnostics.js";
import { didYouMean } from "../nearest.js";
import type { Terminal } from "./terminal.js";

/**
 * 0: done. 1: a check found something. 2: invalid input. 70: a bug in Discogen. 130: interrupted. Of `call` only: 3:
 * authentication failed. 4: the API returned an error.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 70 | 130;

export type Options = NonNullable<ParseArgsConfig["options"]>;

export interface Command {
  /** One line of the list of commands. */
  readonly summary: string;
  /** The output of `--help`. */
  readonly help: string;
  /** The output of `--help` with these arguments, if it differs. */
  readonly helpOn?: (args: readonly string[], terminal: Terminal) => Promise<string | undefined>;
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<ExitCode>;
}

/** An option of all commands that write files. */
export const FORCE_OPTION: Options = { force: { type: "boolean" } };

/** The help of {@link FORCE_OPTION}. */
export const FORCE_HELP = `  --force             replace files that Discogen did not write
`;

/** A parsed command line. */
export interface Parsed {
  /** The value of an option. */
  readonly text: (name: string) => string | undefined;
  /** The values of an option that can be repeated. */
  readonly texts: (name: string) => readonly string[];
  /** Whether an option without a value is there. */
  readonly flag: (name: string) => boolean;
  readonly positionals: readonly string[];
}

/**
 * Parses a command line. Unknown options are ignored if `strict` is false.
 *
 * @throws {InputError} with the code USAGE
 */
export function parse(command: string, args: readonly string[], options: Options, strict = true): Parsed {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict });
    return {
      text: (name) => {
        const value = values[name];
        return typeof value === "string" ? value : undefined;
      },
      texts: (name) => {
        const value = values[name];
        return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
      },
      flag: (name) => values[name] === true,
      positionals,
    };
  } catch (error) {
    // The parser's next sentences explain how to pass a value that begins with a dash. Few users want that.
    const message = error instanceof Error ? error.message : String(error);
    const [reason = ""] = message.replace(/'([^']*)'/g, (_, name) => `'${shownName(name)}'`).split(". ");
    const [unknown] = /--[\w-]+/.exec(reason.startsWith("Unknown option") ? reason : "") ?? [];
    const known = Object.keys(options).map((name) => `--${name}`);
    throw usage(command, reason + (unknown === undefined ? "" : didYouMean(unknown, known)));
  }
}

/** Returns the value of an option that has a few values. The first one is the default. */
export function choice<Value extends string>(
  command: string,
  parsed: Parsed,
  name: string,
  values: readonly [Value, ...Value[]],
): Value {
  return optionalChoice(command, parsed, name, values) ?? values[0];
}

/** Returns the value of an option that has a few values, if it is there. */
export function optionalChoice<Value extends string>(
  command: string,
  parsed: Parsed,
  name: string,
  values: readonly Value[],
): Value | undefined {
  const given = parsed.text(name);
  if (given === undefined) return undefined;
  const found = values.find((value) => value === given);
  if (found === undefined)
    throw usage(
      command,
      `--${name} must be ${values.join(" or ")}, not ${quotedName(given)}${didYouMean(given, values)}`,
    );
  return found;
}

/** An error of the command line. */
export function usage(command: string, message: string): InputError {
  const name = command === "" ? "discogen" : `discogen ${command}`;
  return new InputError([diagnostic("USAGE", name, message, { help: `Run \`${name} --help\`.` })]);
}
