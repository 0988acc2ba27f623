/**
 * The model → the files of one API, on one thread or several.
 *
 * The two files of an API are written by two engines that share nothing, so each engine gets a thread: both load at
 * once, while the main thread reads documents, and each is loaded once for all APIs.
 */
import { Worker } from "node:worker_threads";
import type { ApiModel } from "../model/types.js";
import { ENGINES, type EngineName, FILE_OF, loadEngine } from "./engine.js";

/** A file of the output, relative to its folder. */
export interface EmittedFile {
  readonly path: string;
  readonly text: string;
}

export interface Emitter {
  /** Loads the engines, so that the first model need not wait for them. */
  readonly warm: () => void;
  readonly emit: (model: ApiModel) => Promise<readonly EmittedFile[]>;
  /** Ends the threads. */
  readonly close: () => Promise<void>;
}

/** The files of one API. */
export async function emitApi(model: ApiModel): Promise<readonly EmittedFile[]> {
  return filesOf(model, async (name) => (await loadEngine(name))(model));
}

/**
 * An emitter that uses up to so many threads beside this one; with fewer than two it uses this one alone. Threads start
 * when they are first needed.
 */
export function createEmitter(threads: number): Emitter {
  if (threads < ENGINES.length) return { warm: () => {}, emit: emitApi, close: async () => {} };
  let pools: ReadonlyMap<EngineName, readonly EngineThread[]> | undefined;
  const started = () => (pools ??= startPools(Math.floor(threads / ENGINES.length)));
  return {
    warm: started,
    emit: (model) =>
      filesOf(model, (name) => {
        const pool = started().get(name) ?? [];
        const least = pool.reduce<EngineThread | undefined>(
          (a, b) => (a === undefined || b.load < a.load ? b : a),
          undefined,
        );
        return least === undefined ? Promise.reject(new Error(`there is no engine ${name}`)) : least.emit(model);
      }),
    close: async () => {
      await Promise.all([...(pools?.values() ?? [])].flat().map((thread) => thread.close()));
    },
  };
}

function startPools(count: number): ReadonlyMap<EngineName, readonly EngineThread[]> {
  return new Map(ENGINES.map((name) => [name, Array.from({ length: count }, () => new EngineThread(name))]));
}

async function filesOf(
  model: ApiModel,
  textOf: (name: EngineName) => Promise<string>,
): Promise<readonly EmittedFile[]> {
  const texts = await Promise.all(ENGINES.map(textOf));
  return ENGINES.map((name, index) => ({
    path: `${model.name}/${model.version}/${FILE_OF[name]}`,
    text: texts[index] ?? "",
  }));
}

/** What a thread answers. */
interface Emitted {
  readonly ticket: number;
  readonly text: string;
}

class EngineThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(text: string): void; reject(error: Error): void }>();
  #tickets = 0;

  constructor(name: EngineName) {
    // Syntax trees are short-lived and many: a larger nursery saves a third of the time.
    const resourceLimits = { maxYoungGenerationSizeMb: 64 };
    this.#worker = new Worker(new URL("./engine-thread.js", import.meta.url), { workerData: name, resourceLimits });
    this.#worker.on("message", ({ ticket, text }: Emitted) => {
      this.#waiting.get(ticket)?.resolve(text);
      this.#waiting.delete(ticket);
    });
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error(`the ${name} thread ended`)));
  }

  get load(): number {
    return this.#waiting.size;
  }

  emit(model: ApiModel): Promise<string> {
    this.#tickets += 1;
    const ticket = this.#tickets;
    return new Promise((resolve, reject) => {
      this.#waiting.set(ticket, { resolve, reject });
      this.#worker.postMessage({ ticket, model });
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
