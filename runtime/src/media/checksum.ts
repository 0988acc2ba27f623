/** Verifies a complete body with the checksums in `x-goog-hash`. */
import { DiscogenError } from "../errors.js";
import { type Hash, md5 } from "../platform/node/hashes.js";
import { subjectOf } from "../transport/failure.js";
import { type HttpRequest, type HttpResponse, header } from "../transport/transport.js";
import { Crc32c } from "./crc32c.js";
import { isAsSent } from "./wire.js";

/** The computation of one checksum. */
export interface Checksum {
  readonly name: string;
  /** The expected value in Base64, as in the header. */
  readonly expected: string;
  update(bytes: Uint8Array): void;
  digest(): string;
}

const hashes: { readonly [name: string]: () => Hash | undefined } = { crc32c: () => new Crc32c(), md5 };

/**
 * Returns the checksums that apply to this body. Google's checksums are those of the stored content. They do not apply to
 * a range, or to content that was compressed or decompressed (https://cloud.google.com/storage/docs/transcoding).
 */
export function checksumsOf(response: HttpResponse): readonly Checksum[] {
  const { encoding = "identity", headers, status } = response;
  if (status !== 200 || !isAsSent(response)) return [];
  if ((header(headers, "x-goog-stored-content-encoding") ?? "identity") !== encoding.toLowerCase()) return [];
  const fields = [headers["x-goog-hash"] ?? []].flat();
  return fields
    .flatMap((field) => field.split(","))
    .flatMap((entry) => {
      const [, name = "", expected = ""] = /^\s*(\w+)=(\S+)\s*$/.exec(entry) ?? [];
      const hash = Object.hasOwn(hashes, name) ? hashes[name]?.() : undefined;
      if (hash === undefined) return [];
      return [{ name, expected, update: (bytes) => hash.update(bytes), digest: () => hash.digest() }];
    });
}

/** Returns the same bytes. At the end, throws if a checksum does not match. */
export function verified(
  chunks: AsyncIterator<Uint8Array>,
  request: HttpRequest,
  checksums: readonly Checksum[],
): AsyncIterableIterator<Uint8Array> {
  const iterator: AsyncIterableIterator<Uint8Array> = {
    next: async () => {
      const result = await chunks.next();
      if (result.done !== true) {
        for (const checksum of checksums) checksum.update(result.value);
        return result;
      }
      for (const { digest, name, expected } of checksums) {
        if (digest() === expected) continue;
        const problem = `the content was damaged on the way: its ${name} does not match`;
        throw new DiscogenError("CONTENT_DAMAGED", `${subjectOf(request)}: ${problem}`);
      }
      return result;
    },
    return: async () => {
      await chunks.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
