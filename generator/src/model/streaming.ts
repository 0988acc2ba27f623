/**
 * Which methods stream their responses.
 *
 * A server-streaming RPC over HTTP responds with a JSON array of what its document calls the response. Few documents say
 * so. What does say so, best first: the flag `streamingType`, the RPCs below, the name of the method, the first sentence
 * of its description. Where none does, the response is taken for one message: that is the rule of which a wrong guess
 * is reported when the program runs.
 *
 * Streams of requests (client streaming, bidirectional) have no counterpart in HTTP/JSON, so these are not streams here.
 */
import type { HttpMethod } from "./types.js";

/** What the rule looks at. */
export interface StreamingFacts {
  readonly id: string;
  readonly name: string;
  /** Names from the top of the document down. */
  readonly resourcePath: readonly string[];
  readonly httpMethod: HttpMethod;
  readonly description: string;
  /** The document's flag. */
  readonly streamingType: string | undefined;
  /** The response is an object with properties: nothing else is taken for a message for its method's name. */
  readonly hasMessage: boolean;
}

/** Methods whose name and description do not tell, by id, with the RPC that is the source. */
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
 * `streamGenerateContent`, `serverStreamingPredict`, `streamingReadFeatureValues`, `executeStreamingSql`: the name of a
 * method that reads something, and a word for the stream. With any other word (`streamData`, `streamingPull`) what is
 * streamed may as well be the requests, or the thing that the method is about.
 */
const STREAMING_NAME =
  /^(?:serverStreaming[A-Z]|executeStreaming[A-Z]|streaming(?:Generate|List|Query|Read|Search)(?![a-z])|stream(?:Answer|Assist|Chat|Complete|Execute|Fetch|Generate|Infer|List|Predict|Query|RawPredict|Read|Retrieve|Run|Search|Summarize|Translate)(?![a-z]))/;

/** Of the first sentence: "… through a server-streamed RPC", "… is a streaming call that will return a stream of …". */
const STREAMING_TEXT =
  /\bserver[- ](?:side[- ])?stream(?:ing|ed)\b|\bis a streaming (?:call|method|request|RPC)\b.*\breturns? a stream\b/is;

/** The first sentence speaks of another method. */
const OTHER_METHOD = /\b(?:instead|non|not|rather|see|unary|unlike|use|version of|without)\b/i;

const STREAM_OF_REQUESTS =
  /\bbi-?di(?:rectional)?\b|\bclient[- ](?:side[- ])?stream(?:ing|ed)?\b|\bstreams? of requests\b/i;

/** Whether a method streams its responses. */
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

/** The method `stream` of a collection of streams is about one of those. */
function isStreamingName({ name, resourcePath }: StreamingFacts): boolean {
  return name === "stream" ? !/streams?$/i.test(resourcePath.at(-1) ?? "") : STREAMING_NAME.test(name);
}
