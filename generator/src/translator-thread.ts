/** A thread that translates: documents come in, translations go out. */
import module from "node:module";
import { parentPort } from "node:worker_threads";
import { loadEmitter, translate } from "./translate.js";
import type { Answer, Ticket } from "./translator.js";

// Each thread has one of its own to enable; they share what is kept.
if ("enableCompileCache" in module && typeof module.enableCompileCache === "function") module.enableCompileCache();
// An emitter that does not load is a bug: it ends the thread, and with it the run.
await loadEmitter();

parentPort?.on("message", async ({ number, source, request }: Ticket) => {
  const translation = await translate(source, request);
  const answer: Answer = { number, translation };
  // Moved, not copied.
  parentPort?.postMessage(
    answer,
    (translation.api?.files ?? []).map(({ text }) => text.buffer),
  );
});
