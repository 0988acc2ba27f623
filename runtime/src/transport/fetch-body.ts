/** What `fetch` is given to send. */
import { concat } from "../platform/bytes.js";
import { InvalidRequestError } from "../errors.js";
import { isInMemory } from "../request/in-memory.js";
import { canSendStreams, isBrowser, setByBrowser } from "../platform/fetch-platform.js";
import { subjectOf } from "./failure.js";
import type { HttpRequest } from "./transport.js";

/** The most bytes of a stream that are collected, where the platform cannot send streams. */
const collectLimit: number = 32 * 1024 * 1024;

/** Members of the `init` of `fetch`. */
export interface FetchContent {
  readonly headers: { readonly [name: string]: string };
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array> | undefined;
  readonly duplex?: "half";
}

/** A request whose body is no iterable. */
export function plainContent(request: HttpRequest, body: string | Uint8Array | undefined): FetchContent {
  return { headers: headersOf(request, true), body };
}

/**
 * A request whose body is iterated: a stream where the platform sends streams. Bytes that are in memory are sent as
 * bytes everywhere, and elsewhere a stream is collected.
 *
 * @param chunks The chunks of `body`.
 * @param onChunk Called for each chunk that is read.
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
  const limit = isInMemory(body) ? Number.POSITIVE_INFINITY : collectLimit;
  return plainContent(request, await collect(request, chunks, limit, onChunk));
}

function headersOf(request: HttpRequest, isLengthKnown: boolean): FetchContent["headers"] {
  const isSent = (name: string): boolean => {
    // Where `fetch` knows the length itself, it takes no other.
    if (isLengthKnown && name === "content-length") return false;
    return !(setByBrowser.has(name) && isBrowser());
  };
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => isSent(name)));
  // Browsers hide the 308 of an upload in progress, for which Google's servers have this field.
  return isUploadStep(request) ? { ...headers, "x-guploader-no-308": "yes" } : headers;
}

/** Whether a request is a step of a resumable upload. */
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
