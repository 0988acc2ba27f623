/** Translations on this thread and on more beside it, each of which does whole documents. */
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { CodeRequest } from "./config/define.js";
import type { SourceText } from "./discovery/sources.js";
import { translate, type Translation } from "./translate.js";

export type Translate = (source: SourceText, request: CodeRequest) => Promise<Translation>;

export interface Translator {
  /** Starts the threads, so that the first document need not wait for them. */
  readonly warm: () => void;
  readonly translate: Translate;
  /** Ends the threads. */
  readonly close: () => Promise<void>;
}

/** A thread, as it is used. */
interface Lane {
  readonly translate: Translate;
  readonly close: () => Promise<unknown>;
  /** Documents that it may still be given. */
  room: number;
}

/**
 * A translator that uses so many threads beside this one; with fewer than two it uses this one alone. Threads start when
 * they are first needed.
 */
export function createTranslator(threads: number): Translator {
  const waiting: ((lane: Lane) => void)[] = [];
  let lanes: readonly Lane[] | undefined;
  const started = () => (lanes ??= threads < 2 ? [thisThread()] : Array.from({ length: threads }, otherThread));
  const taken = () => {
    const lane = started().find(({ room }) => room > 0);
    if (lane !== undefined) lane.room -= 1;
    return lane;
  };
  const given = (lane: Lane) => {
    const next = waiting.shift();
    if (next === undefined) lane.room += 1;
    else next(lane);
  };
  return {
    warm: started,
    translate: async (source, request) => {
      const lane = taken() ?? (await new Promise<Lane>((resolve) => waiting.push(resolve)));
      return lane.translate(source, request).finally(() => given(lane));
    },
    close: async () => {
      // What still waits was given up.
      waiting.length = 0;
      await Promise.all((lanes ?? []).map((lane) => lane.close()));
    },
  };
}

function thisThread(): Lane {
  return {
    room: 1,
    translate: async (source, request) => {
      // Between two documents the others are served.
      await setImmediate();
      return translate(source, request);
    },
    close: async () => {},
  };
}

/** What a thread is given, and what it answers. */
export interface Ticket {
  readonly number: number;
  readonly source: SourceText;
  readonly request: CodeRequest;
}

export interface Answer {
  readonly number: number;
  readonly translation: Translation;
}

function otherThread(): Lane {
  // Syntax trees are many and short-lived: with what Node sets by itself, V8 lets them take half as much memory again.
  // Below 2048 MB it no longer lets a heap grow fourfold before it collects; a document of 50 MB needs less than half.
  const resourceLimits = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 2000 };
  const worker = new Worker(new URL("./translator-thread.js", import.meta.url), { resourceLimits });
  const answers = new Map<number, (translation: Translation) => void>();
  let number = 0;
  worker.on("message", (answer: Answer) => {
    answers.get(answer.number)?.(answer.translation);
    answers.delete(answer.number);
  });
  const failure = new Promise<never>((_, reject) => {
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("a thread that translates ended")));
  });
  // Whoever waits for a translation sees it; nobody may.
  failure.catch(() => undefined);
  return {
    // While one answer is on its way the next document is there.
    room: 2,
    translate: (source, request) => {
      number += 1;
      const ticket: Ticket = { number, source, request };
      const answer = new Promise<Translation>((resolve) => answers.set(ticket.number, resolve));
      // Moved, not copied: nobody reads a text twice.
      worker.postMessage(ticket, typeof source.text === "string" ? [] : [source.text.buffer]);
      return Promise.race([answer, failure]);
    },
    close: () => worker.terminate(),
  };
}
