/** Checks the parameters of a request against those of its method. */
import type { ApiModel, ParameterModel } from "../../model/types.js";
import type { IndexedMethod } from "../api-index.js";
import { expectedText, isInt64 } from "./check-value.js";
import { badRequest, type FieldViolation, missing } from "../google-error.js";

/** System parameters that every Google API accepts, declared or not. Each one also exists with a `$` prefix. */
const SYSTEM: ReadonlySet<string> = new Set(
  [
    "access_token",
    "alt",
    "callback",
    "bearer_token",
    "fields",
    "key",
    "oauth_token",
    "pp",
    "prettyPrint",
    "quotaUser",
    "trace",
    "uploadType",
    "upload_id",
    "upload_protocol",
    "userIp",
    "userProject",
    ".xgafv",
  ].flatMap((name) => [name, `$${name}`]),
);

/**
 * @param variables The path parameters, decoded.
 * @throws {GoogleError} 400 that names the first missing required parameter, or else every invalid one
 */
export function checkParameters(
  { api, method }: IndexedMethod,
  variables: ReadonlyMap<string, string>,
  query: URLSearchParams,
): void {
  const inQuery = method.parameters.filter(({ location }) => location === "query");
  const gap = inQuery.find((parameter) => parameter.required && !query.get(wireName(parameter)));
  if (gap !== undefined) throw missing(wireName(gap));
  const known = new Map([...api.model.parameters, ...inQuery].map((parameter) => [wireName(parameter), parameter]));
  const violations: FieldViolation[] = [];
  for (const [name, text] of query) {
    const parameter = known.get(name);
    if (parameter !== undefined) violations.push(...violationsOf(parameter, text));
    else if (!SYSTEM.has(name) && rejectsUnknown(api.model)) violations.push(unknown(name));
  }
  for (const parameter of method.parameters) {
    if (parameter.location === "path") violations.push(...violationsOf(parameter, variables.get(parameter.name) ?? ""));
  }
  if (violations.length > 0) throw badRequest(violations);
}

/**
 * Returns true for an API whose servers reject unknown parameters: those with paths from the root of their own host
 * (`servicePath` is empty). Older servers, such as those of Drive, Calendar, Compute Engine and Cloud Storage, ignore
 * them.
 */
function rejectsUnknown({ servicePath }: Pick<ApiModel, "servicePath">): boolean {
  return servicePath === "";
}

export function wireName({ name, wireName: other }: ParameterModel): string {
  return other ?? name;
}

function violationsOf({ name, type, minimum, maximum }: ParameterModel, text: string): readonly FieldViolation[] {
  // An empty value means that the parameter is not set.
  if (text === "") return [];
  const isNumeral = type.kind === "number" || (type.kind === "string" && isInt64(type.format));
  const isBelow = isNumeral && minimum !== undefined && Number(text) < Number(minimum);
  const isAbove = isNumeral && maximum !== undefined && Number(text) > Number(maximum);
  const expected =
    expectedText(text, type) ?? (isBelow ? `${minimum} or more` : isAbove ? `${maximum} or less` : undefined);
  if (expected === undefined) return [];
  const shown = JSON.stringify(text.slice(0, 100));
  return [{ field: name, description: `Invalid value at '${name}': expected ${expected}, got ${shown}` }];
}

function unknown(name: string): FieldViolation {
  const quoted = JSON.stringify(name);
  return {
    field: name,
    description: `Invalid JSON payload received. Unknown name ${quoted}: Cannot bind query parameter. Field '${name}' could not be found in request message.`,
  };
}
