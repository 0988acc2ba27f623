/** The parameters of methods, and the global parameters. */
import type { DiscoveryMethod, DiscoverySchema } from "../discovery/types.js";
import { pointerTo, reasonOf, type Report } from "../diagnostics.js";
import { NameScope } from "./names.js";
import type { PathVariable } from "./paths.js";
import type { SchemaBuilder } from "./schemas.js";
import type { ParameterModel, TypeModel } from "./types.js";

/** Global parameters that the runtime sets itself: for the format, authentication, and uploads. */
const RUNTIME_PARAMETERS: ReadonlySet<string> = new Set([
  "access_token",
  "alt",
  "callback",
  "oauth_token",
  "upload_protocol",
  "uploadType",
]);

/** Members of `params` that are not parameters. A parameter with such a name is renamed in code. */
const OWN_MEMBERS: ReadonlySet<string> = new Set(["media", "requestBody"]);

/**
 * Returns the parameters of all methods. A global parameter that must be renamed becomes a parameter of each method.
 */
export function globalParameters(
  parameters: ReadonlyMap<string, DiscoverySchema>,
  builder: SchemaBuilder,
  report: Report,
): readonly ParameterModel[] {
  const offered = [...parameters].filter(([name]) => !RUNTIME_PARAMETERS.has(name) && !OWN_MEMBERS.has(name));
  // Parameters such as `$.xgafv` are for Google's own tools.
  const unusual = (name: string) => (name.startsWith("$") ? 1 : 0);
  return offered
    .toSorted(([a], [b]) => unusual(a) - unusual(b))
    .map(([name, schema]) => parameter(name, schema, "query", builder, report));
}

/** Returns path parameters in the order of the path, then query parameters in the order of the document. */
export function methodParameters(
  method: DiscoveryMethod,
  globals: ReadonlyMap<string, DiscoverySchema>,
  variables: readonly PathVariable[],
  builder: SchemaBuilder,
  report: Report,
): readonly ParameterModel[] {
  const declared = new Map([...[...globals].filter(([name]) => OWN_MEMBERS.has(name)), ...method.parameters]);
  const inPath = variables.map(({ name, expansion }): ParameterModel => {
    const schema = declared.get(name);
    const repeated = expansion === "list";
    if (schema !== undefined) {
      return { ...parameter(name, schema, "path", builder, report), repeated, required: !repeated || schema.required };
    }
    const pointer = pointerTo(method.pointer, "path");
    report("UNDECLARED_PATH_PARAMETER", pointer, `the method has no parameter for {${name}}`);
    return { ...UNDECLARED, name, repeated };
  });
  const namesInPath = new Set(variables.map(({ name }) => name));
  const inQuery = [...declared].flatMap(([name, schema]) => {
    if (namesInPath.has(name)) return [];
    if (schema.location !== "path") return [parameter(name, schema, "query", builder, report)];
    report("UNUSED_PATH_PARAMETER", schema.pointer, `the path does not contain {${name}}`);
    return [];
  });
  return renamed([...inPath, ...inQuery], (wireName, name) => {
    const pointer = declared.get(wireName)?.pointer ?? pointerTo(method.pointer, "path");
    report("RENAMED", pointer, `the parameter is named ${name} in code`);
  });
}

/** Appends an underscore to parameter names that `params` uses for the body or the upload. */
function renamed(
  parameters: readonly ParameterModel[],
  report: (wireName: string, name: string) => void,
): readonly ParameterModel[] {
  if (!parameters.some(({ name }) => OWN_MEMBERS.has(name))) return parameters;
  const names = new NameScope();
  for (const { name } of parameters) names.take(name);
  return parameters.map((parameter) => {
    if (!OWN_MEMBERS.has(parameter.name)) return parameter;
    const name = names.take(`${parameter.name}_`);
    report(parameter.name, name);
    return { ...parameter, name, wireName: parameter.name };
  });
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
  if (schema.location !== undefined && schema.location !== "path" && schema.location !== "query") {
    const pointer = pointerTo(schema.pointer, "location");
    report("INVALID_LOCATION", pointer, `${JSON.stringify(schema.location)} is neither path nor query`);
  }
  // Some documents declare a repeated parameter as an array.
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

/** Parameters are sent as text. There is no definition of how to send an object. */
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
