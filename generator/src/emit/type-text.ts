/** Types of the model as TypeScript text, for signatures and parameters in `index.ts`. */
import { isIdentifier } from "../model/names.js";
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

/** A property name as it is written in a type. */
export function propertyKey(name: string): string {
  return isIdentifier(name) ? name : JSON.stringify(name);
}

/** A body or an item; named types are members of `schemas`. */
export function typeText(type: TypeModel): string {
  switch (type.kind) {
    case "string":
      return type.enum === undefined ? "string" : enumText(type.enum);
    case "number":
    case "boolean":
    case "unknown":
      return type.kind;
    case "array":
      return `${grouped(typeText(type.items))}[]`;
    case "map":
      return `{ [key: string]: ${typeText(type.values)} }`;
    case "reference":
      return `schemas.${type.name}`;
    case "union":
      return type.members.map(typeText).join(" | ");
  }
}

/** What a caller may pass for a parameter. */
export function parameterText(parameter: ParameterModel): string {
  const single = singleText(parameter);
  return parameter.repeated ? `readonly ${grouped(single)}[]` : single;
}

/** A point in time, which a `Date` is too. */
export function isTime(type: TypeModel): boolean {
  return type.kind === "string" && (type.format === "google-datetime" || type.format === "date-time");
}

function singleText({ type, location, pattern }: ParameterModel): string {
  if (type.kind === "unknown") return "string | number | boolean";
  if (type.kind !== "string") return typeText(type);
  if (type.enum !== undefined) return enumText(type.enum);
  if (type.format === "int64" || type.format === "uint64") return "string | number | bigint";
  if (isTime(type)) return "string | Date";
  return location === "path" && pattern !== undefined ? patternText(pattern) : "string";
}

/**
 * `` `projects/${string}` | (string & {}) `` for `^projects/[^/]+$`: editors show the shape, and any string is accepted,
 * as names come from lists and settings, and a pattern may cover only some of the paths that the server accepts.
 */
function patternText(pattern: string): string {
  const parts = patternParts(pattern);
  // Without a literal word, the shape says nothing.
  if (parts === undefined || !parts.some((part) => typeof part !== "string" && /\w/.test(part.literal)))
    return "string";
  const shape = parts.map((part) => (typeof part === "string" ? "${string}" : part.literal)).join("");
  return `${shape.includes("${") ? `\`${shape}\`` : JSON.stringify(shape)} | (string & {})`;
}

function enumText({ values, open }: EnumModel): string {
  const literals = values.map(({ value }) => JSON.stringify(value));
  return [...literals, ...(open ? ["(string & {})"] : [])].join(" | ");
}

function grouped(text: string): string {
  return /[ |&]/.test(text) && !/^(?:\{[^{}]*\}|"[^"]*"|`[^`]*`)$/.test(text) ? `(${text})` : text;
}

/** What a method takes as `requestBody`. */
export function requestText(
  request: RequestModel,
  httpMethod: string,
  schema: (name: string) => SchemaModel | undefined,
): string {
  if (request.kind === "bytes") return "runtime.BytesRequest";
  const text = requiringText(request.type, request.requires, schema);
  return httpMethod === "PATCH" ? `runtime.Patch<${text}>` : text;
}

/** The type with the properties required that the method requires, each still of its own type. */
function requiringText(
  type: TypeModel,
  requires: RequiredProperties | undefined,
  schema: (name: string) => SchemaModel | undefined,
): string {
  if (requires === undefined) return typeText(type);
  if (type.kind === "array") return `${grouped(requiringText(type.items, requires, schema))}[]`;
  if (type.kind === "map") return `{ [key: string]: ${requiringText(type.values, requires, schema)} }`;
  const shape = type.kind === "reference" ? schema(type.name)?.shape : undefined;
  if (shape?.kind === "alias") return requiringText(shape.type, requires, schema);
  const members = requiredMembers(shape, requires, schema);
  return `${typeText(type)} & { ${members.map(({ key, isOptional, type }) => `${key}${isOptional ? "?" : ""}: ${type}`).join("; ")} }`;
}

/** A property with what a method requires of it. */
export interface RequiredMember {
  readonly key: string;
  readonly isOptional: boolean;
  readonly type: string;
}

/** The properties that a method requires, and those that hold some that it requires. */
export function requiredMembers(
  shape: ShapeModel | undefined,
  requires: RequiredProperties,
  schema: (name: string) => SchemaModel | undefined,
): readonly RequiredMember[] {
  return (shape?.kind === "object" ? shape.properties : []).flatMap((property) => {
    const nested = requires.nested.get(property.name);
    const isRequired = requires.required.includes(property.name);
    if (!isRequired && nested === undefined) return [];
    const type = requiringText(property.type, nested, schema);
    return [{ key: propertyKey(property.name), isOptional: !isRequired, type }];
  });
}
