/** How large a collected response may be. */
import { DiscogenError } from "../errors.js";
import { subjectOf } from "./failure.js";
import type { HttpRequest } from "./transport.js";

/** The longest string of V8, `buffer.constants.MAX_STRING_LENGTH`; other engines hold more. UTF-8 has no fewer bytes. */
export const longestString: number = 2 ** 29 - 24;

/** The most bytes of a response that this request allows, after decoding. */
export function sizeLimit({ maxResponseBytes = longestString }: HttpRequest): number {
  return Math.min(maxResponseBytes, longestString);
}

/** The same before decoding: compression makes small and random bodies longer. */
export function encodedLimit(limit: number): number {
  return 2 * limit + 1024;
}

/** The error for a response that is larger than its limit. */
export function responseTooLarge(request: HttpRequest): DiscogenError {
  const limit = sizeLimit(request);
  const advice =
    limit < longestString
      ? "the limit that maxResponseBytes sets. Raise it, or request less"
      : "the most that a string can hold, whatever maxResponseBytes says. Request less";
  const message = `${subjectOf(request)}: the response is larger than ${String(limit)} bytes, ${advice}`;
  return new DiscogenError("RESPONSE_TOO_LARGE", message);
}
