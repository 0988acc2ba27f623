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
    ...told(parameter),
    schema: {
      ...(repeated ? { type: "array", items: schema } : schema),
      ...(value === undefined ? {} : { default: repeated ? [value] : value }),
    },
  };
}

/** A variable of a path: always required, and always text of one segment where the pattern tells the segments. */
export function pathParameter({ name, parameter, part }: PathSlot): ParameterObject {
  const place = { name, in: "path", required: true } as const;
  // Keeps two operations of one path and verb apart; it adds nothing to the URL.
  if (parameter === undefined) return { ...place, schema: { type: "string", enum: [""] } };
  const origin = parameter.name === name ? {} : { "x-discogen-parameter": parameter.name };
  if (part === undefined) {
    const schema: SchemaObject = parameter.repeated ? { type: "string" } : parameterSchema(parameter);
    return { ...place, ...told(parameter), schema, ...origin };
  }
  const description = `Part of \`${parameter.name}\`. ${part === 0 ? parameter.description : ""}`.trim();
  return { ...place, ...told({ ...parameter, description }), schema: { type: "string" }, ...origin };
}

/** The document's version of the API travels as a header, if the method has one. */
export function versionParameter(apiVersion: string | undefined): readonly ParameterObject[] {
  if (apiVersion === undefined) return [];
  return [{ name: "X-Goog-Api-Version", in: "header", required: true, schema: { type: "string", enum: [apiVersion] } }];
}

/** A query parameter that Discovery leaves unsaid. */
export function choice(name: string, values: readonly string[], description: string): ParameterObject {
  return { name, in: "query", description, schema: { type: "string", enum: values } };
}

/** Description and deprecation, where there are some. */
export function told({ description, deprecated }: { readonly description: string; readonly deprecated: boolean }): {
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

/** Documents write bounds as text. */
function numberOf(text: string | undefined): number | undefined {
  const number = Number(text);
  return text === undefined || text === "" || !Number.isFinite(number) ? undefined : number;
}
