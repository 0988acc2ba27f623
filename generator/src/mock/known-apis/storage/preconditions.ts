/** Preconditions of Cloud Storage: `ifGenerationMatch` and the like, which compare with the stored version. */
import type { Call } from "../../call.js";
import { GoogleError, type HttpResponse } from "../../google-error.js";
import { type JsonObject, ownString } from "../../json.js";

const RULES = [
  ["GenerationMatch", "generation", true],
  ["GenerationNotMatch", "generation", false],
  ["MetagenerationMatch", "metageneration", true],
  ["MetagenerationNotMatch", "metageneration", false],
] as const;

/**
 * Checks the preconditions of a request. Generation 0 stands for an object that does not exist.
 *
 * @param prefix `if`, or `ifSource` for the source of a copy.
 * @returns 304 for a GET whose `NotMatch` does not hold, because the client has this version.
 * @throws {GoogleError} 412 if a precondition does not hold
 */
export function checkPreconditions(
  { query, entry }: Pick<Call, "entry" | "query">,
  item: JsonObject | undefined,
  prefix: "if" | "ifSource" = "if",
): HttpResponse | undefined {
  for (const [suffix, property, isMatch] of RULES) {
    const name = `${prefix}${suffix}`;
    const wanted = query.get(name) ?? "";
    const actual = item === undefined ? "0" : (ownString(item, property) ?? "1");
    if (wanted === "" || (BigInt(wanted) === BigInt(actual)) === isMatch) continue;
    if (!isMatch && entry.method.httpMethod === "GET") return { status: 304, body: undefined };
    throw conditionNotMet(name);
  }
  return undefined;
}

export function conditionNotMet(name: string): GoogleError {
  return new GoogleError(412, `The precondition ${name} does not hold.`, {
    location: { name, type: "header" },
  });
}
