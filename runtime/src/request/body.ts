/** Request bodies: JSON, or bytes with their content type. */
import type { Fault } from "../errors.js";
import type { MethodDescriptor } from "../method.js";
import type { Blob } from "../platform.js";

/** Bytes to send. An async iterable (a Node or web stream is one) can be sent only once, so never with retries. */
export type BytesBody = string | Uint8Array | ArrayBuffer | Blob | AsyncIterable<Uint8Array>;

/** The `requestBody` of methods that take raw bytes (HttpBody). */
export interface BytesRequest {
  readonly data: BytesBody;
  /** For instance `application/fhir+json`. Default: `application/octet-stream`. */
  readonly contentType?: string | undefined;
}

/** A body ready to send. */
export interface EncodedBody {
  readonly data: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly contentType: string;
  /** `false`: it can be sent once only. */
  readonly replayable: boolean;
}

/** Encodes `requestBody` as the method wants it; `undefined` where nothing is to be sent. */
export function encodeBody(
  method: MethodDescriptor,
  value: unknown,
  wrapped: boolean,
  faults: Fault[],
): EncodedBody | undefined {
  const fault = (message: string): undefined => void faults.push({ parameter: "requestBody", message });
  if (value === undefined) return method.requestRequired === true ? fault("is required") : undefined;
  if (method.request === undefined) return fault("is given, but the method takes none");
  if (value === null) return fault("must not be null: leave it out or pass undefined");
  if (method.request === "bytes") return bytesBody(value, fault);
  const data = toJson(wrapped ? { data: value } : value, fault);
  return data === undefined ? undefined : { data, contentType: "application/json", replayable: true };
}

function toJson(value: unknown, fault: (message: string) => undefined): string | undefined {
  try {
    return stringify(value) ?? fault(`must be JSON, not a ${typeof value}`);
  } catch (error) {
    return fault(
      `cannot be written as JSON: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : "toJSON failed"}`,
    );
  }
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Tried second because a replacer makes every ordinary body four times slower. 64-bit integers travel as strings.
    return JSON.stringify(value, (_key, entry: unknown) => (typeof entry === "bigint" ? String(entry) : entry));
  }
}

function bytesBody(value: unknown, fault: (message: string) => undefined): EncodedBody | undefined {
  if (typeof value !== "object" || value === null || !("data" in value)) return fault("must be { data, contentType }");
  const { data } = value;
  const given = "contentType" in value ? value.contentType : undefined;
  if (given !== undefined && (typeof given !== "string" || !/^[\u0020-\u007e]+$/.test(given)))
    return fault("has a contentType that is no media type");
  const contentType = given ?? (isBlob(data) && data.type !== "" ? data.type : "application/octet-stream");
  if (typeof data === "string" || data instanceof Uint8Array) return { data, contentType, replayable: true };
  if (data instanceof ArrayBuffer) return { data: new Uint8Array(data), contentType, replayable: true };
  if (isBlob(data)) return { data: blobBytes(data), contentType, replayable: true };
  if (isAsyncIterable(data)) return { data, contentType, replayable: false };
  return fault("has data of an unknown kind: pass a string, Uint8Array, ArrayBuffer, Blob, stream or async iterable");
}

function isBlob(data: unknown): data is Blob {
  return typeof Blob === "function" && data instanceof Blob;
}

function isAsyncIterable(data: unknown): data is AsyncIterable<Uint8Array> {
  return typeof data === "object" && data !== null && Symbol.asyncIterator in data;
}

/** Reads the blob anew on every iteration. */
function blobBytes(blob: Blob): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      yield new Uint8Array(await blob.arrayBuffer());
    },
  };
}
