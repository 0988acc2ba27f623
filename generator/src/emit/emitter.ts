/** The model → the files of one API. */
import type { ApiModel } from "../model/types.js";
import { emitModule } from "./module.js";
import { emitSchemas } from "./schemas.js";

/** A file of the output, relative to its folder. */
export interface EmittedFile {
  readonly path: string;
  readonly text: string;
}

/** The files of one API. */
export function emitApi(model: ApiModel): readonly EmittedFile[] {
  const folder = `${model.name}/${model.version}`;
  return [
    { path: `${folder}/index.ts`, text: withoutSourceMaps(emitModule(model)) },
    { path: `${folder}/schemas.ts`, text: withoutSourceMaps(emitSchemas(model)) },
  ];
}

/** Tools look for the address of a source map in strings too; comments hold none any more, and a string reads the same. */
function withoutSourceMaps(text: string): string {
  return text.replaceAll(
    /(\/[/*])([#@])(?=\s+source(?:Mapping)?URL)/g,
    (_, start: string, sign: string) => start + (sign === "#" ? "\\x23" : "\\x40"),
  );
}
