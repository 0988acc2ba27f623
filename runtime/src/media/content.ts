/** The way of a download's bytes: off the wire, held against their checksum, unpacked. */
import { decodeStream } from "../transport/node/decode.js";
import { checksumsOf, verified } from "./checksum.js";
import type { Download } from "./download.js";
import { Wire } from "./wire.js";

export function openContent(download: Download): AsyncIterator<Uint8Array> {
  const { request, response } = download.sent;
  const wire = new Wire(download);
  const checksums = checksumsOf(response);
  const whole = checksums.length === 0 ? wire : verified(wire, request, checksums);
  return response.encoding === undefined
    ? whole
    : decodeStream(request, whole, response.encoding)[Symbol.asyncIterator]();
}
