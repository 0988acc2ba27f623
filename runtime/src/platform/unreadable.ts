/** The error for content that cannot be read. */
import { InvalidRequestError } from "../errors.js";
import { fileProblem } from "../redact.js";

/** Returns the error for bytes to send that cannot be read. An `InvalidRequestError` is returned unchanged. */
export function unreadable(subject: string, parameter: string, error: unknown): InvalidRequestError {
  if (error instanceof InvalidRequestError) return error;
  return new InvalidRequestError(subject, [{ parameter, message: `cannot be read: ${fileProblem(error)}` }]);
}
