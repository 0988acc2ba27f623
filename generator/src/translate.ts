/** Document → the generated files of its API. Runs on any thread and uses neither disk nor network. */
import type { CodeRequest } from "./config/define.js";
import type { SourceText } from "./discovery/sources.js";
import { type Diagnostic, InputError } from "./diagnostics.js";
import { emitApi } from "./emit/emitter.js";
import type { ApiFacts, HashedFile } from "./output-state.js";
import { type LoadedModel, modelOf } from "./load.js";
import { methodsOf } from "./model/methods.js";
import { hashOfTexts } from "./output/manifest.js";

/** The result for one document. Plain data, so threads can exchange it. */
export interface Translation {
  /** Undefined if the document has errors. */
  readonly api: TranslatedApi | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** The duration in milliseconds. */
  readonly ms: number;
}

export interface TranslatedApi {
  readonly id: string;
  readonly files: readonly TranslatedFile[];
  readonly facts: ApiFacts;
}

/** A generated file, encoded as it is written. */
export interface TranslatedFile extends HashedFile {
  readonly text: Uint8Array<ArrayBuffer>;
}

export function translate(source: SourceText, request: CodeRequest): Translation {
  const start = performance.now();
  const result = (api: TranslatedApi | undefined, diagnostics: readonly Diagnostic[]): Translation => ({
    api,
    diagnostics,
    ms: performance.now() - start,
  });
  let loaded: Pick<LoadedModel, "model" | "warnings">;
  try {
    // The JSON of the document is not used, so that its memory is free while code is generated.
    const { model, warnings } = modelOf(source, request, request);
    loaded = { model, warnings };
  } catch (error) {
    if (error instanceof InputError) return result(undefined, error.diagnostics);
    throw error;
  }
  const { model, warnings } = loaded;
  const files = emitApi(model).map(({ path, text }) => {
    const bytes = new TextEncoder().encode(text);
    return { path, text: bytes, hash: hashOfTexts(bytes) };
  });
  const facts: ApiFacts = {
    revision: model.revision,
    client: model.clientName,
    methods: methodsOf(model.root).length,
    // Hoisted types and input twins are not schemas of the document.
    schemas: model.schemas.filter((schema) => schema.id !== undefined).length,
    warnings: warnings.map(({ code, pointer, message }) => [code, pointer, message]),
  };
  return result({ id: model.id, files, facts }, warnings);
}
