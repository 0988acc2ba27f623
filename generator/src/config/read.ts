/** Value of a config file → {@link ReadConfig}, or diagnostics for everything that is wrong. */
import { isAbsolute, join } from "node:path";
import { quotedName } from "@discogen/runtime/names";
import { type DocumentPatch, isPointer } from "../discovery/patch.js";
import { article, isObject, jsonType, ObjectReader } from "../discovery/reader.js";
import { type ApiRequest, hasScheme, isApiId, isUrl, requestOf } from "../discovery/request.js";
import { type Diagnostic, diagnostic, InputError, type Report } from "../diagnostics.js";
import type { ModelOptions, SharedOptions } from "../model/build.js";
import { didYouMean } from "../nearest.js";
import type { CodeRequest } from "./define.js";

export interface ReadConfig {
  /** The output folder, relative to the working folder. */
  readonly out: string;
  readonly apis: readonly CodeRequest[];
  readonly directoryUrl: string | undefined;
}

const MODEL_KEYS = ["include", "exclude", "enums"];
const KEYS = ["output", "apis", "directoryUrl", ...MODEL_KEYS];
const API_KEYS = ["id", "source", "patch", "streaming", ...MODEL_KEYS];

/**
 * Reads a config.
 *
 * @param folder folder of the config file. Paths in the config are relative to it.
 * @throws {InputError} with every problem found
 */
export function readConfig(value: unknown, file: string, folder: string): ReadConfig {
  const diagnostics: Diagnostic[] = [];
  const refuse: Report = (_, pointer, message) =>
    diagnostics.push(diagnostic("CONFIG_INVALID", file, message, { pointer }));
  const config = isObject(value) ? read(value, folder, refuse) : undefined;
  if (config === undefined) refuse("CONFIG_INVALID", "", `expected an object, found ${article(jsonType(value))}`);
  if (config === undefined || diagnostics.length > 0) throw new InputError(diagnostics);
  return config;
}

function read(value: { readonly [key: string]: unknown }, folder: string, refuse: Report): ReadConfig {
  // A string is short for an object with only `id` or `source`.
  const apis = Array.isArray(value["apis"])
    ? value["apis"].map((api: unknown) => (typeof api === "string" ? requestOf(api) : api))
    : value["apis"];
  const top = new ObjectReader({ ...value, apis }, "", refuse);
  refuseUnknown(top, KEYS, refuse);
  if (!top.has("apis")) refuse("CONFIG_INVALID", "", "`apis` is required");
  const common = modelOptions(top, refuse);
  const directoryUrl = top.string("directoryUrl");
  if (directoryUrl !== undefined && !isUrl(directoryUrl))
    refuse("CONFIG_INVALID", "/directoryUrl", "`directoryUrl` is not an http(s) URL");
  return {
    out: placed(folder, top.string("output") ?? "generated"),
    apis: top.objects("apis").map((entry) => ({ ...common, ...readApi(entry, folder, refuse) })),
    directoryUrl,
  };
}

function readApi(entry: ObjectReader, folder: string, refuse: Report): CodeRequest {
  refuseUnknown(entry, API_KEYS, refuse);
  const id = entry.string("id");
  const source = entry.string("source");
  if (id === undefined && source === undefined) refuse("CONFIG_INVALID", entry.pointer, "`id` or `source` is required");
  if (id !== undefined && !isApiId(id))
    refuse("CONFIG_INVALID", `${entry.pointer}/id`, `${quotedName(id)} does not have the form name:version`);
  const patch = entry.objects("patch").flatMap((one) => readPatch(one, refuse) ?? []);
  return {
    ...withSourceAt(folder, { id, source }),
    ...modelOptions(entry, refuse),
    ...streamingOf(entry),
    ...(patch.length > 0 && { patch }),
  };
}

function readPatch(entry: ObjectReader, refuse: Report): DocumentPatch | undefined {
  refuseUnknown(entry, ["at", "merge"], refuse);
  const at = entry.string("at");
  if (at === undefined || !isPointer(at)) {
    const message = "`at` must be the JSON pointer of the value to correct, such as /schemas/Shelf/properties/theme";
    refuse("CONFIG_INVALID", entry.pointer, message);
    return undefined;
  }
  const merge = jsonOf(entry.raw("merge"));
  if (merge === undefined)
    refuse("CONFIG_INVALID", entry.pointer, "`merge` must be the JSON to merge into the value at `at`");
  return merge && { at, ...merge };
}

/** Returns the JSON form of a value, or undefined if JSON cannot represent it. */
function jsonOf(value: unknown): { readonly merge: unknown } | undefined {
  try {
    const text: string | undefined = JSON.stringify(value);
    return text === undefined ? undefined : { merge: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function streamingOf(entry: ObjectReader): Pick<ModelOptions, "streaming"> {
  const found = entry.object("streaming");
  if (found === undefined) return {};
  const methods = found.keys().filter((id) => found.has(id));
  return { streaming: Object.fromEntries(methods.map((id) => [id, found.flag(id)])) };
}

function modelOptions(entry: ObjectReader, refuse: Report): SharedOptions {
  const enums = entry.string("enums");
  const isEnumPolicy = enums === "closed" || enums === "open";
  if (enums !== undefined && !isEnumPolicy)
    refuse(
      "CONFIG_INVALID",
      `${entry.pointer}/enums`,
      `\`enums\` must be closed or open, not ${quotedName(enums)}${didYouMean(enums, ["closed", "open"])}`,
    );
  const include = entry.strings("include");
  const exclude = entry.strings("exclude");
  return { ...(include && { include }), ...(exclude && { exclude }), ...(isEnumPolicy && { enums }) };
}

function refuseUnknown(entry: ObjectReader, known: readonly string[], refuse: Report): void {
  for (const key of entry.keys().filter((key) => !known.includes(key))) {
    const near = didYouMean(key, known) || `; known options: ${known.join(", ")}`;
    refuse("CONFIG_INVALID", entry.pointer, `unknown option ${quotedName(key)}${near}`);
  }
}

function withSourceAt(folder: string, request: ApiRequest): ApiRequest {
  const { source } = request;
  return source === undefined || hasScheme(source) ? request : { ...request, source: placed(folder, source) };
}

function placed(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}
