/** A thread that runs one engine: models come in, texts go out. */
import { parentPort, workerData } from "node:worker_threads";
import type { ApiModel } from "../model/types.js";
import { loadEngine } from "./engine.js";

// Who starts this thread says which engine it runs.
const engine = loadEngine(workerData);

parentPort?.on("message", ({ ticket, model }: { readonly ticket: number; readonly model: ApiModel }) => {
  engine.then(
    (emit) => parentPort?.postMessage({ ticket, text: emit(model) }),
    // An engine that does not load is a bug; thrown out of a handler it ends the thread, and with it the run.
    (error: unknown) => setImmediate(() => Promise.reject(error)),
  );
});
