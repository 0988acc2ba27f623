/** Runs translations on this thread and on workers. */
import { setImmediate } from "node:timers/promises";
import type { Translate, TranslationThread } from "./translation-thread.js";

export interface Translator {
  readonly translate: Translate;
  /** Ends the workers and drops translations that have not started. */
  readonly close: () => Promise<void>;
}

/** Returns a translator that uses this number of threads: this one, and workers. */
export function createTranslator(jobs: number): Translator {
  const waiting: ((thread: TranslationThread) => void)[] = [];
  let threads: Promise<readonly TranslationThread[]> | undefined;
  const release = (thread: TranslationThread) => {
    const next = waiting.shift();
    if (next === undefined) thread.free += 1;
    else next(thread);
  };
  return {
    translate: async (source, request) => {
      threads ??= startThreads(jobs);
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
async function startThreads(jobs: number): Promise<readonly TranslationThread[]> {
  if (jobs < 2) return [await thisThread()];
  const { startWorker } = await import("./translation-workers.js");
  const workers = Array.from({ length: jobs - 1 }, startWorker);
  return [...workers, await thisThread()];
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
