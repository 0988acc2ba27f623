/** Parameters of the model → Parameter Objects. */
import type { ParameterModel } from "../model/types.js";
import { type SchemaObject, typedDefault, typeSchema } from "./components.js";
import type { ParameterObject } from "./document-types.js";
import type { PathSlot } from "./path-templates.js";

export function queryParameter(parameter: ParameterModel): ParameterObject {
  const { required, repeated, type } = parameter;
  const schema = parameterSchema(parameter);
  const value = parameter.default === undefined ? undefined : typedDefault(parameter.default, type);
  return {
    name: parameter.wireName ?? parameter.name,
    in: "query",
    ...(required ? { required } : {}),
    ...annotations(parameter),
    schema: {
      ...(repeated ? { type: "array", items: schema } : schema),
      ...(value === undefined ? {} : { default: repeated ? [value] : value }),
    },
  };
}

/** Returns a path variable. Variables are always required. A part of a parameter is the text of a single segment. */
export function pathParameter({ name, parameter, part }: PathSlot): ParameterObject {
  const place = { name, in: "path", required: true } as const;
  // Distinguishes two operations with the same path and verb. It is always empty, so the URL stays the same.
  if (parameter === undefined) return { ...place, schema: { type: "string", enum: [""] } };
  const origin = parameter.name === name ? {} : { "x-discogen-parameter": parameter.name };
  if (part === undefined) {
    const schema: SchemaObject = parameter.repeated ? { type: "string" } : parameterSchema(parameter);
    return { ...place, ...annotations(parameter), schema, ...origin };
  }
  const description = `Part of \`${parameter.name}\`. ${part === 0 ? parameter.description : ""}`.trim();
  return { ...place, ...annotations({ ...parameter, description }), schema: { type: "string" }, ...origin };
}

/** Returns the header with the API version, if the method has one. */
export function versionParameter(apiVersion: string | undefined): readonly ParameterObject[] {
  if (apiVersion === undefined) return [];
  return [{ name: "X-Goog-Api-Version", in: "header", required: true, schema: { type: "string", enum: [apiVersion] } }];
}

/** Returns a query parameter that Discovery documents do not declare on methods. */
export function choice(name: string, values: readonly string[], description: string): ParameterObject {
  return { name, in: "query", description, schema: { type: "string", enum: values } };
}

/** Returns the description if it is not empty, and `deprecated` if it is true. */
export function annotations({
  description,
  deprecated,
}: {
  readonly description: string;
  readonly deprecated: boolean;
}): {
  readonly description?: string;
  readonly deprecated?: true;
} {
  return { ...(description === "" ? {} : { description }), ...(deprecated ? { deprecated } : {}) };
}

function parameterSchema({ type, pattern, minimum, maximum }: ParameterModel): SchemaObject {
  const low = numberOf(minimum);
  const high = numberOf(maximum);
  return {
    ...typeSchema(type),
    ...(type.kind === "string" && pattern !== undefined ? { pattern } : {}),
    ...(type.kind === "number" && low !== undefined ? { minimum: low } : {}),
    ...(type.kind === "number" && high !== undefined ? { maximum: high } : {}),
  };
}

/** Parses a bound. In documents, every bound is text. */
function numberOf(text: string | undefined): number | undefined {
  const number = Number(text);
  return text === undefined || text === "" || !Number.isFinite(number) ? undefined : number;
}
