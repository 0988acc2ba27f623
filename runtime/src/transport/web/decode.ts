/** Decodes nothing: `fetch` has decoded bodies already. */
import { DiscogenError } from "../../errors.js";
import { subjectOf } from "../failure.js";
import type { HttpRequest } from "../transport.js";

/** @throws DiscogenError for a body that the caller's transport has not decoded */
export function decodeStream(
  request: HttpRequest,
  _body: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncIterable<Uint8Array> {
  const problem = `the transport did not decode the body (${JSON.stringify(encoding)}), and this platform cannot`;
  throw new DiscogenError("INVALID_RESPONSE", `${subjectOf(request)}: ${problem}. Decode it in the transport`);
}
