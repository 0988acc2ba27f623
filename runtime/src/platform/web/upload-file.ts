/** Browsers and workers have no files to upload by path. */
import { InvalidRequestError } from "../../errors.js";

/** @throws InvalidRequestError always */
export async function openFile(subject: string, parameter: string, _path: string): Promise<never> {
  const message = "is a path, but this platform has no files. Pass a Blob, File, Uint8Array, string or stream";
  throw new InvalidRequestError(subject, [{ parameter, message }]);
}

export { openFile as readFile };
