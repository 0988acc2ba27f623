/** Runs translations on this thread, or on workers. */
import { setImmediate } from "node:timers/promises";
import type { Translate, TranslationThread } from "./translation-thread.js";

export interface Translator {
  readonly translate: Translate;
  /** Ends the workers and drops translations that have not started. */
  readonly close: () => Promise<void>;
}

/** Returns a translator with this number of workers. With fewer than two, it uses this thread and no worker. */
export function createTranslator(workers: number): Translator {
  const waiting: ((thread: TranslationThread) => void)[] = [];
  let threads: Promise<readonly TranslationThread[]> | undefined;
  const release = (thread: TranslationThread) => {
    const next = waiting.shift();
    if (next === undefined) thread.free += 1;
    else next(thread);
  };
  return {
    translate: async (source, request) => {
      threads ??= startThreads(workers);
      const available = (await threads).find(({ free }) => free > 0);
      if (available !== undefined) available.free -= 1;
      const thread = available ?? (await new Promise<TranslationThread>((resolve) => waiting.push(resolve)));
      return thread.translate(source, request).finally(() => release(thread));
    },
    close: async () => {
      waiting.length = 0;
      await Promise.all(((await threads) ?? []).map((thread) => thread.close()));
    },
  };
}

/** Loads only what is used: a run without changes translates nothing. */
async function startThreads(workers: number): Promise<readonly TranslationThread[]> {
  if (workers < 2) return [await thisThread()];
  const { startWorker } = await import("./translation-workers.js");
  return Array.from({ length: workers }, startWorker);
}

async function thisThread(): Promise<TranslationThread> {
  const { translate } = await import("./translate.js");
  return {
    free: 1,
    translate: async (source, request) => {
      // Lets files be read and written between two documents.
      await setImmediate();
      return translate(source, request);
    },
    close: async () => {},
  };
}
