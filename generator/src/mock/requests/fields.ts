/** Partial responses: the parameter `fields`, as in `items(id,owner/name),nextPageToken`; dots and snake case as well. */
import type { TypeModel } from "../../model/types.js";
import { resolved, type Schemas } from "../api-index.js";
import type { Call } from "../call.js";
import { answerType } from "../resources/collections.js";
import { withEtagHeader } from "../resources/etags.js";
import { camelCase, elementOf } from "./field-paths.js";
import { type Answer, invalid } from "../google-error.js";
import { isObject, type Json, type JsonObject } from "../json.js";

/** With its ETag, cut down to the fields asked for, and wrapped; a message of a stream in an array. */
export function finished(whole: Answer, call: Call): Answer {
  const answer = withEtagHeader(whole, call);
  const { api, method } = call.entry;
  if (answer.body === undefined || answer.status >= 300) return answer;
  const fields = call.query.get("fields") ?? call.query.get("$fields") ?? "";
  const isWrapped = api.model.dataWrapper;
  let { body } = answer;
  if (fields !== "") {
    const selection = readFields(fields);
    // `data/items` and `items` are the same of an answer in its wrapper.
    const inner = (isWrapped ? selection.get("data") : undefined) ?? selection;
    const type = answerType(method);
    if (type !== undefined) checkFields(inner, type, api.schemas);
    body = selected(body, inner);
  }
  const message = isWrapped ? { data: body } : body;
  return { ...answer, body: method.response?.kind === "stream" ? [message] : message };
}

/** What is selected of an object; nothing below a name means all of it. */
export type Selection = ReadonlyMap<string, Selection>;

/** @throws {GoogleError} for a selection that cannot be read */
export function readFields(text: string): Selection {
  const tokens = text.replaceAll(".", "/").match(/[^\s,()/]+|[,()/]/g) ?? [];
  let at = 0;
  const list = (into: Map<string, Selection>, depth: number): void => {
    do path(into, depth);
    while (tokens[at] === "," && (at += 1) > 0);
  };
  const path = (into: Map<string, Selection>, depth: number): void => {
    const name = tokens[at] ?? "";
    if (depth > 50 || /^[,()/]?$/.test(name)) throw invalid("fields", "it cannot be read");
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
    // Selected whole once, it stays so.
    into.set(name, before?.size === 0 ? before : below);
  };
  const selection = new Map<string, Selection>();
  list(selection, 1);
  if (at < tokens.length) throw invalid("fields", "it cannot be read");
  return selection;
}

/** @throws {GoogleError} for a selection of what the type does not have */
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

/** What a selection leaves of a value; lists are seen through. */
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
