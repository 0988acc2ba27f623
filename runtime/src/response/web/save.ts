/** Browsers and workers have no files to save to. */
import { invalidRequest } from "../../errors.js";
import type { Limits } from "../../policy/wait.js";

/** @throws InvalidRequestError always, after closing the body */
export async function saveBody(chunks: AsyncIterator<Uint8Array>, _path: string, _limits: Limits): Promise<void> {
  await chunks.return?.();
  const message = "is not supported: this platform has no files. Use bytes(), text() or body instead";
  throw invalidRequest("saveTo", "path", message);
}
