/**
 * List filters (AIP-160): field comparisons, `AND`, `OR`, `NOT` and parentheses.
 *
 * Rejects bare words, functions and other filter languages instead of guessing their meaning.
 */
import type { TypeModel } from "../../model/types.js";
import type { ResolvedType, Schemas } from "../api-index.js";
import { isInt64 } from "../requests/check-value.js";
import { elementOf, type Field, fieldAt, valuesAt } from "../requests/field-paths.js";
import { type GoogleError, invalid, notModelled } from "../google-error.js";
import { isObject, type Json, type JsonObject } from "../json.js";

type Test = (item: JsonObject) => boolean;

const OPERATORS = ["<=", ">=", "!=", "=", "<", ">", ":"] as const;
type Operator = (typeof OPERATORS)[number];

/** Tokens that are values only if they are quoted. */
const SYNTAX = /^(?:[()]|[<>=!:]+|AND|OR|NOT)$/;

/** Maximum nesting of parentheses. */
const DEPTH_LIMIT = 50;

/**
 * Parses a filter into a function that tests an item.
 *
 * @throws {GoogleError} 400 with the reason `MOCK_NOT_MODELLED` for a filter that the mock cannot evaluate, and for fields
 *   that the type does not have, which other filter languages may have
 */
export function readFilter(text: string, type: TypeModel, schemas: Schemas): Test {
  const tokens = tokensOf(text);
  let at = 0;
  const take = (...expected: readonly string[]): string | undefined => {
    const token = tokens[at];
    if (token === undefined || !expected.includes(token)) return undefined;
    at += 1;
    return token;
  };
  // AIP-160: OR has a higher precedence than AND.
  const all = (depth: number): Test => {
    const tests: Test[] = [];
    do tests.push(any(depth));
    while (take("AND") !== undefined || (at < tokens.length && tokens[at] !== ")"));
    return (item) => tests.every((test) => test(item));
  };
  const any = (depth: number): Test => {
    const tests: Test[] = [];
    do tests.push(term(depth));
    while (take("OR") !== undefined);
    return (item) => tests.some((test) => test(item));
  };
  const term = (depth: number): Test => {
    const isMinus = /^-[^-]/.test(tokens[at] ?? "");
    if (isMinus) tokens[at] = (tokens[at] ?? "").slice(1);
    if (!isMinus && take("NOT") === undefined) return simple(depth);
    const test = simple(depth);
    return (item) => !test(item);
  };
  const simple = (depth: number): Test => {
    if (take("(") === undefined) return restriction();
    if (depth > DEPTH_LIMIT) throw unreadable("(");
    const test = all(depth + 1);
    if (take(")") === undefined) throw unreadable(tokens[at]);
    return test;
  };
  const restriction = (): Test => {
    const [name, , value] = tokens.slice(at, at + 3);
    if (name === undefined || !/^[A-Za-z_][\w.$-]*$/.test(name)) throw unreadable(name);
    at += 1;
    const operator = OPERATORS.find((one) => take(one) !== undefined);
    if (operator === undefined || value === undefined || SYNTAX.test(value)) throw unreadable(tokens[at]);
    at += 1;
    const field = fieldAt(name, type, schemas, "transparent");
    if (field === undefined)
      throw notModelled(`Invalid value for filter: unknown field ${JSON.stringify(name)}.`, HANDLER);
    return comparison(field, operator, value, schemas);
  };
  const test = tokens.length === 0 ? () => true : all(1);
  if (at < tokens.length) throw unreadable(tokens[at]);
  return test;
}

function tokensOf(text: string): string[] {
  const token = /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|<=|>=|!=|[=<>:()]|[^\s"'=<>!:(),]+|(?<bad>\S))/gsy;
  return Array.from(text.trimEnd().matchAll(token), ({ 1: found = "", groups }) => {
    if (groups?.["bad"] !== undefined) throw unreadable(found);
    return found;
  });
}

const HANDLER = "Pass a handler for the method instead.";

function unreadable(token = "the end"): GoogleError {
  const near = JSON.stringify(token.slice(0, 50));
  return notModelled(`Invalid value for filter: the mock cannot evaluate it at ${near}.`, HANDLER);
}

function comparison({ names, type }: Field, operator: Operator, written: string, schemas: Schemas): Test {
  const isQuoted = /^["']/.test(written);
  const text = isQuoted ? written.slice(1, -1).replaceAll(/\\(.)/gs, "$1") : written;
  if (operator === ":" && text === "*") return (item) => valuesAt(item, names).length > 0;
  const scalar = elementOf(type, schemas);
  if (scalar.kind === "object" || scalar.kind === "map") {
    if (operator !== ":") throw invalid("filter", `${names.join(".")} is an object: use ":"`);
    return (item) => elements(item, names).some((value) => isObject(value) && Object.hasOwn(value, text));
  }
  if (type.kind === "array" && operator !== ":") throw invalid("filter", `${names.join(".")} is an array: use ":"`);
  const value = comparable(text, scalar);
  if (value === undefined)
    throw invalid("filter", `${JSON.stringify(text)} cannot be compared with ${names.join(".")}`);
  const isText = scalar.kind === "string" && typeof value === "string";
  const wanted = isText && operator === ":" && type.kind !== "array" ? `*${text}*` : text;
  const fits = (one: Json): boolean => {
    const left = comparable(String(one), scalar);
    if (left === undefined) return false;
    switch (operator) {
      case ":":
      case "=":
      case "!=":
        return isText && wanted.includes("*") ? isLike(String(one), wanted) : left === value;
      case "<":
        return left < value;
      case "<=":
        return left <= value;
      case ">":
        return left > value;
      case ">=":
        return left >= value;
    }
  };
  const isOf = (item: JsonObject): boolean => {
    const found = elements(item, names);
    // JSON omits default values, so a missing field counts as false, 0 or "".
    return (found.length === 0 && type.kind !== "array" ? [unset(scalar)] : found).some(fits);
  };
  return operator === "!=" ? (item) => !isOf(item) : isOf;
}

function elements(item: JsonObject, names: readonly string[]): readonly Json[] {
  return valuesAt(item, names).flatMap((value): readonly Json[] => (Array.isArray(value) ? value : [value]));
}

function unset(type: ResolvedType): Json {
  return type.kind === "boolean" ? false : type.kind === "number" ? 0 : "";
}

/** Converts text to a value that can be compared: numbers, times and durations become numbers. */
export function comparable(text: string, type: ResolvedType): boolean | number | string | undefined {
  const number = (value: number) => (Number.isNaN(value) ? undefined : value);
  switch (type.kind) {
    case "boolean":
      return /^(true|false)$/.test(text) ? text === "true" : undefined;
    case "number":
      return text === "" ? undefined : number(Number(text));
    case "string":
      if (isInt64(type.format)) return number(Number(text || "0"));
      if (type.format === "google-duration") return number(Number((text || "0s").replace(/s$/, "")));
      if (type.format === "google-datetime" || type.format === "date-time")
        return number(Date.parse(text || "1970-01-01"));
      return text;
    default:
      return text;
  }
}

/** Matches a pattern with `*` at its start or end. With both, case is ignored. */
function isLike(text: string, pattern: string): boolean {
  const bare = pattern.replace(/^\*/, "").replace(/\*$/, "");
  const [isOpenBefore, isOpenBehind] = [pattern.startsWith("*"), pattern.endsWith("*")];
  if (isOpenBefore && isOpenBehind) return text.toLowerCase().includes(bare.toLowerCase());
  return isOpenBefore ? text.endsWith(bare) : isOpenBehind ? text.startsWith(bare) : text === bare;
}
