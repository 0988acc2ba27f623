/** The model → the generated files of one API. */
import type { ApiModel } from "../model/types.js";
import { emitModule } from "./module.js";
import { emitSchemas } from "./schemas.js";

/** A generated file. */
export interface EmittedFile {
  /** Relative to the output folder. */
  readonly path: string;
  readonly text: string;
}

/** Returns the files of one API. */
export function emitApi(model: ApiModel): readonly EmittedFile[] {
  const folder = `${model.name}/${model.version}`;
  return [
    { path: `${folder}/index.ts`, text: withoutSourceMaps(emitModule(model)) },
    { path: `${folder}/schemas.ts`, text: withoutSourceMaps(emitSchemas(model)) },
  ];
}

/** Tools also look for the address of a source map in strings. The escaped string has the same value. */
function withoutSourceMaps(text: string): string {
  if (!text.includes("sourceMappingURL") && !text.includes("sourceURL")) return text;
  return text.replaceAll(
    /(\/[/*])([#@])(?=\s+source(?:Mapping)?URL)/g,
    (_, start: string, sign: string) => start + (sign === "#" ? "\\x23" : "\\x40"),
  );
}
