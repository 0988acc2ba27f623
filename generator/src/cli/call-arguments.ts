/** The command line of `discogen call`: its own options, and one option for each parameter of the method. */
import { parseArgs } from "node:util";
import { quotedName, shownName } from "@discogen/runtime/names";
import { rangeNote } from "../emit/range-note.js";
import type { ApiModel, MethodModel, ParameterModel } from "../model/types.js";
import { didYouMean } from "../nearest.js";
import { type Options, parse, type Parsed, usage } from "./command.js";
import { SOURCE_OPTIONS } from "./sources.js";

/** If a parameter has the name of one of these options, pass it with `--params`. */
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

/** The part of a command line that is readable before the parameters of the method are known. */
export interface Target {
  readonly api: string | undefined;
  readonly method: string | undefined;
  readonly own: Parsed;
}

/**
 * Reads the API and the method.
 *
 * @throws {InputError} with the code USAGE for a parameter before them, as its value would look like one of them
 */
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
      throw usage("call", `${shownName(token.rawName)} must come after the API and the method`);
  }
  const [api, method] = names;
  return { api, method, own: parse("call", args, OWN_OPTIONS, false) };
}

/** Parameters of a method: its own, and those of every method of the API. */
export function parametersOf(method: MethodModel, model: ApiModel): readonly ParameterModel[] {
  return [...method.parameters, ...model.parameters.filter(({ name }) => !method.shadowedGlobals.includes(name))];
}

/**
 * Reads the parameters of a command line, as strings: requests contain strings, too.
 *
 * @throws {InputError} with the code USAGE for unknown, invalid or missing parameters
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
    throw usage("call", `unexpected argument ${quotedName(unexpected)}; pass parameters as --NAME VALUE`);
  const given = parameters.flatMap((parameter): [string, unknown][] => {
    const values = parsed.texts(parameter.name);
    if (values.length === 0) return [];
    for (const value of values) check(parameter, value);
    if (parameter.repeated) return [[parameter.name, values]];
    if (values.length > 1) throw usage("call", `--${parameter.name} takes one value, not ${values.length}`);
    return [[parameter.name, values[0]]];
  });
  const all: Readonly<Record<string, unknown>> = {
    ...jsonParameters(parsed.text("params")),
    ...Object.fromEntries(given),
  };
  // Checked before authentication, which can take long to fail.
  const missing = method.parameters.filter(({ name, required }) => required && !Object.hasOwn(all, name));
  if (missing.length === 0) return all;
  const names = missing.map(({ name }) => `--${name}`).join(" and ");
  throw usage("call", `${method.id} requires ${names}; add --help to list its parameters`);
}

/** Turns `--flag` of a boolean parameter into `--flag=true`. */
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
    throw usage("call", `--params must be a JSON object, such as '{"name":"value"}'`);
  return value;
}

/** Parses JSON. Returns `undefined` if it is invalid. */
export function parseJson(text: string): unknown {
  try {
    // Some editors write a byte order mark at the start.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

/** Checks what the types of a generated client check. The runtime checks the rest. */
function check({ name, type }: ParameterModel, value: string): void {
  const wrong = (wanted: string) => usage("call", `--${name} must be ${wanted}, not ${quotedName(value)}`);
  if (type.kind === "boolean" && value !== "true" && value !== "false") throw wrong("true or false");
  if (type.kind === "number" && (value.trim() === "" || !Number.isFinite(Number(value)))) throw wrong("a number");
  const isInteger =
    type.kind === "number" ? type.integer : type.kind === "string" && /^u?int64$/.test(type.format ?? "");
  if (isInteger && !/^-?\d+$/.test(value)) throw wrong("an integer");
  if (type.kind !== "string" || type.enum?.open !== false) return;
  const values = type.enum.values.map((entry) => entry.value);
  if (!values.includes(value)) throw wrong(`one of ${values.join(", ")}${didYouMean(value, values)}`);
}

/** Describes a parameter: its values, range and default. */
export function factsOf({ required, repeated, type, minimum, maximum, default: fallback }: ParameterModel): string {
  const values = type.kind === "string" ? (type.enum?.values.map(({ value }) => value) ?? []) : [];
  const facts = [
    required ? "Required." : undefined,
    repeated ? "Can be repeated." : undefined,
    values.length === 0 ? undefined : `One of ${values.join(", ")}.`,
    rangeNote(minimum, maximum),
    fallback === undefined ? undefined : `Default: ${fallback}.`,
  ];
  return facts.filter((fact) => fact !== undefined).join(" ");
}
