/** Checks values against the document: type, enum, bounds. */
import type { Fault } from "../errors.js";
import type { ParameterDescriptor } from "../method.js";

/** Parameters with secret values, which messages never show. */
const secret: ReadonlySet<string> = new Set(["access_token", "bearer_token", "key", "oauth_token"]);

/** Checks a scalar, or each element of an array. */
export function checkValue(name: string, value: unknown, descriptor: ParameterDescriptor, faults: Fault[]): void {
  if (
    descriptor.enum === undefined &&
    descriptor.type === undefined &&
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
  const type = descriptor.type === undefined ? undefined : types[descriptor.type];
  if (type !== undefined && !type.form.test(text)) return fault(`must be ${type.name}, not ${shown}`);
  if (descriptor.minimum !== undefined || descriptor.maximum !== undefined) {
    const order = boundsOf(text, descriptor);
    if (order === "unordered") fault(`must be a number, not ${shown}`);
    if (order === "below") fault(`must be at least ${String(descriptor.minimum)}, not ${shown}`);
    if (order === "above") fault(`must be at most ${String(descriptor.maximum)}, not ${shown}`);
  }
}

const integer: RegExp = /^-?\d+$/;

const types: { readonly [type: string]: { readonly form: RegExp; readonly name: string } } = {
  boolean: { form: /^(?:true|false)$/, name: "true or false" },
  integer: { form: integer, name: "an integer" },
  number: { form: /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i, name: "a number" },
};

function boundsOf(text: string, { minimum, maximum }: ParameterDescriptor): "above" | "below" | "unordered" | "within" {
  const bounds = [minimum, maximum].filter((bound) => bound !== undefined);
  // 64-bit bounds do not fit into a number.
  const exact = [text, ...bounds].every((one) => integer.test(one));
  const of = (one: string): bigint | number => (exact ? BigInt(one) : Number(one));
  if (text.trim() === "" || Number.isNaN(Number(text))) return "unordered";
  if (minimum !== undefined && of(text) < of(minimum)) return "below";
  return maximum !== undefined && of(text) > of(maximum) ? "above" : "within";
}
