/** The content of an upload. It can be read at any offset, except for streams. */
import { InvalidRequestError, TimeoutError, UploadError } from "../errors.js";
import type { Blob } from "../platform-types.js";
import { within } from "../policy/wait.js";
import { blobPart, isBlob, isFileBody } from "../request/bytes.js";
import { type Stream, type StreamChunks, isStream, streamChunks } from "../request/streams.js";

/** The maximum size of a chunk of an upload in one request, in bytes. */
export const chunkSize: number = 256 * 1024;

/** Content with one chunk at a time in memory. */
export interface Source {
  /** In bytes; `undefined` until a stream has ended. */
  readonly size: number | undefined;
  /** Whether the complete content is available at once: as bytes, or as a `Blob`. */
  readonly isInMemory: boolean;
  /** Whether it can be read again from any offset. */
  readonly replayable: boolean;
  /**
   * Reads `length` bytes from `offset`, or fewer at the end. Content that is not in memory is read into `memory`, by
   * default into new memory, and is valid until the next read.
   */
  read(offset: number, length: number, memory?: () => Uint8Array): Promise<Uint8Array>;
  /** For a stream in one request: the next bytes in their own memory; an empty array at the end. */
  next?(): Promise<Uint8Array>;
  /**
   * Takes the stream of the caller. From then on, `close()` closes it.
   *
   * @throws InvalidRequestError if the stream was used before
   */
  take?(): void;
  /** Closes files and streams. */
  close(): Promise<void>;
}

const parameter = "media.body";

/**
 * Opens content.
 *
 * @param timeout The maximum time without a chunk while a stream is read, in milliseconds.
 * @throws InvalidRequestError for this method, if the content is invalid
 */
export async function openSource(
  methodId: string,
  { body, size }: { readonly body: unknown; readonly size?: number | undefined },
  timeout: number,
): Promise<Source> {
  const source = await sourceOf(methodId, body, size, timeout);
  if (size !== undefined && source.size !== size) {
    await source.close();
    throw invalid(methodId, "media.size", `is ${String(size)}, but the body has ${String(source.size)} bytes`);
  }
  return source;
}

async function sourceOf(methodId: string, body: unknown, size: number | undefined, timeout: number): Promise<Source> {
  if (typeof body === "string") return bytesSource(new TextEncoder().encode(body));
  if (body instanceof Uint8Array) return bytesSource(body);
  if (body instanceof ArrayBuffer) return bytesSource(new Uint8Array(body));
  if (isBlob(body)) return blobSource(methodId, body);
  if (isStream(body)) return streamSource(methodId, body, size, timeout);
  if (isFileBody(body)) return fileSource(methodId, body.path, size, timeout);
  throw invalid(
    methodId,
    parameter,
    "must be a string, Uint8Array, ArrayBuffer, Blob, stream, async iterable or { path }",
  );
}

function invalid(methodId: string, at: string, message: string): InvalidRequestError {
  return new InvalidRequestError(methodId, [{ parameter: at, message }]);
}

function bytesSource(bytes: Uint8Array): Source {
  return {
    size: bytes.length,
    isInMemory: true,
    replayable: true,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    close: async () => undefined,
  };
}

function blobSource(methodId: string, blob: Blob): Source {
  return {
    size: blob.size,
    isInMemory: true,
    replayable: true,
    read: (offset, length) => blobPart(methodId, parameter, blob.slice(offset, offset + length)),
    close: async () => undefined,
  };
}

async function fileSource(methodId: string, path: string, size: number | undefined, timeout: number): Promise<Source> {
  const { openFile } = await import("../platform/node/upload-file.js");
  const file = await openFile(methodId, parameter, path);
  if ("size" in file) return { ...file, isInMemory: false, replayable: true };
  const source = streamSource(methodId, file, size, timeout);
  source.take?.();
  return source;
}

/** Keeps the last chunk, since a server may have accepted only part of it. */
function streamSource(methodId: string, stream: Stream, declared: number | undefined, timeout: number): Source {
  const chunks = streamChunks(methodId, parameter, stream);
  let window: Uint8Array = new Uint8Array();
  let start = 0;
  let rest: Uint8Array = new Uint8Array();
  let size: number | undefined;

  /** The next bytes, at most `length`; an empty array at the end. */
  const pull = async (length: number, nextChunk: StreamChunks["next"] = chunks.next): Promise<Uint8Array> => {
    while (rest.length === 0 && size === undefined) {
      const { done, value } = await nextChunk();
      if (done === true) size = start + window.length;
      else rest = value;
    }
    const taken = rest.subarray(0, length);
    rest = rest.subarray(taken.length);
    return taken;
  };

  /** Limits the wait for a chunk. Between the requests of a resumable upload, no other timeout applies. */
  const pullInTime = (length: number): Promise<Uint8Array> => pull(length, () => inTime(chunks.next()));

  const inTime = <T>(work: Promise<T>): Promise<T> => {
    const expired = (): TimeoutError =>
      new TimeoutError(`${methodId}: ${parameter} yielded nothing for ${String(timeout)} ms`, timeout);
    return within(work, { signal: undefined, remaining: timeout, aborted: expired, expired });
  };

  const skipTo = async (offset: number): Promise<void> => {
    while (start + window.length < offset) {
      start += window.length;
      window = new Uint8Array();
      window = await pullInTime(offset - start);
      if (window.length === 0) return;
    }
  };

  const checkLength = (read: number): void => {
    if (declared === undefined || (read <= declared && (size === undefined || size === declared))) return;
    const found = read > declared ? "yields more" : `ends after ${String(size)}`;
    throw new UploadError(
      "UPLOAD_CONTENT_MISMATCH",
      `${methodId}: ${parameter} ${found}, but media.size is ${String(declared)} bytes`,
    );
  };

  return {
    get size() {
      return declared ?? size;
    },
    isInMemory: false,
    replayable: false,
    take: () => chunks.open(),
    next: async () => {
      // A copy: the stream may reuse the memory of a chunk before it is sent.
      const chunk = new Uint8Array(await pull(chunkSize));
      start += chunk.length;
      // Check for the end first: after the announced number of bytes, the server considers the content complete.
      if (start === declared && rest.length === 0) rest = await pull(Infinity);
      checkLength(start + rest.length);
      return chunk;
    },
    read: async (offset, wanted, memory) => {
      const target = memory?.() ?? new Uint8Array(wanted);
      const length = Math.min(wanted, target.length);
      if (offset < start) throw invalid(methodId, parameter, "is a stream, which cannot be read again");
      await skipTo(offset);
      const repeated = window.subarray(offset - start, offset - start + length);
      target.set(repeated);
      start = offset;
      window = target.subarray(0, repeated.length);
      while (window.length < length) {
        const chunk = await pullInTime(length - window.length);
        if (chunk.length === 0) break;
        target.set(chunk, window.length);
        window = target.subarray(0, window.length + chunk.length);
      }
      // Check for the end now: the last chunk must be marked as the last.
      if (rest.length === 0) rest = await pullInTime(Infinity);
      checkLength(start + window.length + rest.length);
      return window;
    },
    close: async () => {
      // Not awaited: an iterable may wait for a chunk that never arrives.
      chunks.return().catch(() => undefined);
    },
  };
}
