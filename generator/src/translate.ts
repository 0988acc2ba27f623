/** Document → the files of its API: the middle of the flow, without disk or network, on whichever thread there is. */
import type { CodeRequest } from "./config/define.js";
import type { SourceText } from "./discovery/sources.js";
import { type Diagnostic, InputError } from "./diagnostics.js";
import type { ApiFacts, HashedFile } from "./output-state.js";
import { type LoadedModel, modelOf } from "./load.js";
import { methodsOf } from "./model/methods.js";
import { hashOfTexts } from "./output/manifest.js";

/** What became of a document: plain data, that goes from thread to thread. */
export interface Translation {
  /** Undefined where the document is at fault. */
  readonly api: TranslatedApi | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Milliseconds that it took. */
  readonly ms: number;
}

export interface TranslatedApi {
  readonly id: string;
  readonly files: readonly TranslatedFile[];
  readonly facts: ApiFacts;
}

/** A file of the output, as it is written. */
export interface TranslatedFile extends HashedFile {
  readonly text: Uint8Array<ArrayBuffer>;
}

export async function translate(source: SourceText, request: CodeRequest): Promise<Translation> {
  const start = performance.now();
  const ended = (api: TranslatedApi | undefined, diagnostics: readonly Diagnostic[]) => ({
    api,
    diagnostics,
    ms: performance.now() - start,
  });
  let loaded: LoadedModel;
  try {
    loaded = modelOf(source, request, request);
  } catch (error) {
    if (error instanceof InputError) return ended(undefined, error.diagnostics);
    throw error;
  }
  const { model, warnings } = loaded;
  const emitApi = await loadEmitter();
  const files = emitApi(model).map(({ path, text }) => {
    const bytes = new TextEncoder().encode(text);
    return { path, text: bytes, hash: hashOfTexts(bytes) };
  });
  const facts: ApiFacts = {
    revision: model.revision,
    client: model.clientName,
    methods: methodsOf(model.root).length,
    // Hoisted types and input twins are ours, not the document's.
    schemas: model.schemas.filter((schema) => schema.id !== undefined).length,
    warnings: warnings.map(({ code, pointer, message }) => [code, pointer, message]),
  };
  return ended({ id: model.id, files, facts }, warnings);
}

/** What writes code loads a compiler: only once there is code to write, or a thread that is there for nothing else. */
export async function loadEmitter() {
  return (await import("./emit/emitter.js")).emitApi;
}
