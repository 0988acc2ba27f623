/** Content of any length that needs no memory: a repeated block. No power of two is a multiple of its length. */
const period = 1_000_003;
const longest = 8 * 1024 * 1024;
const block = Buffer.alloc(period);
for (let i = 0, state = 1; i < period; i++) {
  // The generator of Park and Miller.
  state = (state * 48_271) % 2_147_483_647;
  block[i] = state & 255;
}
const repeated = Buffer.alloc(period + longest);
for (let at = 0; at < repeated.length; at += period) block.copy(repeated, at);

/** The bytes from `offset` on, at most 8 MiB of them, without a copy. */
export function pattern(offset: number, length: number): Buffer {
  const start = offset % period;
  return repeated.subarray(start, start + Math.min(length, longest));
}

/** Bytes are not those of the pattern. */
export class PatternError extends Error {}

/** Throws unless these are the bytes at `offset`. */
export function expectPattern(offset: number, bytes: Uint8Array): void {
  if (!pattern(offset, bytes.length).equals(bytes))
    throw new PatternError(`${String(bytes.length)} bytes at ${String(offset)} are others than were sent`);
}

/** The content in chunks. */
export async function* patternChunks(
  size: number,
  chunkSize: number = 64 * 1024,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let offset = 0; offset < size; offset += chunkSize) yield pattern(offset, Math.min(chunkSize, size - offset));
}
