/** Takes the content-encoding off a body: gzip, deflate, br, and zstd where Node has it; collected or as a stream. */
import type { Duplex, Readable } from "node:stream";
import type * as Zlib from "node:zlib";

/** Below this size decoding in place costs a fifth of a trip to the thread pool. */
const syncLimit: number = 64 * 1024;

/** The codings of a header value, in the order in which they are taken off. */
function codings(encoding: string): string[] {
  return encoding
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity")
    .toReversed();
}

interface Limit {
  readonly maxOutputLength?: number;
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
  const gzip: Coding = { sync: zlib.gunzipSync, later: zlib.gunzip, stream: () => zlib.createGunzip() };
  const br: Coding = {
    sync: zlib.brotliDecompressSync,
    later: zlib.brotliDecompress,
    stream: () => zlib.createBrotliDecompress(),
  };
  return new Map([
    ["gzip", gzip],
    ["x-gzip", gzip],
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
 * The decoded bytes: at once where they are few, else by promise. Throws on an unknown coding, on damage, and when
 * the result would be longer than `limit` bytes.
 */
export function decodeBytes(
  data: Uint8Array,
  encoding: string,
  limit: number | undefined,
): Uint8Array | Promise<Uint8Array> {
  let result = data;
  const steps = codings(encoding);
  const bound: Limit = limit === undefined ? {} : { maxOutputLength: limit };
  if (data.length > syncLimit) return decodeLater(data, steps, bound);
  for (const step of steps) result = codingOf(step).sync(result, bound);
  return result;
}

async function decodeLater(data: Uint8Array, steps: readonly string[], bound: Limit): Promise<Uint8Array> {
  let result = data;
  for (const step of steps) {
    const decode = codingOf(step).later;
    const input = result;
    result = await new Promise<Uint8Array>((resolve, reject) => {
      decode(input, bound, (error, output) => (error === null ? resolve(output) : reject(error)));
    });
  }
  return result;
}

/** The decoded bytes of a stream, with its back-pressure; reading throws what `explain` makes of an error. */
export function decodeStream(
  body: AsyncIterable<Uint8Array>,
  encoding: string,
  explain: (error: unknown) => Error,
): AsyncIterable<Uint8Array> {
  const steps = codings(encoding);
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
            throw explain(error);
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

/** Throws on a coding that {@link decodeStream} does not know. */
export function checkEncoding(encoding: string): void {
  for (const step of codings(encoding)) codingOf(step);
}

function codingOf(name: string): Coding {
  const coding = knownCodings().get(name);
  if (coding === undefined) throw new Error(`the body has the unknown content-encoding ${JSON.stringify(name)}`);
  return coding;
}
