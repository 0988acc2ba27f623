/** The code of a worker: receives documents and sends translations. */
import { parentPort } from "node:worker_threads";
import { translate } from "./translate.js";
import type { TranslationResult, TranslationTask } from "./translation-workers.js";

parentPort?.on("message", ({ id, source, request }: TranslationTask) => {
  const translation = translate(source, request);
  const result: TranslationResult = { id, translation };
  // Moves the bytes without a copy.
  parentPort?.postMessage(
    result,
    (translation.api?.files ?? []).map(({ text }) => text.buffer),
  );
});
