/** Field masks of updates: which fields of a resource a PATCH is about (AIP-134, AIP-161). */
import type { MethodDescriptor } from "../method.js";

/**
 * Path of a field, dots between its parts: `settings.tier`. Three levels are checked, whatever lies deeper is not; `*`
 * is the whole resource.
 */
export type FieldPath<Resource> = "*" | Path<Resource, [1, 1]>;

type Path<Value, Levels extends readonly unknown[]> = Value extends readonly unknown[]
  ? never
  : Value extends object
    ? string extends keyof Value
      ? string
      : { [Name in keyof Value & string]: Name | Below<Name, Value[Name], Levels> }[keyof Value & string]
    : never;

type Below<Name extends string, Value, Levels extends readonly unknown[]> = Levels extends readonly [
  unknown,
  ...infer Rest,
]
  ? `${Name}.${Path<NonNullable<Value>, Rest>}`
  : Extract<NonNullable<Value>, object> extends never
    ? never
    : `${Name}.${string}`;

interface Values {
  readonly [name: string]: unknown;
}

/**
 * The parameters with their mask as it is sent: a list joined by commas, and where none is given the keys of the body,
 * so that what the caller left out stays as it is.
 */
export function withUpdateMask(method: MethodDescriptor, params: Values): Values {
  if (method.updateMask !== true) return params;
  const given = params["updateMask"];
  if (Array.isArray(given)) return { ...params, updateMask: given.join(",") };
  const body = params["requestBody"];
  if (given !== undefined || typeof body !== "object" || body === null) return params;
  const present = Object.entries(body).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  return present.length === 0 ? params : { ...params, updateMask: present.join(",") };
}
