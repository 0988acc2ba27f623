/** The interface of this thread and of workers that translate documents. */
import type { CodeRequest } from "./config/define.js";
import type { SourceText } from "./discovery/sources.js";
import type { Translation } from "./translate.js";

export type Translate = (source: SourceText, request: CodeRequest) => Promise<Translation>;

/** A thread that translates one document at a time. */
export interface TranslationThread {
  readonly translate: Translate;
  readonly close: () => Promise<unknown>;
  /** How many more documents it accepts. */
  free: number;
}
