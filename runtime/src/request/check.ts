/** What a document says a value must be: required, pattern, enum, bounds. */
import type { Fault } from "../errors.js";
import type { ParameterDescriptor } from "../method.js";

const patterns: WeakMap<ParameterDescriptor, RegExp> = new WeakMap();

/** Values of these are never shown, not even in an error. */
const secret: ReadonlySet<string> = new Set(["access_token", "bearer_token", "key", "oauth_token"]);

/** Checks one value that is known to be a scalar, or each element of a list. */
export function checkValue(name: string, value: unknown, descriptor: ParameterDescriptor, faults: Fault[]): void {
  if (
    descriptor.enum === undefined &&
    descriptor.pattern === undefined &&
    descriptor.minimum === undefined &&
    descriptor.maximum === undefined
  )
    return;
  if (Array.isArray(value)) {
    for (const element of value) checkValue(name, element, descriptor, faults);
    return;
  }
  const text = String(value);
  const shown = secret.has(name) ? "the value" : JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  const fault = (message: string): void => void faults.push({ parameter: name, message });
  if (descriptor.enum !== undefined && !descriptor.enum.includes(text)) {
    fault(`must be one of ${descriptor.enum.map((one) => JSON.stringify(one)).join(", ")}, not ${shown}`);
  }
  if (descriptor.pattern !== undefined && !matches(text, descriptor, descriptor.pattern)) {
    fault(`must match ${descriptor.pattern}, which ${shown} does not`);
  }
  if (descriptor.minimum !== undefined || descriptor.maximum !== undefined) {
    const order = boundsOf(text, descriptor);
    if (order === "unordered") fault(`must be a number, not ${shown}`);
    if (order === "below") fault(`must be at least ${String(descriptor.minimum)}, not ${shown}`);
    if (order === "above") fault(`must be at most ${String(descriptor.maximum)}, not ${shown}`);
  }
}

function matches(text: string, descriptor: ParameterDescriptor, pattern: string): boolean {
  let compiled = patterns.get(descriptor);
  if (compiled === undefined) {
    compiled = new RegExp(pattern);
    patterns.set(descriptor, compiled);
  }
  return compiled.test(text);
}

const integer: RegExp = /^-?\d+$/;

function boundsOf(text: string, { minimum, maximum }: ParameterDescriptor): "above" | "below" | "unordered" | "within" {
  const bounds = [minimum, maximum].filter((bound) => bound !== undefined);
  // 64-bit bounds do not fit a number.
  const exact = [text, ...bounds].every((one) => integer.test(one));
  const of = (one: string): bigint | number => (exact ? BigInt(one) : Number(one));
  if (text.trim() === "" || Number.isNaN(Number(text))) return "unordered";
  if (minimum !== undefined && of(text) < of(minimum)) return "below";
  return maximum !== undefined && of(text) > of(maximum) ? "above" : "within";
}
