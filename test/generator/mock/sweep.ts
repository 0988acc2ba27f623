/** Sends one request for each method of a model, and checks that no response is wrong. */
import { indexApi, type IndexedMethod } from "../../../generator/src/mock/api-index.js";
import type { Fixtures, Json, JsonObject } from "../../../generator/src/mock/index.js";
import { violationsOf } from "../../../generator/src/mock/requests/check-value.js";
import {
  type Collection,
  collectionAt,
  collectionsOf,
  responseType,
} from "../../../generator/src/mock/resources/collections.js";
import { sampleOf } from "../../../generator/src/mock/resources/sample.js";
import { canonicalPath } from "../../../generator/src/mock/routes.js";
import type { ApiModel, ParameterModel } from "../../../generator/src/model/types.js";
import { type Call, type MockedResponse, object } from "./support.js";

export interface SampleRequest {
  readonly entry: IndexedMethod;
  readonly id: string;
  readonly verb: string;
  /** With the query, without a leading slash. */
  readonly path: string;
  readonly body: Json | undefined;
}

/** What the mock did with one request. `wrong` says what is wrong with the response. */
export interface Outcome {
  readonly id: string;
  /** `rejected`: the item does not exist, exists already, or is in another state. */
  readonly kind: "answered" | "refused" | "rejected" | "wrong";
  readonly verb: string;
  readonly wrong: string;
}

export function sampleRequests(model: ApiModel): readonly SampleRequest[] {
  const api = indexApi(model);
  return api.resources.flatMap(({ methods }) => methods).map(sampleRequest);
}

/** Sends every request: reads first, deletes last, so that each item exists. */
export async function sweep(model: ApiModel, send: Call): Promise<readonly Outcome[]> {
  const rank = ({ entry: { method } }: SampleRequest) => {
    if (method.httpMethod === "GET" || method.name === "wait") return 0;
    return method.httpMethod === "DELETE" || /^(delete|batchDelete)/.test(method.name) ? 2 : 1;
  };
  const requests = sampleRequests(model).toSorted((a, b) => rank(a) - rank(b) || b.path.length - a.path.length);
  const outcomes: Outcome[] = [];
  for (const request of requests) {
    const { id, verb, path, body, entry } = request;
    const response = await send(verb, path, body);
    const isRefusal = JSON.stringify(response.body ?? "").includes('"reason":"MOCK_NOT_MODELLED"');
    const isRejected = !isRefusal && REJECTIONS.some((text) => JSON.stringify(response.body ?? "").includes(text));
    const wrong = isRefusal || isRejected ? clientError(response) : problemOf(response, entry);
    const kind = isRefusal ? "refused" : isRejected ? "rejected" : "answered";
    outcomes.push({ id, verb, kind: wrong === "" ? kind : "wrong", wrong });
  }
  return outcomes;
}

const REJECTIONS = [
  '"reason":"notFound"',
  '"reason":"duplicate"',
  '"reason":"conditionNotMet"',
  '"reason":"required"',
  '"reason":"invalid"',
];

function clientError({ status, body }: MockedResponse): string {
  const isUnrouted = JSON.stringify(body ?? "").includes("no method has");
  return status >= 400 && status < 500 && !isUnrouted ? "" : `status ${status}`;
}

/** Returns one item for each collection that clients can fill, at the path that the requests use. */
export function sweepFixtures(model: ApiModel): Fixtures {
  const fixtures = new Map<string, JsonObject[]>();
  const collections = collectionsOf(indexApi(model));
  for (const collection of collections) {
    const get = collection.roles.find(({ role }) => role === "get")?.entry;
    const isFilled = collection.roles.some(({ role }) => role === "insert") || get?.method.operation !== undefined;
    if (get === undefined || !isFilled) continue;
    const path = canonicalPath(`/${sampleRequest(get).path.split("?")[0] ?? ""}`);
    const slash = path.lastIndexOf("/");
    const item = itemNamed(decodeURIComponent(path.slice(slash + 1)), collection, path);
    if (collectionAt(path.slice(0, slash), collections) === undefined) continue;
    if (item !== undefined && !fixtures.has(path.slice(0, slash))) fixtures.set(path.slice(0, slash), [item]);
  }
  return Object.fromEntries(fixtures);
}

function itemNamed(
  key: string,
  { namesAfter, keyProperty, reference, keyVariable = "" }: Collection,
  path: string,
): JsonObject | undefined {
  if (reference !== undefined) return { [reference]: { [keyVariable]: key } };
  if (keyProperty === undefined) return undefined;
  return { [keyProperty]: namesAfter === undefined ? key : decodeURIComponent(path.slice(namesAfter.length)) };
}

function problemOf({ status, body, headers }: MockedResponse, { api, method }: IndexedMethod): string {
  if (status < 200 || status > 299) return `status ${status}: ${JSON.stringify(body ?? "").slice(0, 200)}`;
  if (body === undefined || typeof body === "string") return "";
  if (!(headers.get("content-type") ?? "").startsWith("application/json")) return "no JSON";
  const message = method.response?.kind === "stream" ? messageOf(body) : body;
  const value = api.model.dataWrapper ? object(message)["data"] : message;
  const type = responseType(method);
  if (value === undefined || type === undefined) return "";
  const failure = failureIn(value, "");
  if (failure !== undefined) return failure;
  const [violation] = violationsOf(object(value), type, api.schemas);
  return violation === undefined ? "" : `${method.httpMethod}: ${violation.description}`;
}

function messageOf(body: Json): Json {
  return Array.isArray(body) ? (body[0] ?? {}) : "a stream must be an array";
}

/** Names of properties that a response has only after a failure. */
const FAILURES = new Set(
  "error errors insertErrors unreachable failedLocations failedRequests warnings rewriteToken partialFailure partialFailures partialSuccess nextPageToken".split(
    " ",
  ),
);

/** Describes a value that says that something failed, or that is `null`. */
function failureIn(value: Json, at: string): string | undefined {
  if (value === null) return `${at} is null`;
  if (typeof value !== "object") return undefined;
  if (Array.isArray(value)) {
    const items: readonly Json[] = value;
    return items.map((item, index) => failureIn(item, `${at}[${index}]`)).find((found) => found !== undefined);
  }
  for (const [name, entry] of Object.entries(object(value))) {
    const isNext = at === "" && name === "nextPageToken";
    const isFailure =
      (FAILURES.has(name) && !isNext) || (/^(done|jobComplete|success|ok)$/.test(name) && entry === false);
    const found = isFailure ? `${at}.${name} reports a failure` : failureIn(entry, `${at}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function sampleRequest(entry: IndexedMethod): SampleRequest {
  const { api, method, shape } = entry;
  const query = new URLSearchParams(
    method.parameters
      .filter(({ location, required }) => location === "query" && required)
      .map((parameter): [string, string] => [parameter.name, valueOf(parameter)]),
  );
  const names = method.parameters.filter(({ location }) => location === "path");
  let index = 0;
  const path = shape.replaceAll(/\{[+/]?\}/g, (gap) => {
    const parameter = names[index];
    index += 1;
    if (gap === "{/}") return "/a/b";
    return parameter === undefined || gap === "{+}" ? "1" : encodeURIComponent(valueOf(parameter));
  });
  const ids = method.httpMethod === "POST" ? [] : ["id", "name"];
  const named = new Set(["etag", "kind", "parent", ...ids, ...names.map(({ name }) => name)]);
  const sample = method.request?.kind === "json" ? (sampleOf(method.request.type, api.schemas) ?? {}) : undefined;
  const body = sample === undefined ? undefined : withoutNames(sample, named, 2);
  return {
    entry,
    id: method.id,
    verb: method.httpMethod,
    path: `${path.slice(1)}${query.size === 0 ? "" : `?${query}`}`,
    body: api.model.dataWrapper && body !== undefined ? { data: body } : body,
  };
}

/** Returns the body without ids, which may contradict the path, and ETags, which name no version of the resource. */
function withoutNames(value: Json, names: ReadonlySet<string>, depth: number): Json {
  if (depth === 0 || typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(object(value)).filter(([name]) => !names.has(name));
  return Object.fromEntries(entries.map(([name, entry]) => [name, withoutNames(entry, names, depth - 1)]));
}

/** Ids are numerals, because ids of some APIs are int64. */
function valueOf({ type, minimum }: ParameterModel): string {
  if (type.kind === "string" && type.enum === undefined && type.format === undefined) return "1";
  return minimum ?? String(sampleOf(type, new Map()) ?? "1");
}
