/** Source → document → model: the first half of the flow, shared by all commands. */
import type { CodeRequest } from "./config/define.js";
import { type DocumentJson, type ReadDocument, readDocument } from "./discovery/read.js";
import { requestOf } from "./discovery/request.js";
import { createSources, type SourceOptions, type SourceText } from "./discovery/sources.js";
import { decoded } from "./discovery/text.js";
import { type Diagnostic, diagnostic, InputError } from "./diagnostics.js";
import { buildModel, type ModelOptions } from "./model/build.js";
import type { ApiModel } from "./model/types.js";

/** A model, its source, and the warnings about its document. */
export interface LoadedModel {
  readonly model: ApiModel;
  /** The document as parsed from JSON, with the corrections of the config. */
  readonly json: DocumentJson;
  /** Path, URL, or id, as the caller passed it. */
  readonly file: string;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads a Discovery document.
 *
 * @param api `name:version`, a path to a file, or an http(s) URL. An id is looked up in the working folder's
 *   `discogen.lock.json`, among the bundled documents, and in the directory.
 * @throws {InputError} if the document cannot be loaded, or is invalid
 */
export async function loadDocument(
  api: string,
  options: SourceOptions = {},
  signal?: AbortSignal,
): Promise<ReadDocument> {
  const { file, text } = await createSources(options).load(requestOf(api), signal);
  return readDocument(decoded(text, file), file);
}

/**
 * Reads a Discovery document and builds its model.
 *
 * @param api as for {@link loadDocument}
 * @throws {InputError} if the document cannot be loaded, is invalid, or cannot be generated
 */
export async function loadModel(
  api: string,
  options: ModelOptions & SourceOptions = {},
  signal?: AbortSignal,
): Promise<LoadedModel> {
  const request = requestOf(api);
  return modelOf(await createSources(options).load(request, signal), request, options);
}

/**
 * Builds the model of a document.
 *
 * @throws {InputError} if the document is invalid, describes another API than the requested one, or cannot be generated
 */
export function modelOf(
  { text, file }: SourceText,
  { id: wanted, patch }: CodeRequest,
  options: ModelOptions,
): LoadedModel {
  const { document, json, warnings } = readDocument(decoded(text, file), file, patch);
  const id = `${document.name}:${document.version}`;
  const found: Diagnostic[] = warnings.map((entry) => ({ ...entry, api: id }));
  if (wanted !== undefined && wanted !== id)
    throw new InputError([
      diagnostic("OTHER_API", file, `the document describes ${id}, not ${wanted}`, { api: wanted }),
    ]);
  const model = buildModel(document, options, (code, pointer, message) =>
    found.push(diagnostic(code, file, message, { pointer, api: id })),
  );
  if (found.some(({ severity }) => severity === "error")) throw new InputError(found);
  return { model, json, file, warnings: found };
}
