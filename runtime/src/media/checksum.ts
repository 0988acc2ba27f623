/** Holds a whole body against the checksums in `x-goog-hash`. */
import { DiscogenError } from "../errors.js";
import { type Hash, md5 } from "../platform/node/hashes.js";
import { subjectOf } from "../transport/failure.js";
import { type HttpRequest, type HttpResponse, header } from "../transport/transport.js";
import { Crc32c } from "./crc32c.js";
import { isAsSent } from "./wire.js";

/** One checksum, being computed. */
export interface Checksum {
  readonly name: string;
  /** Base64, as the header has it. */
  readonly wanted: string;
  update(bytes: Uint8Array): void;
  digest(): string;
}

const makers: { readonly [name: string]: () => Hash | undefined } = { crc32c: () => new Crc32c(), md5 };

/**
 * The checksums that hold for this body. Google's are those of the content as it is stored: they say nothing of a part,
 * nor of what was packed or unpacked on the way (https://cloud.google.com/storage/docs/transcoding).
 */
export function checksumsOf(response: HttpResponse): readonly Checksum[] {
  const { encoding = "identity", headers, status } = response;
  if (status !== 200 || !isAsSent(response)) return [];
  if ((header(headers, "x-goog-stored-content-encoding") ?? "identity") !== encoding.toLowerCase()) return [];
  const fields = [headers["x-goog-hash"] ?? []].flat();
  return fields
    .flatMap((field) => field.split(","))
    .flatMap((entry) => {
      const [, name = "", wanted = ""] = /^\s*(\w+)=(\S+)\s*$/.exec(entry) ?? [];
      const made = Object.hasOwn(makers, name) ? makers[name]?.() : undefined;
      if (made === undefined) return [];
      return [{ name, wanted, update: (bytes) => made.update(bytes), digest: () => made.digest() }];
    });
}

/** The same bytes; the end of others than the checksums tell of is an error. */
export function verified(
  pieces: AsyncIterator<Uint8Array>,
  request: HttpRequest,
  checksums: readonly Checksum[],
): AsyncIterableIterator<Uint8Array> {
  const iterator: AsyncIterableIterator<Uint8Array> = {
    next: async () => {
      const result = await pieces.next();
      if (result.done !== true) {
        for (const checksum of checksums) checksum.update(result.value);
        return result;
      }
      for (const { digest, name, wanted } of checksums) {
        if (digest() === wanted) continue;
        const problem = `the bytes that came are not those that were stored: their ${name} is another`;
        throw new DiscogenError("CONTENT_DAMAGED", `${subjectOf(request)}: ${problem}`);
      }
      return result;
    },
    return: async () => {
      await pieces.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
