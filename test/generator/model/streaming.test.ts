/** Which methods stream their responses: methods like those of real documents, and the corpus. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readDocument } from "../../../generator/src/discovery/read.js";
import { buildModel } from "../../../generator/src/model/build.js";
import { methodsOf } from "../../../generator/src/model/methods.js";
import { isServerStream, type StreamingFacts } from "../../../generator/src/model/streaming.js";
import type { HttpMethod } from "../../../generator/src/model/types.js";
import { CORPUS, needsCorpus } from "../../support/folders.js";

/** The facts of the method with this id. */
function facts(id: string, description = "", more: Partial<StreamingFacts> = {}): StreamingFacts {
  const path = id.split(".");
  const httpMethod: HttpMethod = "POST";
  const resourcePath = path.slice(1, -1);
  const name = path.at(-1) ?? "";
  return { id, name, resourcePath, httpMethod, description, streamingType: undefined, hasMessage: true, ...more };
}

describe("these methods stream", () => {
  it.each<[id: string, description?: string, more?: Partial<StreamingFacts>]>([
    ["a.things.get", "Reads a thing.", { streamingType: "SERVER_SIDE" }],
    ["aiplatform.publishers.models.streamGenerateContent", "Generate content with multimodal inputs."],
    ["aiplatform.projects.locations.endpoints.serverStreamingPredict"],
    ["aiplatform.projects.locations.featurestores.entityTypes.streamingReadFeatureValues"],
    ["dialogflow.projects.locations.agents.sessions.serverStreamingDetectIntent"],
    ["discoveryengine.projects.locations.dataStores.servingConfigs.streamAnswer"],
    ["discoveryengine.projects.locations.collections.engines.assistants.streamAssist"],
    ["generativelanguage.models.streamGenerateContent"],
    ["genomics.reads.stream", "Returns a stream of all the reads matching the search request."],
    ["spanner.projects.instances.databases.sessions.executeStreamingSql", "Like ExecuteSql, except as a stream."],
    ["spanner.projects.instances.databases.sessions.streamingRead", "Like Read, except as a stream."],
    ["spanner.projects.instances.databases.sessions.batchWrite", "Batches the supplied mutation groups."],
    ["firestore.projects.databases.documents.batchGet", "Gets multiple documents."],
    ["firestore.projects.databases.documents.runQuery", "Runs a query."],
    ["firestore.projects.databases.documents.runAggregationQuery", "Runs an aggregation query."],
    ["firestore.projects.databases.documents.executePipeline", "Executes a pipeline query."],
    ["workspaceevents.message.stream", "SendStreamingMessage is a streaming call that will return a stream of events."],
    [
      "workspaceevents.tasks.subscribe",
      "TaskSubscription is a streaming call that will return a stream of task update events. This attaches the stream to an existing in process task.",
      { httpMethod: "GET" },
    ],
    [
      "youtube.youtube.v3.liveChat.messages.stream",
      "Allows a user to load live chat through a server-streamed RPC.",
      { httpMethod: "GET" },
    ],
    ["a.chats.answer", "Returns the answer while it is generated, by server-side streaming."],
  ])("%s", (id, description, more) => {
    expect(isServerStream(facts(id, description, more))).toBe(true);
  });
});

describe("these methods do not stream", () => {
  it.each<[id: string, description?: string, more?: Partial<StreamingFacts>]>([
    ["aiplatform.models.streamGenerateContent", "", { streamingType: "BIDIRECTIONAL" }],
    ["a.things.streamGenerate", "", { streamingType: "CLIENT_SIDE" }],
    [
      "aiplatform.projects.locations.featureOnlineStores.featureViews.directWrite",
      "Bidirectional streaming RPC to directly write to feature values in a feature view.",
    ],
    [
      "aiplatform.projects.locations.featureOnlineStores.featureViews.streamingFetchFeatureValues",
      "Bidirectional streaming RPC to fetch feature values under a FeatureView.",
    ],
    [
      "aiplatform.projects.locations.featurestores.entityTypes.readFeatureValues",
      "Reads Feature values of a specific entity of an EntityType. For reading feature values of multiple entities of an EntityType, please use StreamingReadFeatureValues.",
    ],
    ["bigquery.tabledata.insertAll", "Streams data into BigQuery one record at a time."],
    ["books.personalizedstream.get", "Returns a stream of personalized book clusters", { httpMethod: "GET" }],
    ["datastore.projects.runQuery", "Queries for entities."],
    ["datastore.projects.runAggregationQuery", "Runs an aggregation query."],
    ["datastream.projects.locations.streams.get", "Use this method to get details about a stream."],
    [
      "firestore.projects.databases.documents.write",
      "Streams batches of document updates and deletes, in order. This method is only available via gRPC or WebChannel (not REST).",
    ],
    ["firestore.projects.databases.documents.batchWrite", "Applies a batch of write operations."],
    ["logging.entries.tail", "Streaming read of log entries as they are received."],
    ["spanner.projects.instances.databases.sessions.executeSql", "Executes an SQL statement."],
    ["youtube.liveStreams.list", "Retrieve the list of streams associated with the given channel. --"],
    ["youtube.liveBroadcasts.bind", "Bind a broadcast to a stream."],
    ["visionai.projects.locations.clusters.streams.stream", "Generates a stream."],
    ["a.channels.liveStreams.stream"],
    ["a.things.streamData", "Streams data of a thing."],
    ["a.things.streamReadings"],
    ["a.things.streamEvents"],
    ["a.things.streamingStats"],
    ["a.things.streamingPull"],
    ["a.things.streamingRecognize"],
    ["a.things.createStream"],
    ["a.things.getStreamingPolicy"],
    ["a.things.streams"],
    ["a.things.downstream"],
    ["a.things.read", "Reads a thing. For many of them there is a server-streaming RPC, ReadThings."],
    ["a.things.readOne", "Unlike the server-streaming RPC ReadThings, reads one thing."],
    ["a.things.readTwo", "Non-server-streaming variant of ReadThings."],
    ["a.things.upload", "A client-streaming RPC that takes things."],
    ["a.things.streamGenerate", "", { httpMethod: "DELETE" }],
    ["a.things.streamRun", "", { httpMethod: "PATCH" }],
  ])("%s", (id, description, more) => {
    expect(isServerStream(facts(id, description, more))).toBe(false);
  });
});

const item = { type: "object", properties: { a: { type: "string" } } };

/** The method `streamQuery` of a document, and the reported problems. */
function streamQuery(more: object, streaming: Readonly<Record<string, boolean>> = {}) {
  const schemas = {
    Item: item,
    Items: { type: "array", items: item },
    Empty: { type: "object", properties: {} },
    HttpBody: { type: "object", properties: { contentType: { type: "string" }, data: { type: "string" } } },
    Page: {
      type: "object",
      properties: { nextPageToken: { type: "string" }, items: { type: "array", items: { $ref: "Item" } } },
    },
  };
  const method = { id: "a.streamQuery", path: "q", httpMethod: "GET", response: { $ref: "Item" }, ...more };
  const text = JSON.stringify({
    kind: "discovery#restDescription",
    name: "a",
    version: "v1",
    rootUrl: "https://x.example/",
    schemas,
    methods: { streamQuery: method },
  });
  const reported: string[] = [];
  const model = buildModel(readDocument(text, "a.json").document, { streaming }, (code, _pointer, message) => {
    reported.push(`${code} ${message}`);
  });
  return { method: model.root.methods[0], reported };
}

describe("a streaming method", () => {
  const token = { pageToken: { type: "string", location: "query" } };

  it.each<[string, object, object | undefined]>([
    ["an object is a stream of objects", {}, { kind: "stream", type: { name: "Item" } }],
    [
      "an array is a stream of its elements",
      { response: { $ref: "Items" } },
      { kind: "stream", type: { name: "ItemsItem" } },
    ],
    [
      "pages is a stream of pages",
      { response: { $ref: "Page" }, parameters: token },
      { kind: "stream", type: { name: "Page" } },
    ],
    ["bytes returns the content", { response: { $ref: "HttpBody" } }, { kind: "media" }],
    ["an empty object is not a stream", { response: { $ref: "Empty" } }, { kind: "json" }],
    [
      "an empty object is a stream if the document's flag states it",
      { response: { $ref: "Empty" }, streamingType: "SERVER_SIDE" },
      { kind: "stream", type: { name: "Empty" } },
    ],
    ["nothing returns nothing", { response: undefined }, undefined],
    [
      "an upload's response is not a stream",
      { httpMethod: "POST", mediaUpload: { protocols: { simple: { path: "/upload" } } } },
      { kind: "json" },
    ],
  ])("with %s", (_name, more, want) => {
    const { method } = streamQuery(more);
    expect(method).toMatchObject({ response: want, paging: undefined, operation: undefined });
  });

  it.each<[string, object, boolean]>([
    ["an object", { id: "a.get" }, true],
    ["a map", { id: "a.get", response: { type: "object", additionalProperties: { type: "string" } } }, true],
    ["an array", { id: "a.get", response: { $ref: "Items" } }, false],
    ["any value", { id: "a.get", response: { type: "any" } }, false],
  ])("that the config makes an ordinary one knows whether the response is a message: %s", (_name, more, isMessage) => {
    expect(streamQuery(more, { "a.get": false }).method?.response).toMatchObject({ kind: "json", isMessage });
  });

  it.each<[string, object, Record<string, boolean>, string | undefined, readonly string[]]>([
    ["true", { id: "a.get" }, { "a.get": true }, "stream", []],
    ["false", {}, { "a.streamQuery": false }, "json", []],
    ["true for an unknown method", {}, { "a.strem": true }, "stream", ['STREAMING_UNFIT a:v1 has no method "a.strem"']],
    [
      "false for an unknown method",
      {},
      { __proto__x: false },
      "stream",
      ['STREAMING_UNFIT a:v1 has no method "__proto__x"'],
    ],
    [
      "true for a method that returns bytes",
      { response: { $ref: "HttpBody" } },
      { "a.streamQuery": true },
      "media",
      ['STREAMING_UNFIT "a.streamQuery" cannot stream: its response is not JSON, or it takes media'],
    ],
  ])("can be configured: %s", (_name, more, streaming, kind, want) => {
    const { method, reported } = streamQuery(more, streaming);
    expect([method?.response?.kind, reported]).toEqual([kind, want]);
  });
});

/** All methods of the corpus whose RPC streams its responses. */
const OF_CORPUS: Readonly<Record<string, readonly string[]>> = {
  "2026/aiplatform.v1.json": [
    "aiplatform.endpoints.streamGenerateContent",
    "aiplatform.projects.locations.endpoints.serverStreamingPredict",
    "aiplatform.projects.locations.endpoints.streamGenerateContent",
    "aiplatform.projects.locations.featurestores.entityTypes.streamingReadFeatureValues",
    "aiplatform.projects.locations.publishers.models.serverStreamingPredict",
    "aiplatform.projects.locations.publishers.models.streamGenerateContent",
    "aiplatform.publishers.models.streamGenerateContent",
  ],
  "2026/firestore.v1.json": [
    "firestore.projects.databases.documents.batchGet",
    "firestore.projects.databases.documents.executePipeline",
    "firestore.projects.databases.documents.runAggregationQuery",
    "firestore.projects.databases.documents.runQuery",
  ],
  "2026/workspaceevents.v1.json": ["workspaceevents.message.stream", "workspaceevents.tasks.subscribe"],
  "2026/youtube.v3.json": ["youtube.youtube.v3.liveChat.messages.stream"],
};

it.skipIf(needsCorpus !== "")(`finds the streams of real documents${needsCorpus}`, { timeout: 120_000 }, () => {
  const found: Record<string, readonly string[]> = {};
  const files = readdirSync(CORPUS, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));
  for (const file of files) {
    const { document } = readDocument(readFileSync(join(CORPUS, file), "utf8"), file);
    const { root } = buildModel(document, {}, () => undefined);
    const streams = methodsOf(root).filter(({ response }) => response?.kind === "stream");
    if (streams.length > 0) found[file.replaceAll("\\", "/")] = streams.map(({ id }) => id).sort();
  }
  expect(found).toEqual(OF_CORPUS);
});
