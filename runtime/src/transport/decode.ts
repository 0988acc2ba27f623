/** Takes the content-encoding off a body: gzip, deflate, br, and zstd where Node has it; collected or as a stream. */
import type { Duplex, Readable } from "node:stream";
import type * as Zlib from "node:zlib";
import { codeOf } from "../redact.js";
import { codingsOf } from "./codings.js";
import { connectionError } from "./failure.js";
import { encodedLimit } from "./size-limit.js";
import type { HttpRequest } from "./transport.js";

/**
 * Bodies up to this many bytes are decoded in place where the result has at most so many: that costs a fifth of a trip to
 * the thread pool. Everything else is decoded there, since it would block the event loop.
 */
const syncInput: number = 64 * 1024;
const syncOutput: number = 1024 * 1024;

interface Limit {
  readonly maxOutputLength: number;
}
type SyncDecode = (data: Uint8Array, limit: Limit) => Uint8Array;
type AsyncDecode = (data: Uint8Array, limit: Limit, done: (error: Error | null, data: Uint8Array) => void) => void;

/** The three ways to take one coding off. */
interface Coding {
  readonly sync: SyncDecode;
  readonly later: AsyncDecode;
  stream(): Duplex;
}

let known: ReadonlyMap<string, Coding> | undefined;

/** Made with the first body that is encoded: a program that starts need not wait for zlib. */
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

/** Node has it from 22.15 on. */
function zstd(zlib: typeof Zlib): readonly (readonly [string, Coding])[] {
  // The types are those of the oldest Node, which does not know these; they are like those of the others.
  const { createZstdDecompress, zstdDecompress, zstdDecompressSync } = zlib as Partial<{
    readonly createZstdDecompress: () => Duplex;
    readonly zstdDecompress: AsyncDecode;
    readonly zstdDecompressSync: SyncDecode;
  }>;
  if (createZstdDecompress === undefined || zstdDecompress === undefined || zstdDecompressSync === undefined) return [];
  return [["zstd", { sync: zstdDecompressSync, later: zstdDecompress, stream: () => createZstdDecompress() }]];
}

/**
 * The decoded bytes: at once where they are few, else by promise. Throws on an unknown coding, on damage, and an error
 * with code `ERR_BUFFER_TOO_LARGE` when the result is longer than `limit` bytes.
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

/** Whether an error says that a result was longer than its limit. */
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

/** What is decoded further may be longer than the end result. */
function limitOf(step: number, codings: readonly string[], limit: number): Limit {
  return { maxOutputLength: step === codings.length - 1 ? limit : encodedLimit(limit) };
}

/** The decoded bytes of a streamed response, with its back-pressure. Throws where {@link checkEncoding} does. */
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
    // The last stream carries the error to whoever reads it; there is nothing to do here.
    stream = pipeline(stream, codingOf(step).stream(), () => undefined);
  }
  const last = stream;
  return {
    [Symbol.asyncIterator]() {
      // Without an encoding set, Node's streams yield Buffers.
      const pieces = last[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
      return {
        next: () =>
          pieces.next().catch((error: unknown) => {
            throw connectionError(request, error, true);
          }),
        // Node's own iterator lets the stream live when it is closed before its first step.
        return: () => {
          last.destroy();
          return Promise.resolve({ done: true, value: undefined });
        },
      };
    },
  };
}

/** Throws on a coding that the request does not accept, and on one that is unknown here. */
export function checkEncoding(request: HttpRequest, encoding: string): void {
  for (const coding of codingsOf(request, encoding)) codingOf(coding);
}

function codingOf(name: string): Coding {
  const coding = knownCodings().get(name);
  if (coding === undefined) throw new Error(`the body has the unknown content-encoding ${JSON.stringify(name)}`);
  return coding;
}
