/** Decodes the content-encoding of a body, collected or streamed: gzip, deflate, br, and zstd if Node supports it. */
import type { Duplex, Readable } from "node:stream";
import type * as Zlib from "node:zlib";
import { codeOf } from "../redact.js";
import { codingsOf } from "./codings.js";
import { connectionError } from "./failure.js";
import { encodedLimit } from "./size-limit.js";
import type { HttpRequest } from "./transport.js";

/**
 * Small bodies with small results are decoded synchronously, in a fifth of the time that the thread pool takes. The
 * thread pool decodes larger bodies, which would block the event loop. Both limits are in bytes.
 */
const syncInput: number = 64 * 1024;
const syncOutput: number = 1024 * 1024;

interface Limit {
  readonly maxOutputLength: number;
}
type SyncDecode = (data: Uint8Array, limit: Limit) => Uint8Array;
type AsyncDecode = (data: Uint8Array, limit: Limit, done: (error: Error | null, data: Uint8Array) => void) => void;

/** Three ways to decode one coding. */
interface Coding {
  readonly sync: SyncDecode;
  readonly later: AsyncDecode;
  stream(): Duplex;
}

let known: ReadonlyMap<string, Coding> | undefined;

/** Created with the first encoded body, so that programs start without loading zlib. */
function knownCodings(): ReadonlyMap<string, Coding> {
  known ??= tableOf(process.getBuiltinModule("node:zlib"));
  return known;
}

function tableOf(zlib: typeof Zlib): ReadonlyMap<string, Coding> {
  const br: Coding = {
    sync: zlib.brotliDecompressSync,
    later: zlib.brotliDecompress,
    stream: () => zlib.createBrotliDecompress(),
  };
  return new Map([
    ["gzip", { sync: zlib.gunzipSync, later: zlib.gunzip, stream: () => zlib.createGunzip() }],
    ["deflate", { sync: zlib.inflateSync, later: zlib.inflate, stream: () => zlib.createInflate() }],
    ["br", br],
    ...zstd(zlib),
  ]);
}

/** Node supports zstd from version 22.15. */
function zstd(zlib: typeof Zlib): readonly (readonly [string, Coding])[] {
  // The types of the oldest supported Node lack these functions, which have the signatures of the other codings.
  const { createZstdDecompress, zstdDecompress, zstdDecompressSync } = zlib as Partial<{
    readonly createZstdDecompress: () => Duplex;
    readonly zstdDecompress: AsyncDecode;
    readonly zstdDecompressSync: SyncDecode;
  }>;
  if (createZstdDecompress === undefined || zstdDecompress === undefined || zstdDecompressSync === undefined) return [];
  return [["zstd", { sync: zstdDecompressSync, later: zstdDecompress, stream: () => createZstdDecompress() }]];
}

/**
 * Returns the decoded bytes, or a promise if there are many. Throws for an unknown coding and for damaged data, and
 * with code `ERR_BUFFER_TOO_LARGE` for a result longer than `limit` bytes.
 */
export function decodeBytes(
  data: Uint8Array,
  codings: readonly string[],
  limit: number,
): Uint8Array | Promise<Uint8Array> {
  if (data.length <= syncInput) {
    try {
      return decodeNow(data, codings, Math.min(limit, syncOutput));
    } catch (error) {
      if (limit <= syncOutput || !isTooLarge(error)) throw error;
    }
  }
  return decodeLater(data, codings, limit);
}

/** Returns whether an error means that a result was longer than its limit. */
export function isTooLarge(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ERR_BUFFER_TOO_LARGE" || code === "ERR_STRING_TOO_LONG";
}

function decodeNow(data: Uint8Array, codings: readonly string[], limit: number): Uint8Array {
  let result = data;
  for (const [index, coding] of codings.toReversed().entries())
    result = codingOf(coding).sync(result, limitOf(index, codings, limit));
  return result;
}

async function decodeLater(data: Uint8Array, codings: readonly string[], limit: number): Promise<Uint8Array> {
  let result = data;
  for (const [index, coding] of codings.toReversed().entries()) {
    const decode = codingOf(coding).later;
    const input = result;
    result = await new Promise<Uint8Array>((resolve, reject) => {
      decode(input, limitOf(index, codings, limit), (error, output) =>
        error === null ? resolve(output) : reject(error),
      );
    });
  }
  return result;
}

/** The limit of one step. Data that is decoded again in the next step may be longer than the final result. */
function limitOf(step: number, codings: readonly string[], limit: number): Limit {
  return { maxOutputLength: step === codings.length - 1 ? limit : encodedLimit(limit) };
}

/** Decodes a streamed response, with its back-pressure. Throws like {@link checkEncoding}. */
export function decodeStream(
  request: HttpRequest,
  body: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncIterable<Uint8Array> {
  const steps = codingsOf(request, encoding).toReversed();
  if (steps.length === 0) return body;
  const { Readable, pipeline } = process.getBuiltinModule("node:stream");
  let stream: Readable = Readable.from(body, { objectMode: false });
  for (const step of steps) {
    // The reader of the last stream gets the error.
    stream = pipeline(stream, codingOf(step).stream(), () => undefined);
  }
  const last = stream;
  return {
    [Symbol.asyncIterator]() {
      // Node's streams yield Buffers unless they have an encoding.
      const chunks = last[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
      return {
        next: () =>
          chunks.next().catch((error: unknown) => {
            throw connectionError(request, error, true);
          }),
        // Node's own iterator does not destroy the stream if it is closed before the first read.
        return: () => {
          last.destroy();
          return Promise.resolve({ done: true, value: undefined });
        },
      };
    },
  };
}

/** Throws for a coding that the request does not accept, or that cannot be decoded. */
export function checkEncoding(request: HttpRequest, encoding: string): void {
  for (const coding of codingsOf(request, encoding)) codingOf(coding);
}

function codingOf(name: string): Coding {
  const coding = knownCodings().get(name);
  if (coding === undefined) throw new Error(`the body has the unknown content-encoding ${JSON.stringify(name)}`);
  return coding;
}
