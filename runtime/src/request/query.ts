/** Query parameters: in the caller's order, arrays as repeated parameters, encoded by RFC 3986. */
import type { Fault } from "../errors.js";
import type { ParameterDescriptor } from "../method.js";
import { checkValue } from "./check.js";
import { encodeOrReport, report, textOf } from "./value.js";

/**
 * Returns `&name=value`, once per element of an array, or an empty string for `undefined`. Adds problems to `faults`.
 */
export function queryOf(
  name: string,
  value: unknown,
  descriptor: ParameterDescriptor | undefined,
  faults: Fault[],
): string {
  if (value === undefined || value === null) {
    if (descriptor?.required === true) report(faults, name, "is required");
    else if (value === null) textOf(value, name, faults);
    return "";
  }
  if (descriptor?.repeated !== true) {
    if (!Array.isArray(value)) return pair(name, value, descriptor, faults);
    if (descriptor?.mask === true) return maskPair(name, value, faults);
    return report(faults, name, "must be a single value, not an array") ?? "";
  }
  if (!Array.isArray(value)) return report(faults, name, "must be an array") ?? "";
  if (value.length === 0 && descriptor.required === true) report(faults, name, "is required: the array is empty");
  return value.map((one: unknown) => pair(name, one, descriptor, faults)).join("");
}

/** Rejects an empty array: servers may read an empty mask as "all fields". */
function maskPair(name: string, paths: readonly unknown[], faults: Fault[]): string {
  if (paths.length === 0) return report(faults, name, "must not be an empty array") ?? "";
  return pair(name, paths.map((path) => textOf(path, name, faults)).join(","), undefined, faults);
}

function pair(name: string, value: unknown, descriptor: ParameterDescriptor | undefined, faults: Fault[]): string {
  const text = textOf(value, name, faults, descriptor?.type);
  if (text === undefined) return "";
  if (descriptor !== undefined) checkValue(name, text, descriptor, faults);
  return `&${encodeOrReport(descriptor?.name ?? name, name, faults) ?? ""}=${encodeOrReport(text, name, faults) ?? ""}`;
}
