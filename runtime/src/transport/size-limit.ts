/** The maximum size of collected responses. */
import { DiscogenError } from "../errors.js";
import { subjectOf } from "./failure.js";
import type { HttpRequest } from "./transport.js";

/** V8's maximum string length, `buffer.constants.MAX_STRING_LENGTH`. A text has at least as many bytes in UTF-8. */
export const longestString: number = 2 ** 29 - 24;

/** Returns the maximum size of a response in bytes, after decoding. */
export function sizeLimit({ maxResponseBytes = longestString }: HttpRequest): number {
  return Math.min(maxResponseBytes, longestString);
}

/** Returns the maximum size before decoding. Compression makes small and random bodies longer. */
export function encodedLimit(limit: number): number {
  return 2 * limit + 1024;
}

/** Returns the error for a response that is too large. */
export function responseTooLarge(request: HttpRequest): DiscogenError {
  const limit = sizeLimit(request);
  const advice =
    limit < longestString
      ? "the limit set by maxResponseBytes. Increase it, or request less data"
      : "the maximum length of a string. Request less data";
  const message = `${subjectOf(request)}: the response is larger than ${String(limit)} bytes, ${advice}`;
  return new DiscogenError("RESPONSE_TOO_LARGE", message);
}
