/** Which types occur in requests, and which in responses. */
import type { ApiModel, SchemaModel, ShapeModel, TypeModel } from "../model/types.js";
import { methodsOf } from "../model/methods.js";
import { references } from "../model/access.js";
import { type Direction, type NamedTypes, namedTypes, ownName } from "./type-differences.js";

/**
 * Returns a function that finds the direction of a type by its name. An input twin counts as its original type.
 *
 * A type that no method refers to (such as the payload of a message) counts as both.
 */
export function directionsOf({ root, schemas }: ApiModel): (name: string) => Direction {
  const types = namedTypes(schemas);
  const methods = methodsOf(root);
  const sent = reached(
    methods.flatMap(({ request }) => (request?.kind === "json" ? [request.type] : [])),
    types,
  );
  const received = reached(
    methods.flatMap(({ response }) => (response === undefined || response.kind === "media" ? [] : [response.type])),
    types,
  );
  return (name) => {
    const direction = { input: sent.has(name), output: received.has(name) };
    return direction.input || direction.output ? direction : { input: true, output: true };
  };
}

function reached(from: readonly TypeModel[], types: NamedTypes): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = from.flatMap(references);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const schema: SchemaModel | undefined = types.schema(name);
    if (schema === undefined || seen.has(name)) continue;
    seen.add(name);
    waiting.push(...typesOf(schema.shape).flatMap(references));
  }
  return new Set(Array.from(seen, (name) => ownName(name, types)));
}

function typesOf(shape: ShapeModel): readonly TypeModel[] {
  return shape.kind === "alias" ? [shape.type] : shape.properties.map(({ type }) => type);
}
