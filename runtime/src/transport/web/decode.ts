/** Decoding of bodies: `fetch` has done it. */
import { DiscogenError } from "../../errors.js";
import { subjectOf } from "../failure.js";
import type { HttpRequest } from "../transport.js";

/** @throws DiscogenError for a body that a transport of the caller's has left encoded */
export function decodeStream(
  request: HttpRequest,
  _body: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncIterable<Uint8Array> {
  const problem = `the transport left the body encoded (${JSON.stringify(encoding)}), and this platform cannot decode it`;
  throw new DiscogenError("INVALID_RESPONSE", `${subjectOf(request)}: ${problem}. Decode it in the transport`);
}
