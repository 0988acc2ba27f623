/** The content of a config file. */
import type { DocumentPatch } from "../discovery/patch.js";
import type { ApiRequest } from "../discovery/request.js";
import type { ModelOptions, SharedOptions } from "../model/build.js";

/** What `discogen generate` generates if you pass no APIs. Paths are relative to the config file. */
export interface Config extends SharedOptions {
  /** The folder for `name/version/index.ts` and `name/version/schemas.ts`. Default: `generated`. */
  readonly output?: string;
  /** Each entry is `name:version`, a path to a .json document, an http(s) URL, or an object with options. */
  readonly apis: readonly (string | ApiConfig)[];
  /** URL of a directory to use instead of Google's. The response must have the format of `discovery/v1/apis`. */
  readonly directoryUrl?: string;
}

/** One API. Its options override the options of {@link Config}. */
export interface ApiConfig extends ModelOptions {
  /** `name:version`, as in the document. */
  readonly id: string;
  /** Path or http(s) URL of the document. Default: the bundled document, or the one in the directory. */
  readonly source?: string;
  /** Corrections of the document, applied in order. */
  readonly patch?: readonly DocumentPatch[] | undefined;
}

/** Which document to generate, and how. An {@link ApiConfig} is a `CodeRequest`. */
export interface CodeRequest extends ApiRequest, ModelOptions {
  /** Corrections of the document, applied in order before it is read. */
  readonly patch?: readonly DocumentPatch[] | undefined;
}

/** Gives the default export of a config file its type: `export default defineConfig({ … })`. Returns `config`. */
export function defineConfig(config: Config): Config {
  return config;
}
