/** Takes the content-encoding off a body: gzip, deflate and br, collected or as a stream. */
import { Readable, pipeline } from "node:stream";
import * as zlib from "node:zlib";

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

const sync: { readonly [coding: string]: SyncDecode } = {
  gzip: zlib.gunzipSync,
  "x-gzip": zlib.gunzipSync,
  deflate: zlib.inflateSync,
  br: zlib.brotliDecompressSync,
};

const asynchronous: { readonly [coding: string]: AsyncDecode } = {
  gzip: zlib.gunzip,
  "x-gzip": zlib.gunzip,
  deflate: zlib.inflate,
  br: zlib.brotliDecompress,
};

const streaming: { readonly [coding: string]: () => zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress } = {
  gzip: () => zlib.createGunzip(),
  "x-gzip": () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
};

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
  for (const step of steps) result = known(sync, step)(result, bound);
  return result;
}

async function decodeLater(data: Uint8Array, steps: readonly string[], bound: Limit): Promise<Uint8Array> {
  let result = data;
  for (const step of steps) {
    const decode = known(asynchronous, step);
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
  let stream: Readable = Readable.from(body, { objectMode: false });
  for (const step of steps) {
    // The last stream carries the error to whoever reads it; there is nothing to do here.
    stream = pipeline(stream, known(streaming, step)(), () => undefined);
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
  for (const step of codings(encoding)) known(streaming, step);
}

function known<T>(table: { readonly [coding: string]: T }, coding: string): T {
  const entry = Object.hasOwn(table, coding) ? table[coding] : undefined;
  if (entry === undefined) throw new Error(`the body has the unknown content-encoding ${JSON.stringify(coding)}`);
  return entry;
}
