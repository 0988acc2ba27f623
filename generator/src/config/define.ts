/** What a config file says. */
import type { DocumentPatch } from "../discovery/patch.js";
import type { ApiRequest } from "../discovery/request.js";
import type { ModelOptions, SharedOptions } from "../model/build.js";

/** What `discogen generate` writes when no API is named. Paths are relative to the config file. */
export interface Config extends SharedOptions {
  /** The folder that `name/version/index.ts` and `name/version/schemas.ts` go to. Default: `generated`. */
  readonly output?: string;
  /** Each `name:version`, a path to a .json document, an http(s) URL, or an object that says more. */
  readonly apis: readonly (string | ApiConfig)[];
  /** A directory to ask instead of Google's: a URL whose answer has the form of `discovery/v1/apis`. */
  readonly directoryUrl?: string;
}

/** One API. Its options take the place of those for all. */
export interface ApiConfig extends ModelOptions {
  /** `name:version`, as the document has it. */
  readonly id: string;
  /** Where the document is: a path or an http(s) URL. Default: the bundle, then the directory. */
  readonly source?: string;
  /** Corrections of its document, made in their order. */
  readonly patch?: readonly DocumentPatch[] | undefined;
}

/** A request for code: which document, and how to read it. An {@link ApiConfig} is one. */
export interface CodeRequest extends ApiRequest, ModelOptions {
  /** Corrections of the document, made in their order before it is read. */
  readonly patch?: readonly DocumentPatch[] | undefined;
}

/** Types what a config file exports by default: `export default defineConfig({ … })`. Returns it as it is. */
export function defineConfig(config: Config): Config {
  return config;
}
