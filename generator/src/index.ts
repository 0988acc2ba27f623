/** The public API of @discogen/generator. */
export { type Code, codes, type Diagnostic, formatDiagnostic, InputError, type Severity } from "./diagnostics.js";
export { build } from "./build.js";
export { type ApiConfig, type CodeRequest, type Config, defineConfig } from "./config/define.js";
export type { DocumentPatch } from "./discovery/patch.js";
export type { SourceOptions } from "./discovery/sources.js";
export { type Change, type ChangeClass, diffModels, semverStep, type SemverStep } from "./diff/diff.js";
export { generate, type GenerateOptions } from "./generate.js";
export { loadDocument, loadModel, type LoadedModel } from "./load.js";
export type { ApiReport, GenerateReport } from "./report.js";
export type { DynamicClient, DynamicMember, DynamicMethod, DynamicPromise, DynamicResource } from "./dynamic/client.js";
export type { DocumentJson } from "./discovery/read.js";
export type { DiscoveryDocument } from "./discovery/types.js";
export type * from "./model/types.js";
