/** Shapes of paths and responses, by which methods are recognized. */
import type { MethodModel, TypeModel } from "../../model/types.js";
import { type ApiIndex, propertiesOf, schemaName } from "../api-index.js";

/** Returns the template without variable names, which can differ between methods of one collection. */
export function shapeOf(template: string): string {
  return template.replaceAll(/\{[^{}]*\}/g, "{}");
}

/** Returns true if each segment of the template is either literal or `{x}`. */
export function isPlain(template: string): boolean {
  return /^(\/([^{}/]+|\{[^{}+/*]*\}))+$/.test(template);
}

export function responseType({ response }: MethodModel): TypeModel | undefined {
  return response === undefined || response.kind === "media" ? undefined : response.type;
}

/** The property of a list response that contains the items. */
export interface Listed {
  readonly property: string;
  readonly type: TypeModel;
  /** Name of the schema of the items; `undefined` if the document does not describe them. */
  readonly name: string | undefined;
}

/** Returns the property of a list response that contains the items. */
export function listedItems(method: MethodModel, { schemas }: ApiIndex): Listed | undefined {
  const arrays = propertiesOf(responseType(method), schemas).flatMap(({ name: property, type }): Listed[] =>
    type.kind === "array" ? [{ property, type: type.items, name: schemaName(type.items, schemas) }] : [],
  );
  const items = method.paging?.items?.property;
  if (items !== undefined) {
    const found = arrays.find(({ property }) => property === items);
    return found?.name === undefined ? undefined : found;
  }
  const objects = arrays.filter(({ name }) => name !== undefined);
  const candidates = objects.length === 0 ? arrays.filter(({ type }) => type.kind === "unknown") : objects;
  return candidates.length === 1 ? candidates[0] : undefined;
}
