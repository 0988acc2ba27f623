/** What a command is: words for people, options for the parser, and one function. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { quotedName, shownName } from "@discogen/runtime/names";
import { diagnostic, InputError } from "../diagnostics.js";
import { didYouMean } from "../nearest.js";
import type { Terminal } from "./terminal.js";

/** 0 done, 1 a check found something, 2 the input is at fault, 70 a bug in Discogen, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 70 | 130;

export type Options = NonNullable<ParseArgsConfig["options"]>;

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` shows. */
  readonly help: string;
  /** What it shows instead where the arguments name something that has help of its own. */
  readonly helpOn?: (args: readonly string[], terminal: Terminal) => Promise<string | undefined>;
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<ExitCode>;
}

/** The option of commands that write files. */
export const FORCE_OPTION: Options = { force: { type: "boolean" } };

/** Its line of `--help`. */
export const FORCE_HELP = `  --force             replace files that Discogen did not write
`;

/** Options and arguments of a command line. */
export interface Parsed {
  readonly text: (name: string) => string | undefined;
  /** Of an option that may be given again. */
  readonly texts: (name: string) => readonly string[];
  readonly flag: (name: string) => boolean;
  readonly positionals: readonly string[];
}

/** @throws {InputError} with code USAGE for what the command does not know; without `strict` that is left out */
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
    // The parser's second sentence explains how to pass an argument that begins with a dash: rarely what was meant.
    const message = error instanceof Error ? error.message : String(error);
    const [reason = ""] = message.replace(/'([^']*)'/g, (_, name) => `'${shownName(name)}'`).split(". ");
    const [unknown] = /--[\w-]+/.exec(reason.startsWith("Unknown option") ? reason : "") ?? [];
    const known = Object.keys(options).map((name) => `--${name}`);
    throw usage(command, reason + (unknown === undefined ? "" : didYouMean(unknown, known)));
  }
}

/** One of a few words, or the first of them when absent. */
export function choice<Word extends string>(
  command: string,
  parsed: Parsed,
  name: string,
  words: readonly [Word, ...Word[]],
): Word {
  return optionalChoice(command, parsed, name, words) ?? words[0];
}

/** One of a few words, when given. */
export function optionalChoice<Word extends string>(
  command: string,
  parsed: Parsed,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const given = parsed.text(name);
  if (given === undefined) return undefined;
  const found = words.find((word) => word === given);
  if (found === undefined)
    throw usage(command, `--${name} takes ${words.join(" or ")}, not ${quotedName(given)}${didYouMean(given, words)}`);
  return found;
}

export function usage(command: string, message: string): InputError {
  const name = command === "" ? "discogen" : `discogen ${command}`;
  return new InputError([diagnostic("USAGE", name, message, { help: `Run \`${name} --help\`.` })]);
}
