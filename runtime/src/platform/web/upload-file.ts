/** Browsers and workers have no files to upload by path. */
import { InvalidRequestError } from "../../errors.js";

/** @throws InvalidRequestError always */
export async function openFile(subject: string, parameter: string, _path: string): Promise<never> {
  throw unsupported(subject, parameter);
}

/** @throws InvalidRequestError always */
export async function readFile(
  subject: string,
  parameter: string,
  _path: string,
  _isRepeated: boolean,
): Promise<never> {
  throw unsupported(subject, parameter);
}

function unsupported(subject: string, parameter: string): InvalidRequestError {
  const message = "is a path, but this platform has no files. Pass a Blob, File, Uint8Array, string or stream";
  return new InvalidRequestError(subject, [{ parameter, message }]);
}
