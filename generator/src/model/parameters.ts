/** Parameters of a method, and the global ones. */
import type { DiscoveryMethod, DiscoverySchema } from "../discovery/types.js";
import { pointerTo, reasonOf, type Report } from "../diagnostics.js";
import type { PathVariable } from "./paths.js";
import type { SchemaBuilder } from "./schemas.js";
import type { ParameterModel, TypeModel } from "./types.js";

/** Global parameters that are the runtime's business: it chooses the format, signs in, and uploads. */
const RUNTIME_PARAMETERS: ReadonlySet<string> = new Set([
  "access_token",
  "alt",
  "callback",
  "oauth_token",
  "upload_protocol",
  "uploadType",
]);

/** Parameters that every method of the API takes. */
export function globalParameters(
  parameters: ReadonlyMap<string, DiscoverySchema>,
  builder: SchemaBuilder,
  report: Report,
): readonly ParameterModel[] {
  const offered = [...parameters].filter(([name]) => !RUNTIME_PARAMETERS.has(name));
  // `$.xgafv` and the like are for Google's own tools.
  const unusual = (name: string) => (name.startsWith("$") ? 1 : 0);
  return offered
    .toSorted(([a], [b]) => unusual(a) - unusual(b))
    .map(([name, schema]) => parameter(name, schema, "query", builder, report));
}

/** Path parameters in the order of the path, then query parameters in the order of the document. */
export function methodParameters(
  method: DiscoveryMethod,
  variables: readonly PathVariable[],
  builder: SchemaBuilder,
  report: Report,
): readonly ParameterModel[] {
  const inPath = variables.map(({ name, expansion }): ParameterModel => {
    const schema = method.parameters.get(name);
    const repeated = expansion === "list";
    if (schema !== undefined) {
      return { ...parameter(name, schema, "path", builder, report), repeated, required: !repeated || schema.required };
    }
    const pointer = pointerTo(method.pointer, "path");
    report("UNDECLARED_PATH_PARAMETER", pointer, `{${name}} is not among the method's parameters`);
    return { ...UNDECLARED, name, repeated };
  });
  const held = new Set(variables.map(({ name }) => name));
  const inQuery = [...method.parameters].flatMap(([name, schema]) => {
    if (held.has(name)) return [];
    if (schema.location !== "path") return [parameter(name, schema, "query", builder, report)];
    report("UNUSED_PATH_PARAMETER", schema.pointer, `the path does not hold {${name}}`);
    return [];
  });
  return [...inPath, ...inQuery];
}

const UNDECLARED: Omit<ParameterModel, "name"> = {
  location: "path",
  description: "",
  deprecated: false,
  required: true,
  repeated: false,
  type: { kind: "string", format: undefined, enum: undefined },
  default: undefined,
  pattern: undefined,
  minimum: undefined,
  maximum: undefined,
};

function parameter(
  name: string,
  schema: DiscoverySchema,
  location: "path" | "query",
  builder: SchemaBuilder,
  report: Report,
): ParameterModel {
  const { description, deprecated, required, repeated, minimum, maximum } = schema;
  // Some documents write a repeated parameter as an array.
  const type = builder.typeOf(schema, name);
  return {
    name,
    location,
    description,
    deprecated,
    required: required || location === "path",
    repeated: repeated || type.kind === "array",
    type: scalar(type.kind === "array" ? type.items : type),
    default: schema.default,
    pattern: checkedPattern(schema, report),
    minimum,
    maximum,
  };
}

/** A parameter travels as text; what an object would mean there nobody has defined. */
function scalar(type: TypeModel): TypeModel {
  return type.kind === "string" || type.kind === "number" || type.kind === "boolean" ? type : { kind: "unknown" };
}

function checkedPattern({ pattern, pointer }: DiscoverySchema, report: Report): string | undefined {
  if (pattern === undefined) return undefined;
  try {
    RegExp(pattern, "u");
    return pattern;
  } catch (error) {
    report("INVALID_PATTERN", pointerTo(pointer, "pattern"), reasonOf(error));
    return undefined;
  }
}
