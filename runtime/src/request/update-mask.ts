/** Field masks of updates: which fields of a resource a request is about (AIP-134, AIP-161). */
import { type Fault, InvalidRequestError } from "../errors.js";
import { toJson } from "./json.js";

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

/** What update masks of an API need to know, as generated clients have it. `Params`: parameters by method. */
export interface UpdateMasks<Params = object> {
  /** By path from the client: `files.update`. */
  readonly methods: { readonly [path: string]: MaskedMethod };
  /** Types with fields that are special, or that lead to such types. */
  readonly types: { readonly [name: string]: MaskedType };
  /** Never there: what {@link updateMaskOf} is typed by. */
  readonly params?: Params;
}

/** A method whose body a mask can be made of. */
export interface MaskedMethod {
  /** The type of the body. */
  readonly type?: string;
  /** The document asks for `display_name` where the body has `displayName`. */
  readonly snake?: true;
}

/** What is special of the fields of a type. */
export interface MaskedType {
  /** Only the server sets these. */
  readonly readOnly?: readonly string[];
  /** Maps and values of any shape: a mask does not reach into them. */
  readonly maps?: readonly string[];
  /** Fields whose type is in {@link UpdateMasks.types}. */
  readonly types?: { readonly [field: string]: string };
}

/** Ids of methods: their path from the client, and the same with the name that documents put in front. */
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
 * Makes an update mask of what a body holds, for the parameter `updateMask`:
 *
 * ```ts
 * const requestBody = { labels: { env: "prod" }, config: { tier: "small", note: null } };
 * const updateMask = updateMaskOf(ShelvesClient, "shelves.patch", requestBody); // "labels,config.tier,config.note"
 * await client.shelves.patch({ name, requestBody, updateMask });
 * ```
 *
 * It names every field that has a value, `null` included, down to values without fields of their own: text, lists, maps,
 * empty objects. Read-only fields are left out. Names are spelled as the document asks: `displayName` or `display_name`.
 *
 * @param client The class of the client.
 * @param methodId Path of the method from the client, or the document's id: `files.update`, `drive.files.update`.
 * @throws InvalidRequestError for an unknown method, a body that is no JSON, and an empty mask.
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
  // Whatever could not be sent has no place in a mask.
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
    const message = "holds no field that can be updated, so its update mask would be empty";
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
  const message = "is no method of this client whose body an update mask can be made of";
  throw new InvalidRequestError("updateMaskOf", [{ parameter: methodId, message }]);
}

/** An empty object is a value, and so is one that turns itself into JSON. */
function hasFields(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !("toJSON" in value && typeof value.toJSON === "function") &&
    Object.keys(value).length > 0
  );
}

/** As protocol buffers turn names of JSON back into their own. */
function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
