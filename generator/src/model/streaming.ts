/**
 * Which methods stream their responses.
 *
 * A server-streaming RPC over HTTP responds with a JSON array of messages. The document only describes one message, and
 * rarely states that the method streams. The rule uses these sources, most reliable first: the flag `streamingType`,
 * the list of known RPCs below, the name of the method, and the first sentence of its description. Otherwise the method
 * is treated as an ordinary one: if that is wrong, the runtime reports it.
 *
 * HTTP/JSON has no streams of requests (client or bidirectional streaming), so such methods are treated as ordinary,
 * too.
 */
import type { HttpMethod } from "./types.js";

/** The facts that the rule uses. */
export interface StreamingFacts {
  readonly id: string;
  readonly name: string;
  /** Names from the root of the document to the resource. */
  readonly resourcePath: readonly string[];
  readonly httpMethod: HttpMethod;
  readonly description: string;
  /** The document's flag. */
  readonly streamingType: string | undefined;
  /** The response is an object with properties. Without them, the name and the description are ignored. */
  readonly hasMessage: boolean;
}

/** Streaming methods that are not recognized by name or description, by id. The value is the RPC that proves it. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  // google/firestore/v1/firestore.proto; v1beta1 and v1beta2 have the same ids.
  ["firestore.projects.databases.documents.batchGet", "BatchGetDocuments returns (stream BatchGetDocumentsResponse)"],
  [
    "firestore.projects.databases.documents.executePipeline",
    "ExecutePipeline returns (stream ExecutePipelineResponse)",
  ],
  [
    "firestore.projects.databases.documents.runAggregationQuery",
    "RunAggregationQuery returns (stream RunAggregationQueryResponse)",
  ],
  ["firestore.projects.databases.documents.runQuery", "RunQuery returns (stream RunQueryResponse)"],
  // google/spanner/v1/spanner.proto
  ["spanner.projects.instances.databases.sessions.batchWrite", "BatchWrite returns (stream BatchWriteResponse)"],
  [
    "spanner.projects.instances.databases.sessions.executeStreamingSql",
    "ExecuteStreamingSql returns (stream PartialResultSet)",
  ],
  ["spanner.projects.instances.databases.sessions.streamingRead", "StreamingRead returns (stream PartialResultSet)"],
  // google/ads/googleads/v*/services/google_ads_service.proto
  ["googleads.customers.googleAds.searchStream", "SearchStream returns (stream SearchGoogleAdsStreamResponse)"],
  // google/cloud/geminidataanalytics/v*/data_chat_service.proto
  ["geminidataanalytics.projects.locations.chat", "Chat returns (stream Message)"],
]);

/**
 * Names such as `streamGenerateContent`, `serverStreamingPredict`, `streamingReadFeatureValues`, `executeStreamingSql`:
 * a verb that reads something, combined with "stream". Other names (`streamData`, `streamingPull`) may also mean that
 * requests are streamed, or that the resource is a stream.
 */
const STREAMING_NAME =
  /^(?:serverStreaming[A-Z]|executeStreaming[A-Z]|streaming(?:Generate|List|Query|Read|Search)(?![a-z])|stream(?:Answer|Assist|Chat|Complete|Execute|Fetch|Generate|Infer|List|Predict|Query|RawPredict|Read|Retrieve|Run|Search|Summarize|Translate)(?![a-z]))/;

/** In the first sentence: "… through a server-streamed RPC", "… is a streaming call that will return a stream of …". */
const STREAMING_TEXT =
  /\bserver[- ](?:side[- ])?stream(?:ing|ed)\b|\bis a streaming (?:call|method|request|RPC)\b.*\breturns? a stream\b/is;

/** The first sentence may refer to another method. */
const OTHER_METHOD = /\b(?:instead|non|not|rather|see|unary|unlike|use|version of|without)\b/i;

const STREAM_OF_REQUESTS =
  /\bbi-?di(?:rectional)?\b|\bclient[- ](?:side[- ])?stream(?:ing|ed)?\b|\bstreams? of requests\b/i;

/** Returns whether a method streams its responses. */
export function isServerStream(facts: StreamingFacts): boolean {
  const { description, hasMessage, httpMethod, id, streamingType } = facts;
  if (httpMethod !== "GET" && httpMethod !== "POST") return false;
  if (streamingType !== undefined) return streamingType === "SERVER_SIDE";
  if (KNOWN.has(id)) return true;
  if (!hasMessage) return false;
  const sentence = /^.*?(?:\.(?=\s|$)|$)/s.exec(description.trim())?.[0] ?? "";
  if (STREAM_OF_REQUESTS.test(sentence)) return false;
  return isStreamingName(facts) || (STREAMING_TEXT.test(sentence) && !OTHER_METHOD.test(sentence));
}

/** A method named `stream` in a collection of streams does not stream its responses: its resource is a stream. */
function isStreamingName({ name, resourcePath }: StreamingFacts): boolean {
  return name === "stream" ? !/streams?$/i.test(resourcePath.at(-1) ?? "") : STREAMING_NAME.test(name);
}
