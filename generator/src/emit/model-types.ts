/** Types of the model → trees of TypeScript types, for signatures and parameters in `index.ts`. */
import { patternParts } from "../model/paths.js";
import type {
  EnumModel,
  ParameterModel,
  RequestModel,
  RequiredProperties,
  SchemaModel,
  ShapeModel,
  TypeModel,
} from "../model/types.js";
import {
  array,
  intersection,
  keyword,
  map,
  type MemberNode,
  name,
  object,
  OPEN_STRING_TYPE,
  propertyKey,
  stringLiteral,
  type TypeNode,
  union,
} from "./type-nodes.js";

type FindSchema = (name: string) => SchemaModel | undefined;

/** The type of a body or of an item. Named types are members of `schemas`. */
export function typeNode(type: TypeModel): TypeNode {
  switch (type.kind) {
    case "string":
      return type.enum === undefined ? keyword("string") : enumNode(type.enum);
    case "number":
    case "boolean":
    case "unknown":
      return keyword(type.kind);
    case "array":
      return array(typeNode(type.items));
    case "map":
      return map(typeNode(type.values));
    case "reference":
      return name(`schemas.${type.name}`);
    case "union":
      return union(type.members.map(typeNode));
  }
}

/** The type of a parameter. */
export function parameterNode(parameter: ParameterModel): TypeNode {
  const single = singleNode(parameter);
  return parameter.repeated ? array(single, true) : single;
}

/** Whether values are timestamps: callers may also pass a `Date`. */
export function isTime(type: TypeModel): boolean {
  return type.kind === "string" && (type.format === "google-datetime" || type.format === "date-time");
}

function singleNode({ type, location, pattern }: ParameterModel): TypeNode {
  if (type.kind === "unknown") return union([keyword("string"), keyword("number"), keyword("boolean")]);
  if (type.kind !== "string") return typeNode(type);
  if (type.enum !== undefined) return enumNode(type.enum);
  if (type.format === "int64" || type.format === "uint64")
    return union([keyword("string"), keyword("number"), name("bigint")]);
  if (isTime(type)) return union([keyword("string"), name("Date")]);
  return location === "path" && pattern !== undefined ? patternNode(pattern) : keyword("string");
}

/**
 * `` `projects/${string}` | (string & {}) `` for `^projects/[^/]+$`. Editors show the shape. Any string is accepted:
 * names come from lists and settings, and a pattern may cover only some of the paths that the server accepts.
 */
function patternNode(pattern: string): TypeNode {
  const parts = patternParts(pattern);
  // A shape without a literal name describes nothing.
  if (parts === undefined || !parts.some((part) => typeof part !== "string" && /\w/.test(part.literal)))
    return keyword("string");
  const shape = parts.map((part) => (typeof part === "string" ? "${string}" : part.literal)).join("");
  return union([shape.includes("${") ? name(`\`${shape}\``) : stringLiteral(shape), OPEN_STRING_TYPE]);
}

function enumNode({ values, open }: EnumModel): TypeNode {
  return union([...values.map(({ value }) => stringLiteral(value)), ...(open ? [OPEN_STRING_TYPE] : [])]);
}

/** The type of a method's `requestBody`. */
export function requestNode(request: RequestModel, httpMethod: string, schema: FindSchema): TypeNode {
  if (request.kind === "bytes") return name("runtime.BytesRequest");
  const type = requiringNode(request.type, request.requires, schema);
  return httpMethod === "PATCH" ? name("runtime.Patch", type) : type;
}

/** The type, with the properties that the method requires made required. Each keeps its own type. */
function requiringNode(type: TypeModel, requires: RequiredProperties | undefined, schema: FindSchema): TypeNode {
  if (requires === undefined) return typeNode(type);
  if (type.kind === "array") return array(requiringNode(type.items, requires, schema));
  if (type.kind === "map") return map(requiringNode(type.values, requires, schema));
  const shape = type.kind === "reference" ? schema(type.name)?.shape : undefined;
  if (shape?.kind === "alias") return requiringNode(shape.type, requires, schema);
  return intersection([typeNode(type), object(requiredMembers(shape, requires, schema))]);
}

/** The properties that a method requires, and those with required properties inside. */
export function requiredMembers(
  shape: ShapeModel | undefined,
  requires: RequiredProperties,
  schema: FindSchema,
): readonly MemberNode[] {
  return (shape?.kind === "object" ? shape.properties : []).flatMap((property) => {
    const nested = requires.nested.get(property.name);
    const isRequired = requires.required.includes(property.name);
    if (!isRequired && nested === undefined) return [];
    const type = requiringNode(property.type, nested, schema);
    return [{ key: propertyKey(property.name), isOptional: !isRequired, type }];
  });
}
