import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isKeyForRepetitions, requestIdOf } from "../../../generator/src/model/request-id.js";
import type { HttpMethod, ParameterModel, SchemaModel, TypeModel } from "../../../generator/src/model/types.js";
import { CORPUS, needsCorpus } from "../../support/folders.js";

const STRING: TypeModel = { kind: "string", format: undefined, enum: undefined };
const PLAIN = { deprecated: false, default: undefined, minimum: undefined, maximum: undefined, pattern: undefined };
const KEY = "A UUID. A request that is sent again with the same request ID is ignored.";

const inQuery = (description: string, change: Partial<ParameterModel> = {}): ParameterModel => ({
  ...PLAIN,
  name: "requestId",
  description,
  location: "query",
  type: STRING,
  required: false,
  repeated: false,
  ...change,
});

const bodyWith = (description: string, type: TypeModel = STRING, readOnly = false): SchemaModel => ({
  name: "Request",
  id: "Request",
  pointer: "/schemas/Request",
  inputOf: undefined,
  description: "",
  deprecated: false,
  shape: {
    kind: "object",
    additional: undefined,
    properties: [{ ...PLAIN, name: "requestId", description, type, readOnly, required: false, requiredBy: [] }],
  },
});

describe("a request id is sent", () => {
  it.each<[string, HttpMethod, ParameterModel | undefined, SchemaModel | undefined, string | undefined]>([
    ["in the query", "POST", inQuery(KEY), undefined, "query"],
    ["in the query of any method that writes", "DELETE", inQuery(KEY), undefined, "query"],
    ["in the body", "POST", undefined, bodyWith(KEY), "body"],
    ["in the query if query and body have one", "PATCH", inQuery(KEY), bodyWith(KEY), "query"],
    ["nowhere for a GET", "GET", inQuery(KEY), undefined, undefined],
    ["nowhere if it is not a string", "POST", undefined, bodyWith(KEY, { kind: "unknown" }), undefined],
    ["nowhere if it is a number", "POST", inQuery(KEY, { type: { ...STRING, format: "int64" } }), undefined, undefined],
    ["nowhere if the server sets it", "POST", undefined, bodyWith(KEY, STRING, true), undefined],
    ["nowhere if it is deprecated", "POST", inQuery(KEY, { deprecated: true }), undefined, undefined],
    ["nowhere if it has another name", "POST", inQuery(KEY, { name: "requestKey" }), undefined, undefined],
    ["nowhere if it is part of the path", "POST", inQuery(KEY, { location: "path" }), undefined, undefined],
    ["nowhere if the method has none", "POST", undefined, undefined, undefined],
  ])("%s", (_, httpMethod, parameter, body, want) => {
    const type: TypeModel | undefined = body && { kind: "reference", name: body.name };
    expect(requestIdOf(httpMethod, parameter === undefined ? [] : [parameter], type, () => body)).toBe(want);
  });
});

/** The kinds of descriptions in Google's documents, rewritten and classified by hand. */
describe("a description of a key for repeated requests", () => {
  it.each([
    "Specify an ID so that if you must retry, the server knows to ignore the request if it has been completed.",
    "If you need to retry your request with this ID, nothing happens twice.",
    "Idempotent request UUID.",
    "A unique id, best a UUID: the server does the same one only once.",
    "This request is only idempotent if a `request_id` is provided. A random UUID is recommended.",
    "Used to de-dup requests: for a duplicate, the response of the previous execution is returned.",
    "A unique ID. Of two `StartRequest`s with the same `request_id`,\nthe second is ignored; the first response is returned.",
    "If two requests have the same ID, the second request will be ignored.",
    "If the ID is the same as that of the previous request, the request is ignored.",
    "Specifying an existing request ID returns the space created with that ID instead of a new one.",
    "An ID, such as a UUID, for idempotent creation. A repeated request avoids creating duplicates.",
    "Identifier provided by the client. Ensures idempotency. The response has it as the name of the operation.",
    "A user provided identifier to ensure idempotent behavior. It is not guaranteed after 15 minutes.",
    "A unique request ID for the server to detect duplicated requests. Optional, but strongly recommended.",
    "The ID must be a UUID; the zero UUID is not supported. Prevents duplicates when a request is retried.",
    "A tag that prevents two runs at a time. Mitigates the risk of runs that are started due to retries.",
  ])("%s", (description) => expect(isKeyForRepetitions(description)).toBe(true));

  it.each([
    ["is empty", ""],
    ["only states that the id is unique", "A unique ID of the request."],
    ["only states that the id is a UUID", "A UUID for logs and traces."],
    ["describes the id of another request", "Retrieves the request that has this ID."],
    [
      "describes an id that the server generates",
      "A unique ID generated in the API responses. It can be found in ResponseMetadata.requestId.",
    ],
    ["describes an output that mentions duplicates", "Output only. Shows which requests were duplicates."],
    ["describes an id that an earlier call returns", "The ID returned by the start method, for retrying it."],
    [
      "describes an id that a partner chooses",
      "A unique ID of the sale, chosen by the partner. Repeated IDs are refused.",
    ],
    ["describes an id of a partner", "Partner-side identifier of the order; duplicates are refused."],
    ["describes a name that the caller chooses", "A name of your own for the job, also used for deduplication."],
    [
      "states that the id must not be set",
      "Ensures idempotency. Note that this field must not be set with inline input.",
    ],
    ["states not to set the id", "Used to deduplicate requests. Do not set this field: it is for internal use."],
    ["states that the id must be empty", "An idempotency key of the old protocol. Must be left empty."],
    ["states that the id is deprecated", "Deprecated. Was used to ignore duplicate requests."],
    ["states that the id has no effect", "A deduplication key. This field has no effect."],
    ["states that the id is ignored", "For idempotent requests. This field is currently ignored."],
    ["states that the method is not idempotent", "A unique ID of the attempt. The method is not idempotent."],
    ["states that the request must not be retried", "A unique ID of the attempt, which must not be retried."],
  ])("is not recognized if it %s", (_, description) => expect(isKeyForRepetitions(description)).toBe(false));
});

interface Schema {
  readonly description?: string;
  readonly format?: string;
}
interface Resource {
  readonly methods?: { readonly [name: string]: Method };
  readonly resources?: { readonly [name: string]: Resource };
}
interface Method {
  readonly id: string;
  readonly httpMethod: string;
  readonly parameters?: { readonly requestId?: Schema };
  readonly request?: { readonly $ref?: string };
}
interface Document extends Resource {
  readonly schemas?: { readonly [name: string]: { readonly properties?: { readonly requestId?: Schema } } };
}

it.skipIf(needsCorpus !== "")(`recognizes the request ids in real documents${needsCorpus}`, async () => {
  const files = await readdir(CORPUS, { recursive: true });
  const found = files.filter((file) => file.endsWith(".json")).flatMap((file) => candidates(join(CORPUS, file)));
  const unlike = found.filter(({ description = "" }) => !isKeyForRepetitions(description));
  expect(found.length).toBe(542);
  // Reasons: no description, a number, must not be set, or deprecated.
  expect([...new Set(unlike.map(({ id }) => id))].toSorted()).toEqual([
    "dialogflow.projects.conversations.participants.analyzeContent",
    "dialogflow.projects.locations.conversations.participants.analyzeContent",
    "games.events.record",
    "recommendationengine.projects.locations.catalogs.eventStores.userEvents.import",
    "retail.projects.locations.catalogs.branches.products.import",
  ]);
});

/** Every parameter and top-level body field named `requestId` of a method that writes. */
function candidates(file: string): readonly (Schema & { readonly id: string })[] {
  const document = JSON.parse(readFileSync(file, "utf8")) as Document; // Google's own documents.
  const ofResource = ({ methods = {}, resources = {} }: Resource): readonly (Schema & { readonly id: string })[] => [
    ...Object.values(methods).flatMap(({ id, httpMethod, parameters, request }) => {
      if (httpMethod === "GET") return [];
      const inBody = document.schemas?.[request?.$ref ?? ""]?.properties?.requestId;
      return [parameters?.requestId, inBody].flatMap((schema) => (schema === undefined ? [] : [{ ...schema, id }]));
    }),
    ...Object.values(resources).flatMap(ofResource),
  ];
  return ofResource(document);
}
