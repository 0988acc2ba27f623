/** Update masks: the fields of a resource that a request changes (AIP-134, AIP-161). */
import { type Fault, InvalidRequestError } from "../errors.js";
import { toJson } from "./json.js";

/**
 * The path of a field, with dots between its parts: `settings.tier`. The compiler checks the first three levels. `*` is
 * the complete resource.
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

/** The data of a generated client for update masks. `Params`: parameters by method. */
export interface UpdateMasks<Params = object> {
  /** By path from the client: `files.update`. */
  readonly methods: { readonly [path: string]: MaskedMethod };
  /** Types with special fields, or with fields of such types. */
  readonly types: { readonly [name: string]: MaskedType };
  /** Never set. Gives {@link updateMaskOf} its types. */
  readonly params?: Params;
}

/** A method whose body supports update masks. */
export interface MaskedMethod {
  /** The type of the body. */
  readonly type?: string;
  /** The document requires `display_name` in masks for the field `displayName`. */
  readonly snake?: true;
}

/** The special fields of a type. */
export interface MaskedType {
  /** Only the server sets these. */
  readonly readOnly?: readonly string[];
  /** Maps and values of any shape. A mask cannot name a part of them. */
  readonly maps?: readonly string[];
  /** Fields whose type is in {@link UpdateMasks.types}. */
  readonly types?: { readonly [field: string]: string };
}

/** Ids of methods: their path from the client, optionally with the prefix of document ids. */
type MethodId<Params> = (keyof Params & string) | `${string}.${keyof Params & string}`;

/** The `requestBody` of a method. */
type BodyOf<Params, Id extends string> = Id extends keyof Params
  ? Params[Id] extends { readonly requestBody?: infer Body }
    ? NonNullable<Body>
    : never
  : Id extends `${string}.${infer Rest}`
    ? BodyOf<Params, Rest>
    : never;

/**
 * Returns the update mask for a body, to pass as the parameter `updateMask`:
 *
 * ```ts
 * const requestBody = { labels: { env: "prod" }, config: { tier: "small", note: null } };
 * const updateMask = updateMaskOf(ShelvesClient, "shelves.patch", requestBody); // "labels,config.tier,config.note"
 * await client.shelves.patch({ name, requestBody, updateMask });
 * ```
 *
 * The mask contains each field that has a value, including `null`. It stops at strings, arrays, maps and empty objects,
 * and leaves out read-only fields. The document decides between `displayName` and `display_name`.
 *
 * @param client The class of the client.
 * @param methodId The path of the method from the client, or the document's id: `files.update`, `drive.files.update`.
 * @throws InvalidRequestError for an unknown method, a body that is not valid JSON, and an empty mask.
 */
export function updateMaskOf<Params extends object, Id extends MethodId<Params>>(
  client: { readonly updateMasks: UpdateMasks<Params> },
  methodId: Id,
  body: BodyOf<Params, Id>,
): string {
  const { methods, types } = client.updateMasks;
  const method = methodOf(methods, methodId);
  const faults: Fault[] = [];
  if (typeof body !== "object" || body === null || Array.isArray(body))
    faults.push({ parameter: "requestBody", message: "must be an object" });
  // Rejects values that could not be sent.
  else toJson(body, "requestBody", faults);
  if (faults.length > 0) throw new InvalidRequestError(methodId, faults);
  const paths: string[] = [];
  const collect = (value: object, type: MaskedType | undefined, prefix: string): void => {
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined || type?.readOnly?.includes(name) === true) continue;
      const path = prefix + (method.snake === true ? snakeCase(name) : name);
      const isLeaf = !hasFields(member) || type?.maps?.includes(name) === true;
      if (isLeaf) paths.push(path);
      else collect(member, types[type?.types?.[name] ?? ""], `${path}.`);
    }
  };
  collect(body, types[method.type ?? ""], "");
  if (paths.length === 0) {
    const message = "contains no field that can be updated, so the update mask would be empty";
    throw new InvalidRequestError(methodId, [{ parameter: "requestBody", message }]);
  }
  return paths.join(",");
}

function methodOf(methods: UpdateMasks["methods"], methodId: string): MaskedMethod {
  const parts = methodId.split(".");
  for (let start = 0; start < parts.length; start++) {
    const path = parts.slice(start).join(".");
    const found = Object.hasOwn(methods, path) ? methods[path] : undefined;
    if (found !== undefined) return found;
  }
  const message = "is not a method of this client with a body that supports update masks";
  throw new InvalidRequestError("updateMaskOf", [{ parameter: methodId, message }]);
}

/** Returns whether a mask names the fields of a value: not those of empty objects and objects with `toJSON()`. */
function hasFields(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !("toJSON" in value && typeof value.toJSON === "function") &&
    Object.keys(value).length > 0
  );
}

/** Converts a JSON name to the name in protocol buffers. */
function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
