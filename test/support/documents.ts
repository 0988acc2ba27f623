/** Reads Discovery documents as plain JSON, for tests of the bundled ones. */
import { readFileSync } from "node:fs";

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}
/** A JSON value with its JSON pointer. */
export interface At<T> {
  readonly pointer: string;
  readonly value: T;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isString = (value: Json | undefined): value is string => typeof value === "string";
export const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
export const strings = (value: Json | undefined): string[] => (Array.isArray(value) ? value.filter(isString) : []);

export const readDocument = (file: URL): JsonObject => {
  const document: Json = JSON.parse(readFileSync(file, "utf8"));
  if (!isObject(document)) throw new TypeError(`${file.pathname} is not a JSON object`);
  return document;
};

export const entries = (node: Json, pointer: string): At<Json>[] =>
  Object.entries(typeof node === "object" && node !== null ? node : {}).map(([key, value]) => ({
    pointer: `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    value,
  }));
export const everything = (node: Json, pointer = ""): At<Json>[] => [
  { pointer, value: node },
  ...entries(node, pointer).flatMap((entry) => everything(entry.value, entry.pointer)),
];

/** By key and value: a property may be called `description` too, but then its value is a schema. */
export const isHumanText = (key: string, value: Json): boolean =>
  ((key === "description" || key === "title") && isString(value)) ||
  (key === "enumDescriptions" && Array.isArray(value));

export const textsOf = (document: JsonObject): At<string>[] =>
  everything(document).flatMap(({ pointer, value }) =>
    isString(value) && /\/(description|title|enumDescriptions\/\d+)$/.test(pointer) ? [{ pointer, value }] : [],
  );

export const withoutTexts = (node: Json): Json => {
  if (Array.isArray(node)) return node.map(withoutTexts);
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => (isHumanText(key, value) ? [] : [[key, withoutTexts(value)]])),
  );
};
/** The document's own `etag` and `icons` describe Google's file, not the API; `DatabaseInstance.etag` stays. */
export const structureOf = (document: JsonObject): Json =>
  withoutTexts(Object.fromEntries(Object.entries(document).filter(([key]) => key !== "etag" && key !== "icons")));

export const normalised = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, " ")
    .trim();
/** Prose only: names and values (`STRING`, `pageToken`, `asia-east1`) are facts, and the same in both. */
export const wordsOf = (text: string): string[] =>
  text.split(/[^\w'-]+/).flatMap((word) => (/^[A-Z]?[a-z'-]+$/.test(word) ? [word.toLowerCase()] : []));
export const runsOf = (text: string, length: number): string[] => {
  const words = wordsOf(text);
  return words.slice(length - 1).map((_, start) => words.slice(start, start + length).join(" "));
};
