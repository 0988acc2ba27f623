/** Browsers and workers have no files to upload by path. */
import { InvalidRequestError } from "../../errors.js";
import type { OpenFile } from "../node/upload-file.js";
import type { Stream, StreamChunks } from "../../request/streams.js";

/** @throws InvalidRequestError always */
export async function openFile(subject: string, parameter: string, _path: string): Promise<OpenFile | Stream> {
  throw unsupported(subject, parameter);
}

/** @throws InvalidRequestError always */
export async function readFile(
  subject: string,
  parameter: string,
  _path: string,
  _isRepeated: boolean,
): Promise<Pick<StreamChunks, "next" | "return">> {
  throw unsupported(subject, parameter);
}

function unsupported(subject: string, parameter: string): InvalidRequestError {
  const message = "is a path, but this platform has no files. Pass a Blob, File, Uint8Array, string or stream";
  return new InvalidRequestError(subject, [{ parameter, message }]);
}
