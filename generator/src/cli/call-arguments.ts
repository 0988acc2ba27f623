/** The command line of `discogen call`: its own options, and one option for each parameter of the method. */
import { parseArgs } from "node:util";
import { quotedName, shownName } from "@discogen/runtime/names";
import { rangeNote } from "../emit/range-note.js";
import type { ApiModel, MethodModel, ParameterModel } from "../model/types.js";
import { didYouMean } from "../nearest.js";
import { type Options, parse, type Parsed, usage } from "./command.js";
import { CREDENTIAL_OPTIONS } from "./credentials.js";
import { SOURCE_OPTIONS } from "./sources.js";

/** A parameter of the method with the name of one of these takes precedence; the option is then `--call-NAME`. */
export const OWN_OPTIONS: Options = {
  body: { type: "string" },
  params: { type: "string" },
  all: { type: "boolean" },
  wait: { type: "boolean" },
  media: { type: "string" },
  out: { type: "string" },
  "root-url": { type: "string" },
  ...CREDENTIAL_OPTIONS,
  ...SOURCE_OPTIONS,
};

/** The form of an option that no parameter can have. */
const longForm = (name: string): string => `call-${name}`;

const LONG_FORMS: Options = Object.fromEntries(
  Object.entries(OWN_OPTIONS).map(([name, option]) => [longForm(name), option]),
);

/** The name of an option of `call` for a method with these parameters, without its dashes. */
export function optionName(name: string, parameters: readonly ParameterModel[]): string {
  return parameters.some((parameter) => parameter.name === name) ? longForm(name) : name;
}

/** The part of a command line that is readable before the parameters of the method are known. */
export interface Target {
  readonly api: string | undefined;
  readonly method: string | undefined;
  /** The options of {@link SOURCE_OPTIONS}: no method has a parameter with one of these names. */
  readonly sources: Parsed;
  /** The command line. Options before the method, which cannot be parameters, are in their long form. */
  readonly args: readonly string[];
}

/**
 * Reads the API and the method.
 *
 * @throws {InputError} with the code USAGE for a parameter before them, as its value would look like one of them
 */
export function targetOf(args: readonly string[]): Target {
  const options = { ...OWN_OPTIONS, ...LONG_FORMS };
  const config = { args: [...args], options, allowPositionals: true, strict: false, tokens: true } as const;
  const names: string[] = [];
  const rewritten = [...args];
  for (const token of parseArgs(config).tokens) {
    if (token.kind === "option-terminator" || names.length === 2) break;
    if (token.kind === "positional") names.push(token.value);
    else if (Object.hasOwn(OWN_OPTIONS, token.name))
      rewritten[token.index] = args[token.index]?.replace("--", "--call-") ?? "";
    else if (!Object.hasOwn(LONG_FORMS, token.name) && token.rawName !== "-h" && token.name !== "help")
      throw usage("call", `${shownName(token.rawName)} must come after the API and the method`);
  }
  const [api, method] = names;
  return { api, method, sources: ownOptions(parse("call", args, options, false), []), args: rewritten };
}

/** The options of `call` in either form, without those that are parameters. */
function ownOptions(parsed: Parsed, parameters: readonly ParameterModel[]): Parsed {
  const taken = new Set(parameters.map(({ name }) => name));
  const forms = (name: string): readonly string[] =>
    Object.hasOwn(OWN_OPTIONS, name) ? [longForm(name), name].filter((form) => !taken.has(form)) : [];
  return {
    text: (name) =>
      forms(name)
        .map(parsed.text)
        .find((text) => text !== undefined),
    texts: (name) => forms(name).flatMap(parsed.texts),
    flag: (name) => forms(name).some(parsed.flag),
    positionals: parsed.positionals,
  };
}

/** Parameters of a method: its own, and those of every method of the API. */
export function parametersOf(method: MethodModel, model: ApiModel): readonly ParameterModel[] {
  return [...method.parameters, ...model.parameters.filter(({ name }) => !method.shadowedGlobals.includes(name))];
}

/** A command line for a method. */
export interface CallArguments {
  /** The options of `call`. */
  readonly own: Parsed;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Required parameters that are not given, and whose value is the project of the credentials. */
  readonly projects: readonly string[];
}

/**
 * Reads the parameters of a command line, as strings (requests contain strings, too), and the options of `call`.
 *
 * @throws {InputError} with the code USAGE for unknown, invalid or missing parameters
 */
export function readArguments(args: readonly string[], method: MethodModel, model: ApiModel): CallArguments {
  const parameters = parametersOf(method, model);
  const options = Object.fromEntries(parameters.map(({ name }) => [name, { type: "string", multiple: true } as const]));
  const parsed = parse("call", withFlags(args, parameters), { ...OWN_OPTIONS, ...LONG_FORMS, ...options });
  const own = ownOptions(parsed, parameters);
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
    ...jsonParameters(own.text("params")),
    ...Object.fromEntries(given),
  };
  // Checked before authentication, which can take long to fail.
  const missing = method.parameters.filter(({ name, required }) => required && !Object.hasOwn(all, name));
  const projects = missing.map(({ name }) => name).filter((name) => hasDefault(name, method));
  const names = missing.filter(({ name }) => !projects.includes(name)).map(({ name }) => `--${name}`);
  if (names.length === 0) return { own, parameters: all, projects };
  throw usage("call", `${method.id} requires ${names.join(" and ")}; add --help to list its parameters`);
}

/** Whether a parameter may be left out, because its value is the project of the credentials. */
export function hasDefault(name: string, { httpMethod, path }: MethodModel): boolean {
  // A project is deleted only if it is named.
  const isDeleted = httpMethod === "DELETE" && [`{${name}}`, `{+${name}}`].some((end) => path.endsWith(end));
  return (name === "project" || name === "projectId") && !isDeleted;
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
