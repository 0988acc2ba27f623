/** Source → document → model: the first half of the flow, which generator and mock share. */
import { type ReadDocument, readDocument } from "./discovery/read.js";
import { loadSource } from "./discovery/sources.js";
import { type Diagnostic, diagnostic, InputError } from "./diagnostics.js";
import { buildModel, type ModelOptions } from "./model/build.js";
import type { ApiModel } from "./model/types.js";

/** A model, where it came from, and what was odd about it. */
export interface LoadedModel {
  readonly model: ApiModel;
  /** Path, URL or id, as it was named. */
  readonly file: string;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads a Discovery document.
 *
 * @param api `name:version` of a bundled API, a path to a file, or an http(s) URL
 * @throws {InputError} when it cannot be had, or is no valid document
 */
export async function loadDocument(api: string, signal?: AbortSignal): Promise<ReadDocument> {
  const { file, text } = await loadSource(api, signal);
  return readDocument(text, file);
}

/**
 * Reads a Discovery document and works out what it means.
 *
 * @throws {InputError} when it cannot be had, is no valid document, or cannot be generated
 */
export async function loadModel(api: string, options: ModelOptions = {}, signal?: AbortSignal): Promise<LoadedModel> {
  const { document, warnings } = await loadDocument(api, signal);
  const { file } = document;
  const id = `${document.name}:${document.version}`;
  const found: Diagnostic[] = warnings.map((entry) => ({ ...entry, api: id }));
  const model = buildModel(document, options, (code, pointer, message) =>
    found.push(diagnostic(code, file, message, { pointer, api: id })),
  );
  if (found.some(({ severity }) => severity === "error")) throw new InputError(found);
  return { model, file, warnings: found };
}
