/** Request bodies: JSON, or bytes with a content type. */
import { type Fault, addFault } from "../errors.js";
import type { MethodDescriptor } from "../method.js";
import { type BytesBody, blobChunks, fileChunks, isBlob, isFileBody, nameOf } from "./bytes.js";
import { isMediaType, typeOfName, unknownType } from "./content-type.js";
import { toJson } from "./json.js";
import { type StreamChunks, isStream, streamChunks } from "./streams.js";

/** The `requestBody` of methods that take raw bytes (HttpBody). */
export interface BytesRequest {
  readonly data: BytesBody;
  /** For example `application/fhir+json`. Default: from the blob or file name, else `application/octet-stream`. */
  readonly contentType?: string | undefined;
}

/** A body ready to send. */
export interface EncodedBody {
  readonly data: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly contentType: string;
  /** `false`: it can be sent only once. */
  readonly replayable: boolean;
  /** The caller's stream. The call opens it when everything else is valid. */
  readonly stream?: StreamChunks;
  /** Closes files and streams if the call fails. */
  readonly close?: () => void;
}

/** Encodes `requestBody` for a method. Returns `undefined` if the request has no body. */
export function encodeBody(
  method: MethodDescriptor,
  value: unknown,
  wrapped: boolean,
  faults: Fault[],
): EncodedBody | undefined {
  const fault = (message: string): undefined => void addFault(faults, "requestBody", message);
  if (value === undefined) return method.requestRequired === true ? fault("is required") : undefined;
  if (method.request === undefined) return fault("is not allowed: the method takes no request body");
  if (value === null) return fault("must not be null: omit it or pass undefined");
  if (method.request === "bytes") return bytesBody(method.id, value, fault);
  const text = toJson(value, "requestBody", faults);
  if (text === undefined) return undefined;
  return { data: wrapped ? `{"data":${text}}` : text, contentType: "application/json", replayable: true };
}

function bytesBody(methodId: string, value: unknown, fault: (message: string) => undefined): EncodedBody | undefined {
  if (typeof value !== "object" || value === null || !("data" in value)) return fault("must be { data, contentType }");
  const { data } = value;
  const given = "contentType" in value ? value.contentType : undefined;
  if (given !== undefined && !isMediaType(given))
    return fault("has an invalid contentType: pass a media type such as text/plain");
  const bytes = bytesOf(methodId, data);
  if (bytes === undefined)
    return fault("has data of an unsupported type: pass a string, Uint8Array, ArrayBuffer, Blob, stream or { path }");
  const own = isBlob(data) && data.type !== "" ? data.type : undefined;
  return { ...bytes, contentType: given ?? own ?? typeOfName(nameOf(data) ?? "") ?? unknownType };
}

function bytesOf(methodId: string, data: unknown): Omit<EncodedBody, "contentType"> | undefined {
  const parameter = "requestBody.data";
  if (isStream(data)) {
    const stream = streamChunks(methodId, parameter, data);
    // The call has failed already, so an error on closing is ignored.
    const close = (): void => void stream.return().catch(() => undefined);
    return { data: stream, replayable: false, stream, close };
  }
  if (isFileBody(data)) {
    const file = fileChunks(methodId, parameter, data.path);
    return { data: file, replayable: true, close: file.close };
  }
  const bytes = bytesInMemory(methodId, parameter, data);
  return bytes === undefined ? undefined : { data: bytes, replayable: true };
}

function bytesInMemory(methodId: string, parameter: string, data: unknown): EncodedBody["data"] | undefined {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return isBlob(data) ? blobChunks(methodId, parameter, data) : undefined;
}
