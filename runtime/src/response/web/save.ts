/** Browsers and workers have no files to save to. */
import { InvalidRequestError } from "../../errors.js";
import type { Limits } from "../../policy/wait.js";

/** @throws InvalidRequestError always, after it has closed the body */
export async function saveBody(chunks: AsyncIterator<Uint8Array>, _path: string, _limits: Limits): Promise<void> {
  await chunks.return?.();
  const message = "names a file, but this platform has none. Read the response by bytes(), text() or body";
  throw new InvalidRequestError("saveTo", [{ parameter: "path", message }]);
}
