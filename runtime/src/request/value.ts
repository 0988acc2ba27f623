/** Converts parameter values to text and encodes them for URLs. Adds problems to `faults`. */
import type { Fault } from "../errors.js";
import type { ParameterDescriptor } from "../method.js";

const unreserved: RegExp = /^[\w.~-]*$/;

/** Encodes all but unreserved characters (RFC 3986). Returns `undefined` for a lone surrogate. */
export function encode(text: string): string | undefined {
  if (unreserved.test(text)) return text;
  try {
    return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  } catch {
    return undefined;
  }
}

/** Returns an own property. Inherited properties are not parameters. */
export function ownOf(values: { readonly [name: string]: unknown }, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** Adds a problem to `faults` and returns `undefined`. */
export function report(faults: Fault[], parameter: string, message: string): undefined {
  faults.push({ parameter, message });
}

/** Returns the encoded text, or adds a problem to `faults`. */
export function encodeOrReport(text: string, parameter: string, faults: Fault[]): string | undefined {
  return encode(text) ?? report(faults, parameter, "contains half of a surrogate pair, which cannot be encoded");
}

/** Returns a scalar as text, or adds a problem to `faults`. */
export function textOf(
  value: unknown,
  parameter: string,
  faults: Fault[],
  type?: ParameterDescriptor["type"],
): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      if (!Number.isFinite(value)) return report(faults, parameter, `must be a finite number, not ${String(value)}`);
      if (type !== "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
        const message = "is an integer beyond 2^53, where a number loses digits: pass a bigint or a string";
        return report(faults, parameter, message);
      }
      return String(value);
    default:
      if (type === "date-time" && value instanceof Date) {
        return Number.isNaN(value.getTime()) ? report(faults, parameter, "is an invalid Date") : value.toISOString();
      }
      return report(
        faults,
        parameter,
        `must be a string, number, bigint or boolean, not ${kindOf(value)}${hint(value)}`,
      );
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return "a Date";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function hint(value: unknown): string {
  if (value instanceof Date) return ": pass date.toISOString()";
  return value === null ? ": omit it or pass undefined" : "";
}
