/** The content of an upload, read at any offset where that is possible. */
import { InvalidRequestError, TimeoutError, UploadError } from "../errors.js";
import type { Blob } from "../platform-types.js";
import { within } from "../policy/wait.js";
import { blobPart, isBlob, isFileBody } from "../request/bytes.js";
import { type Stream, type StreamChunks, isStream, streamChunks } from "../request/streams.js";

/** Bytes of a chunk of content in one request, at most. */
export const chunkSize: number = 256 * 1024;

/** Content, of which a chunk at a time is in memory. */
export interface Source {
  /** In bytes; `undefined` until the end of a stream is seen. */
  readonly size: number | undefined;
  /** All of the content is available at once: as bytes, or as a `Blob`. */
  readonly isInMemory: boolean;
  /** Can be read again from any byte on. */
  readonly replayable: boolean;
  /**
   * `length` bytes from `offset` on; fewer only at the end, which is then known. What is not in memory already is read
   * into that of `memory`, by default new one, and holds until the next read.
   */
  read(offset: number, length: number, memory?: () => Uint8Array): Promise<Uint8Array>;
  /** Of a stream that is sent in one request: the next bytes as they come, in memory of their own; none at the end. */
  next?(): Promise<Uint8Array>;
  /**
   * Takes a stream of the caller's, which is closed at the end from then on.
   *
   * @throws InvalidRequestError where it was used before
   */
  take?(): void;
  /** Lets go of files and streams. */
  close(): Promise<void>;
}

const parameter = "media.body";

/**
 * Opens content. What is wrong with it throws an `InvalidRequestError` for this method.
 *
 * @param timeout How long a stream may be silent while a part of it is read, in milliseconds.
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

/** Keeps what was read last, since a server may have taken only part of it. */
function streamSource(methodId: string, stream: Stream, declared: number | undefined, timeout: number): Source {
  const chunks = streamChunks(methodId, parameter, stream);
  let window: Uint8Array = new Uint8Array();
  let start = 0;
  let rest: Uint8Array = new Uint8Array();
  let size: number | undefined;

  /** The next bytes, at most so many; none at the end. */
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

  /** Between the requests of a resumable upload nothing else ends the wait for a silent stream. */
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
      // A copy: who makes the chunks may use their memory again before they are on the wire.
      const chunk = new Uint8Array(await pull(chunkSize));
      start += chunk.length;
      // The end comes first: with the last of the bytes announced, the server takes the content as complete.
      if (start === declared && rest.length === 0) rest = await pull(Infinity);
      checkLength(start + rest.length);
      return chunk;
    },
    read: async (offset, wanted, memory) => {
      const target = memory?.() ?? new Uint8Array(wanted);
      const length = Math.min(wanted, target.length);
      if (offset < start) throw invalid(methodId, parameter, "is a stream, which cannot be read again");
      await skipTo(offset);
      const kept = window.subarray(offset - start, offset - start + length);
      target.set(kept);
      start = offset;
      window = target.subarray(0, kept.length);
      while (window.length < length) {
        const piece = await pullInTime(length - window.length);
        if (piece.length === 0) break;
        target.set(piece, window.length);
        window = target.subarray(0, window.length + piece.length);
      }
      // Looks for the end now: the last chunk must say that it is the last.
      if (rest.length === 0) rest = await pullInTime(Infinity);
      checkLength(start + window.length + rest.length);
      return window;
    },
    close: async () => {
      // Not awaited: an iterable that is no stream may wait for a chunk that never comes.
      chunks.return().catch(() => undefined);
    },
  };
}
