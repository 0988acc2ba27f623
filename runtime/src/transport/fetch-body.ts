/** Request bodies for `fetch`. */
import { InvalidRequestError } from "../errors.js";
import { concat } from "../platform/bytes.js";
import { canSendStreams, isBrowser, setByBrowser } from "../platform/fetch-platform.js";
import { isInMemory } from "../request/in-memory.js";
import { subjectOf } from "./failure.js";
import type { HttpRequest } from "./transport.js";

/** The maximum size in bytes of streams that are collected because the platform cannot send streams. */
const collectLimit: number = 32 * 1024 * 1024;

/** Members of the `init` of `fetch`. */
export interface FetchContent {
  readonly headers: { readonly [name: string]: string };
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array> | undefined;
  readonly duplex?: "half";
}

/** Returns the content of a request whose body is not iterable. */
export function plainContent(request: HttpRequest, body: string | Uint8Array | undefined): FetchContent {
  return { headers: headersOf(request, true), body };
}

/**
 * Returns the content of a request with an iterable body. Bytes in memory are sent as bytes. A stream is sent as a
 * stream if the platform supports this, otherwise it is collected.
 *
 * @param chunks The chunks of `body`.
 * @param onChunk Called for each chunk.
 * @throws InvalidRequestError for a stream that is too long to collect
 */
export async function iteratedContent(
  request: HttpRequest,
  body: AsyncIterable<Uint8Array>,
  chunks: AsyncIterator<Uint8Array>,
  onChunk: () => void,
): Promise<FetchContent> {
  if (!isInMemory(body) && canSendStreams())
    return { headers: headersOf(request, false), body: streamOf(chunks, onChunk), duplex: "half" };
  const limit = isInMemory(body) ? Infinity : collectLimit;
  return plainContent(request, await collect(request, chunks, limit, onChunk));
}

function headersOf(request: HttpRequest, isLengthKnown: boolean): FetchContent["headers"] {
  const isSent = (name: string): boolean => {
    // `fetch` sets the length itself if it is known.
    if (isLengthKnown && name === "content-length") return false;
    return !(setByBrowser.has(name) && isBrowser());
  };
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => isSent(name)));
  // Browsers hide the status 308 of an incomplete upload. With this field Google's servers send 200 instead.
  return isUploadStep(request) ? { ...headers, "x-guploader-no-308": "yes" } : headers;
}

/** Returns whether a request is a step of a resumable upload. */
export function isUploadStep({ method, secretPath }: HttpRequest): boolean {
  return secretPath === true && method === "PUT";
}

async function collect(
  request: HttpRequest,
  chunks: AsyncIterator<Uint8Array>,
  limit: number,
  onChunk: () => void,
): Promise<Uint8Array> {
  const collected: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await chunks.next();
    onChunk();
    if (done === true) return concat(collected, size);
    size += value.length;
    if (size > limit) throw tooLong(request, limit);
    collected.push(value);
  }
}

function tooLong(request: HttpRequest, limit: number): InvalidRequestError {
  const message =
    `is a stream of more than ${String(limit)} bytes (32 MiB). This platform cannot send streams, so they are ` +
    "collected first. Pass a Blob, or upload in chunks with media.resumable: true";
  return new InvalidRequestError(subjectOf(request), [{ parameter: "body", message }]);
}

function streamOf(chunks: AsyncIterator<Uint8Array>, onChunk: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await chunks.next();
      onChunk();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => void (await chunks.return?.()),
  });
}
