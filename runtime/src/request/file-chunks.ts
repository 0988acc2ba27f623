/** Reads a file for a request body. Loaded with the first file that is sent. */
import { InvalidRequestError } from "../errors.js";
import { openFile } from "../platform/node/upload-file.js";
import { type StreamChunks, streamChunks } from "./streams.js";

/** Bytes that are read at a time. */
const chunkSize: number = 256 * 1024;

/**
 * Reads a file in chunks, for one request.
 *
 * @param isRepeated Another request has read the file before. A pipe or device cannot be read again.
 */
export async function readFile(
  subject: string,
  parameter: string,
  path: string,
  isRepeated: boolean,
): Promise<Pick<StreamChunks, "next" | "return">> {
  const file = await openFile(subject, parameter, path);
  if (!("size" in file)) {
    const chunks = streamChunks(subject, parameter, file);
    chunks.open();
    if (!isRepeated) return chunks;
    await chunks.return();
    throw new InvalidRequestError(subject, [{ parameter, message: "is a pipe or device, which cannot be read again" }]);
  }
  let offset = 0;
  const end = { done: true, value: undefined } as const;
  const close = async (): Promise<typeof end> => {
    await file.close();
    return end;
  };
  return {
    next: async () => {
      const value = await file.read(offset, chunkSize);
      offset += value.length;
      return value.length > 0 ? { done: false, value } : close();
    },
    return: close,
  };
}
