/** The command line of `discogen call`: options of its own, and one for each parameter of the method. */
import { parseArgs } from "node:util";
import { quotedName, shownName } from "@discogen/runtime/names";
import { rangeNote } from "../emit/range-note.js";
import type { ApiModel, MethodModel, ParameterModel } from "../model/types.js";
import { didYouMean } from "../nearest.js";
import { type Options, parse, type Parsed, usage } from "./command.js";
import { SOURCE_OPTIONS } from "./sources.js";

/** These go before parameters of the same name, which `--params` can still give. */
export const OWN_OPTIONS: Options = {
  body: { type: "string" },
  params: { type: "string" },
  all: { type: "boolean" },
  wait: { type: "boolean" },
  media: { type: "string" },
  out: { type: "string" },
  "root-url": { type: "string" },
  scope: { type: "string", multiple: true },
  ...SOURCE_OPTIONS,
};

/** What can be read of a command line before the method's parameters are known. */
export interface Target {
  readonly api: string | undefined;
  readonly method: string | undefined;
  readonly own: Parsed;
}

/** @throws {InputError} with code USAGE for a parameter before the names of API and method: its value looks like one */
export function targetOf(args: readonly string[]): Target {
  const config = {
    args: [...args],
    options: OWN_OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  } as const;
  const names: string[] = [];
  for (const token of parseArgs(config).tokens) {
    if (token.kind === "option-terminator" || names.length === 2) break;
    if (token.kind === "positional") names.push(token.value);
    else if (!Object.hasOwn(OWN_OPTIONS, token.name) && token.rawName !== "-h" && token.name !== "help")
      throw usage("call", `${shownName(token.rawName)} comes before the names of the API and the method`);
  }
  const [api, method] = names;
  return { api, method, own: parse("call", args, OWN_OPTIONS, false) };
}

/** What the method can be given: its own parameters, and those that every method takes. */
export function parametersOf(method: MethodModel, model: ApiModel): readonly ParameterModel[] {
  return [...method.parameters, ...model.parameters.filter(({ name }) => !method.shadowedGlobals.includes(name))];
}

/**
 * The parameters that the command line gives, as text: that is how they are sent.
 *
 * @throws {InputError} with code USAGE for what the method does not take
 */
export function readParameters(
  args: readonly string[],
  method: MethodModel,
  model: ApiModel,
): Readonly<Record<string, unknown>> {
  const parameters = parametersOf(method, model).filter(({ name }) => !Object.hasOwn(OWN_OPTIONS, name));
  const options = Object.fromEntries(parameters.map(({ name }) => [name, { type: "string", multiple: true } as const]));
  const parsed = parse("call", withFlags(args, parameters), { ...options, ...OWN_OPTIONS });
  const [, , unexpected] = parsed.positionals;
  if (unexpected !== undefined)
    throw usage("call", `${quotedName(unexpected)} belongs to no option: a value follows its --name`);
  const given = parameters.flatMap((parameter): [string, unknown][] => {
    const values = parsed.texts(parameter.name);
    if (values.length === 0) return [];
    for (const value of values) check(parameter, value);
    if (parameter.repeated) return [[parameter.name, values]];
    if (values.length > 1) throw usage("call", `--${parameter.name} takes one value, and is given ${values.length}`);
    return [[parameter.name, values[0]]];
  });
  const all: Readonly<Record<string, unknown>> = {
    ...jsonParameters(parsed.text("params")),
    ...Object.fromEntries(given),
  };
  // Before sign-in, which may take a while to fail.
  const missing = method.parameters.filter(({ name, required }) => required && !Object.hasOwn(all, name));
  if (missing.length === 0) return all;
  const names = missing.map(({ name }) => `--${name}`).join(" and ");
  throw usage("call", `${method.id} needs ${names}; add --help to see its parameters`);
}

/** `--flag` alone is `--flag=true`. */
function withFlags(args: readonly string[], parameters: readonly ParameterModel[]): readonly string[] {
  const flags = new Set(parameters.filter(({ type }) => type.kind === "boolean").map(({ name }) => `--${name}`));
  return args.map((arg, index) => {
    const next = args[index + 1];
    return flags.has(arg) && next !== "true" && next !== "false" ? `${arg}=true` : arg;
  });
}

function jsonParameters(text: string | undefined): object {
  if (text === undefined) return {};
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw usage("call", `--params takes a JSON object, such as '{"name":"value"}'`);
  return value;
}

/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    // Some editors begin files with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

/** What code would be told by its types; the runtime checks the rest. */
function check({ name, type }: ParameterModel, value: string): void {
  const wrong = (wanted: string) => usage("call", `--${name} takes ${wanted}, not ${quotedName(value)}`);
  if (type.kind === "boolean" && value !== "true" && value !== "false") throw wrong("true or false");
  if (type.kind === "number" && (value.trim() === "" || !Number.isFinite(Number(value)))) throw wrong("a number");
  const isWhole = type.kind === "number" ? type.integer : type.kind === "string" && /^u?int64$/.test(type.format ?? "");
  if (isWhole && !/^-?\d+$/.test(value)) throw wrong("a whole number");
  if (type.kind !== "string" || type.enum?.open !== false) return;
  const words = type.enum.values.map((entry) => entry.value);
  if (!words.includes(value)) throw wrong(`one of ${words.join(", ")}${didYouMean(value, words)}`);
}

/** What is known of a parameter beside its description. */
export function factsOf({ required, repeated, type, minimum, maximum, default: fallback }: ParameterModel): string {
  const words = type.kind === "string" ? (type.enum?.values.map(({ value }) => value) ?? []) : [];
  const facts = [
    required ? "Required." : undefined,
    repeated ? "May be given again." : undefined,
    words.length === 0 ? undefined : `One of ${words.join(", ")}.`,
    rangeNote(minimum, maximum),
    fallback === undefined ? undefined : `Default: ${fallback}.`,
  ];
  return facts.filter((fact) => fact !== undefined).join(" ");
}
