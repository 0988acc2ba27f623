/** The two engines: each loads a compiler of its own, so each is loaded when it is first needed. */
import type { ApiModel } from "../model/types.js";

/** `module` writes `index.ts` by ts-morph, `schemas` writes `schemas.ts` by openapi-typescript. */
export type EngineName = "module" | "schemas";

export const ENGINES: readonly EngineName[] = ["module", "schemas"];

export const FILE_OF: Readonly<Record<EngineName, string>> = { module: "index.ts", schemas: "schemas.ts" };

/** Loads an engine: model in, text of its file out. */
export async function loadEngine(name: EngineName): Promise<(model: ApiModel) => string> {
  return name === "module" ? (await import("./module.js")).emitModule : (await import("./schemas.js")).emitSchemas;
}
