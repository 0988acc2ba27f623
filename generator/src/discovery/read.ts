/** Text of a Discovery document → {@link DiscoveryDocument}, or diagnostics for everything that is wrong. */
import { type Diagnostic, diagnostic, InputError, reasonOf, type Report } from "../diagnostics.js";
import { type DocumentPatch, patched } from "./patch.js";
import { article, isObject, jsonType, ObjectReader, parseJson } from "./reader.js";
import { resolveRoot } from "./root-url.js";
import type {
  DiscoveryDocument,
  DiscoveryMediaUpload,
  DiscoveryMethod,
  DiscoveryResource,
  DiscoverySchema,
  DiscoveryVariant,
} from "./types.js";

/** A document and the warnings about it. */
export interface ReadDocument {
  readonly document: DiscoveryDocument;
  /** The document as parsed from JSON, with corrections. */
  readonly json: DocumentJson;
  readonly warnings: readonly Diagnostic[];
}

/** A Discovery document as parsed from JSON. */
export interface DocumentJson {
  readonly [name: string]: unknown;
}

/**
 * Reads a document.
 *
 * @param text JSON, with or without a byte order mark
 * @param file name of the source in diagnostics
 * @param patches corrections, applied in order before the document is read
 * @throws {InputError} with every problem found
 */
export function readDocument(text: string, file: string, patches: readonly DocumentPatch[] = []): ReadDocument {
  const value = corrected(valueOf(text, file), patches, file);
  const diagnostics: Diagnostic[] = [];
  const report: Report = (code, pointer, message) => diagnostics.push(diagnostic(code, file, message, { pointer }));
  const fail = (message: string) => new InputError([diagnostic("NOT_A_DISCOVERY_DOCUMENT", file, message)]);

  if (!isObject(value)) throw fail(`expected an object, found ${article(jsonType(value))}`);
  const reason = reasonAgainst(value);
  if (reason !== undefined) throw fail(reason);

  const document = read(new ObjectReader(value, "", report), file, report);
  if (diagnostics.some(({ severity }) => severity === "error")) throw new InputError(diagnostics);
  return { document, json: value, warnings: diagnostics };
}

function valueOf(text: string, file: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new InputError([diagnostic("INVALID_JSON", file, reasonOf(error))]);
  }
}

function corrected(document: unknown, patches: readonly DocumentPatch[], file: string): unknown {
  return patches.reduce((value, patch, index) => {
    const result = patched(value, patch);
    if (result !== undefined) return result.value;
    const message = `patch ${index} of the config does not match: the document has no ${JSON.stringify(patch.at)}`;
    throw new InputError([diagnostic("PATCH_MISPLACED", file, message, { pointer: patch.at })]);
  }, document);
}

function reasonAgainst(value: { readonly [key: string]: unknown }): string | undefined {
  const kind = value["kind"] ?? undefined;
  if (typeof kind === "string" && kind !== "discovery#restDescription") {
    return `its kind is ${JSON.stringify(kind)}`;
  }
  const typical = ["resources", "methods", "schemas", "rootUrl", "baseUrl", "basePath", "servicePath"];
  if (kind === undefined && !typical.some((key) => Object.hasOwn(value, key))) return "it has no kind";
  const missing = ["name", "version"].filter((key) => (value[key] ?? "") === "");
  return missing.length === 0 ? undefined : `it has no ${missing.join(" and no ")}`;
}

/** Device names of Windows. They stay reserved with any extension. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i;

function read(top: ObjectReader, file: string, report: Report): DiscoveryDocument {
  top.string("kind");
  const name = top.string("name") ?? "";
  const version = top.string("version") ?? "";
  for (const [key, value] of Object.entries({ name, version })) {
    // Missing and empty values have been reported already.
    if (value === "") continue;
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value) || value.includes("..")) {
      report("UNSAFE_NAME", `/${key}`, `${JSON.stringify(value)} cannot be the name of a folder`);
    } else if (WINDOWS_DEVICE.test(value) || value.endsWith(".")) {
      report("UNSAFE_NAME", `/${key}`, `${JSON.stringify(value)} cannot be the name of a folder on Windows`);
    }
  }
  const scopes = top
    .object("auth")
    ?.object("oauth2")
    ?.map("scopes", (entry) => entry.string("description") ?? "");
  return {
    file,
    name,
    version,
    canonicalName: top.string("canonicalName"),
    revision: top.string("revision") ?? "",
    title: top.string("title") ?? "",
    description: top.string("description") ?? "",
    documentationLink: top.string("documentationLink") ?? "",
    ...resolveRoot(top, report),
    labels: top.strings("labels") ?? [],
    features: top.strings("features") ?? [],
    parameters: top.map("parameters", readSchema),
    scopes: scopes ?? new Map(),
    schemas: top.map("schemas", readSchema),
    root: readResource(top),
  };
}

function readResource(entry: ObjectReader): DiscoveryResource {
  return {
    pointer: entry.pointer,
    deprecated: entry.flag("deprecated"),
    methods: entry.map("methods", readMethod),
    resources: entry.map("resources", readResource),
  };
}

function readMethod(entry: ObjectReader): DiscoveryMethod {
  const request = entry.object("request");
  const response = entry.object("response");
  const upload = entry.object("mediaUpload");
  return {
    pointer: entry.pointer,
    id: entry.string("id"),
    description: entry.string("description") ?? "",
    deprecated: entry.flag("deprecated"),
    httpMethod: entry.string("httpMethod"),
    path: entry.string("path"),
    parameters: entry.map("parameters", readSchema),
    parameterOrder: entry.strings("parameterOrder") ?? [],
    request: request && readSchema(request),
    response: response && readSchema(response),
    scopes: entry.strings("scopes") ?? [],
    mediaUpload: upload && readMediaUpload(upload),
    supportsMediaDownload: entry.flag("supportsMediaDownload"),
    supportsSubscription: entry.flag("supportsSubscription"),
    useMediaDownloadService: entry.flag("useMediaDownloadService"),
    etagRequired: entry.flag("etagRequired"),
    apiVersion: entry.string("apiVersion"),
    streamingType: entry.string("streamingType"),
  };
}

function readMediaUpload(entry: ObjectReader): DiscoveryMediaUpload {
  const simple = entry.object("protocols")?.object("simple");
  const resumable = entry.object("protocols")?.object("resumable");
  const path = simple?.string("path");
  return {
    accept: entry.strings("accept") ?? [],
    maxSize: entry.scalar("maxSize"),
    simple: simple === undefined || path === undefined ? undefined : { path, multipart: simple.flag("multipart") },
    resumable: resumable !== undefined,
    resumablePath: resumable?.string("path"),
  };
}

function readSchema(entry: ObjectReader): DiscoverySchema {
  const additional = entry.object("additionalProperties");
  const items = entry.object("items");
  const variant = entry.object("variant");
  return {
    pointer: entry.pointer,
    reference: entry.string("$ref"),
    type: entry.string("type"),
    format: entry.string("format"),
    description: entry.string("description") ?? "",
    deprecated: entry.flag("deprecated"),
    default: entry.scalar("default"),
    pattern: entry.string("pattern"),
    minimum: entry.scalar("minimum"),
    maximum: entry.scalar("maximum"),
    enum: entry.strings("enum"),
    enumDescriptions: entry.strings("enumDescriptions") ?? [],
    enumDeprecated: entry.flags("enumDeprecated"),
    properties: entry.has("properties") ? entry.map("properties", readSchema) : undefined,
    additionalProperties: additional && readSchema(additional),
    items: items && readSchema(items),
    variant: variant && readVariant(variant),
    readOnly: entry.flag("readOnly"),
    requiredBy: entry.object("annotations")?.strings("required") ?? [],
    location: entry.string("location"),
    required: entry.flag("required"),
    repeated: entry.flag("repeated"),
  };
}

function readVariant(entry: ObjectReader): DiscoveryVariant {
  return {
    discriminant: entry.string("discriminant") ?? "type",
    map: entry.objects("map").map((member) => ({
      value: member.string("type_value") ?? "",
      reference: member.string("$ref") ?? "",
      pointer: member.pointer,
    })),
  };
}
