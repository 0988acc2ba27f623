/** Reads the bytes of a download: receives, verifies and decodes them. */
import { decodeStream } from "../transport/node/decode.js";
import { checksumsOf, verified } from "./checksum.js";
import type { Download } from "./download.js";
import { Wire } from "./wire.js";

export function openContent(download: Download): AsyncIterator<Uint8Array> {
  const { request, response } = download.sent;
  const wire = new Wire(download);
  const checksums = checksumsOf(response);
  const bytes = checksums.length === 0 ? wire : verified(wire, request, checksums);
  return response.encoding === undefined
    ? bytes
    : decodeStream(request, bytes, response.encoding)[Symbol.asyncIterator]();
}
