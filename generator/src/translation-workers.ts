/** Starts workers that translate documents. */
import { Worker } from "node:worker_threads";
import type { CodeRequest } from "./config/define.js";
import type { SourceText } from "./discovery/sources.js";
import type { Translation } from "./translate.js";
import type { TranslationThread } from "./translation-thread.js";

/** A message to a worker. */
export interface TranslationTask {
  readonly id: number;
  readonly source: SourceText;
  readonly request: CodeRequest;
}

/** A message from a worker. */
export interface TranslationResult {
  readonly id: number;
  readonly translation: Translation;
}

export function startWorker(): TranslationThread {
  const worker = new Worker(new URL("./translation-worker.js", import.meta.url));
  const pending = new Map<number, (translation: Translation) => void>();
  let lastId = 0;
  worker.on("message", ({ id, translation }: TranslationResult) => {
    pending.get(id)?.(translation);
    pending.delete(id);
  });
  const failure = new Promise<never>((_, reject) => {
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("a translation worker exited")));
  });
  // Callers of translate() see the failure. Without calls, nothing handles the rejection.
  failure.catch(() => undefined);
  return {
    // The next document waits in the worker while a result is on its way.
    free: 2,
    translate: (source, request) => {
      lastId += 1;
      const task: TranslationTask = { id: lastId, source, request };
      const result = new Promise<Translation>((resolve) => pending.set(task.id, resolve));
      // Moves the bytes without a copy.
      worker.postMessage(task, typeof source.text === "string" ? [] : [source.text.buffer]);
      return Promise.race([result, failure]);
    },
    close: () => worker.terminate(),
  };
}
