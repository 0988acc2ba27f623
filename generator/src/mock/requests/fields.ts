/** Partial responses: `fields=items(id,owner/name),nextPageToken`. Also accepts dots and snake case. */
import type { TypeModel } from "../../model/types.js";
import { resolved, type Schemas } from "../api-index.js";
import type { Call } from "../call.js";
import { responseType } from "../resources/collections.js";
import { withEtagHeader } from "../resources/etags.js";
import { camelCase, elementOf } from "./field-paths.js";
import { type HttpResponse, invalid } from "../google-error.js";
import { isObject, type Json, type JsonObject } from "../json.js";

/**
 * Adds the ETag, selects the requested fields and wraps the body. The messages of a stream, one or an array of them, are
 * sent as an array, or as server-sent events for `alt=sse`.
 */
export function finalResponse(original: HttpResponse, call: Call): HttpResponse {
  const response = withEtagHeader(original, call);
  const { api, method } = call.entry;
  if (response.body === undefined || response.status >= 300) return response;
  const fields = call.query.get("fields") ?? call.query.get("$fields") ?? "";
  const isWrapped = api.model.dataWrapper;
  let { body } = response;
  if (fields !== "") {
    const selection = readFields(fields);
    // In a wrapped response, `data/items` and `items` select the same field.
    const inner = (isWrapped ? selection.get("data") : undefined) ?? selection;
    const type = responseType(method);
    if (type !== undefined) checkFields(inner, type, api.schemas);
    body = selected(body, inner);
  }
  const wrapped = (message: Json) => (isWrapped ? { data: message } : message);
  if (method.response?.kind !== "stream") return { ...response, body: wrapped(body) };
  const given: readonly Json[] = Array.isArray(body) ? body : [body];
  const messages = given.map(wrapped);
  const alt = call.query.get("alt") ?? call.query.get("$alt");
  return alt === "sse" ? events(messages, response) : { ...response, body: messages };
}

/** Returns the messages of a stream as server-sent events. */
function events(messages: readonly Json[], { status, headers }: HttpResponse): HttpResponse {
  const text = messages.map((message) => `data: ${JSON.stringify(message)}\r\n\r\n`).join("");
  return {
    status,
    body: undefined,
    bytes: Buffer.from(text),
    headers: { ...headers, "content-type": "text/event-stream" },
  };
}

/** Selected fields of an object. An empty selection below a name selects everything there. */
export type Selection = ReadonlyMap<string, Selection>;

/** @throws {GoogleError} 400 for a selection with invalid syntax */
export function readFields(text: string): Selection {
  const tokens = text.replaceAll(".", "/").match(/[^\s,()/]+|[,()/]/g) ?? [];
  let at = 0;
  const list = (into: Map<string, Selection>, depth: number): void => {
    do path(into, depth);
    while (tokens[at] === "," && (at += 1) > 0);
  };
  const path = (into: Map<string, Selection>, depth: number): void => {
    const name = tokens[at] ?? "";
    if (depth > 50 || /^[,()/]?$/.test(name)) throw invalid("fields", "the syntax is not valid");
    at += 1;
    const before = into.get(name);
    const below = new Map(before);
    if (tokens[at] === "/") {
      at += 1;
      path(below, depth + 1);
    } else if (tokens[at] === "(") {
      at += 1;
      list(below, depth + 1);
      if (tokens[at] !== ")") throw invalid("fields", "a parenthesis is not closed");
      at += 1;
    } else {
      below.clear();
    }
    // A field that was selected completely stays so.
    into.set(name, before?.size === 0 ? before : below);
  };
  const selection = new Map<string, Selection>();
  list(selection, 1);
  if (at < tokens.length) throw invalid("fields", "the syntax is not valid");
  return selection;
}

/** @throws {GoogleError} 400 for a field that the type does not have */
export function checkFields(selection: Selection, type: TypeModel, schemas: Schemas): void {
  const shape = elementOf(resolved(type, schemas), schemas);
  if (shape.kind !== "object" && shape.kind !== "map") return;
  const properties = shape.kind === "object" ? shape.properties : [];
  const types = new Map(properties.map((property) => [property.name, property.type]));
  const further = shape.kind === "object" ? shape.additional : shape.values;
  for (const [name, below] of selection) {
    if (name === "*") continue;
    const found = types.get(name) ?? types.get(camelCase(name)) ?? further;
    if (found === undefined) throw invalid("fields", `Invalid field selection ${name}`);
    checkFields(below, found, schemas);
  }
}

/** Returns the selected part of a value. A selection applies to each item of an array. */
export function selected(value: Json, selection: Selection): Json {
  if (selection.size === 0) return value;
  if (Array.isArray(value)) {
    const items: readonly Json[] = value;
    return items.map((item) => selected(item, selection));
  }
  if (!isObject(value)) return value;
  return selectedOf(value, selection);
}

function selectedOf(object: JsonObject, selection: Selection): JsonObject {
  const inCamelCase = new Map([...selection].map(([name, below]) => [camelCase(name), below]));
  const entries = Object.entries(object).flatMap(([name, value]): [string, Json][] => {
    const below = selection.get(name) ?? inCamelCase.get(name) ?? selection.get("*");
    return below === undefined ? [] : [[name, selected(value, below)]];
  });
  return Object.fromEntries(entries);
}
