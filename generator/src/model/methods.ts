/** One method: read from the document first, finished when every type has its input twin. */
import type { DiscoveryDocument, DiscoveryMethod, DiscoverySchema } from "../discovery/types.js";
import { pointerTo, type Report } from "../diagnostics.js";
import { hasMediaDownload, isHttpBody, mediaUploadOf } from "./media.js";
import { capitalized, type NameScope, typeName } from "./names.js";
import { pagingOf } from "./paging.js";
import { methodParameters } from "./parameters.js";
import { pathVariables, withVariable } from "./paths.js";
import { requestIdOf } from "./request-id.js";
import type { Requirements } from "./required.js";
import { resolved } from "./resolve.js";
import type { SchemaBuilder } from "./schemas.js";
import { isServerStream } from "./streaming.js";
import type {
  HttpMethod,
  MediaUploadModel,
  MethodModel,
  ParameterModel,
  RequestModel,
  ResourceModel,
  ResponseModel,
  SchemaModel,
  TypeModel,
} from "./types.js";

const HTTP_METHODS: readonly HttpMethod[] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/** A method before the types of bodies are final. */
export interface MethodDraft {
  readonly method: DiscoveryMethod;
  readonly id: string;
  readonly name: string;
  readonly member: string;
  readonly mediaMember: string | undefined;
  readonly resourcePath: readonly string[];
  readonly httpMethod: HttpMethod;
  readonly path: string;
  readonly parameters: readonly ParameterModel[];
  readonly body: { readonly kind: "bytes" } | { readonly kind: "json"; readonly type: TypeModel } | undefined;
  readonly response: { readonly kind: "media" } | { readonly kind: "json"; readonly type: TypeModel } | undefined;
  readonly mediaUpload: MediaUploadModel | undefined;
}

interface DraftContext {
  readonly document: DiscoveryDocument;
  readonly builder: SchemaBuilder;
  /** Members of the class the method belongs to. */
  readonly members: NameScope;
  readonly report: Report;
}

/** Undefined, with the fault reported, for a method that could not be called. */
export function draftMethod(
  entry: { readonly name: string; readonly method: DiscoveryMethod; readonly member: string },
  resourcePath: readonly string[],
  { document, builder, members, report }: DraftContext,
): MethodDraft | undefined {
  const { name, method, member } = entry;
  const id = method.id ?? [document.name, ...resourcePath, name].join(".");
  const httpMethod = HTTP_METHODS.find((verb) => verb === method.httpMethod?.toUpperCase());
  if (httpMethod === undefined) {
    const found = method.httpMethod === undefined ? "it has none" : `${JSON.stringify(method.httpMethod)} is unknown`;
    report("INVALID_HTTP_METHOD", pointerTo(method.pointer, "httpMethod"), found);
  }
  const { path } = method;
  if (path === undefined) report("MISSING_PATH", method.pointer, "it has no path");
  const variables = path === undefined ? undefined : pathVariables(path);
  if (path !== undefined && variables === undefined) {
    report("INVALID_PATH_TEMPLATE", pointerTo(method.pointer, "path"), `${JSON.stringify(path)} cannot be expanded`);
  }
  const mediaUpload = mediaUploadOf(method.mediaUpload);
  if (mediaUpload !== undefined && pathVariables(mediaUpload.path) === undefined) {
    const pointer = `${method.pointer}/mediaUpload/protocols/${mediaUpload.simple ? "simple" : "resumable"}/path`;
    report("INVALID_PATH_TEMPLATE", pointer, `${JSON.stringify(mediaUpload.path)} cannot be expanded`);
  }
  if (httpMethod === undefined || path === undefined || variables === undefined) return undefined;

  const parameters = methodParameters(method, document.parameters, variables, builder, report);
  const inCode = (template: string) =>
    parameters.reduce(
      (changed, { name: given, wireName }) =>
        wireName === undefined ? changed : withVariable(changed, wireName, given),
      template,
    );
  const typePrefix = [...resourcePath, name].map(typeName).join("");
  return {
    method,
    id,
    name,
    member,
    mediaMember: hasMediaDownload(method) ? members.take(`${member}Media`) : undefined,
    resourcePath,
    httpMethod,
    path: inCode(path),
    parameters,
    body: draftBody(method.request, httpMethod, `${typePrefix}Request`, { document, builder, report }),
    response: draftResponse(method, `${typePrefix}Response`, document, builder),
    mediaUpload: mediaUpload && { ...mediaUpload, path: inCode(mediaUpload.path) },
  };
}

function draftBody(
  request: DiscoverySchema | undefined,
  httpMethod: HttpMethod,
  wantedName: string,
  { document, builder, report }: Pick<DraftContext, "builder" | "document" | "report">,
): MethodDraft["body"] {
  if (request === undefined) return undefined;
  if (isBlank(request)) {
    report("EMPTY_REQUEST", request.pointer, "it has neither $ref nor type");
    return undefined;
  }
  if (httpMethod === "GET" || httpMethod === "HEAD") {
    report("BODY_NOT_SENT", request.pointer, `${httpMethod} takes no body`);
    return undefined;
  }
  if (isHttpBody(request.reference, document.schemas)) return { kind: "bytes" };
  return { kind: "json", type: builder.typeOf(request, wantedName) };
}

function draftResponse(
  { response }: DiscoveryMethod,
  wantedName: string,
  document: DiscoveryDocument,
  builder: SchemaBuilder,
): MethodDraft["response"] {
  if (response === undefined || isBlank(response)) return undefined;
  if (isHttpBody(response.reference, document.schemas)) return { kind: "media" };
  return { kind: "json", type: builder.typeOf(response, wantedName) };
}

/** `{}` says nothing: no reference, no type. Some documents write it for "no body". */
function isBlank(schema: DiscoverySchema): boolean {
  const { reference, type, properties, additionalProperties, items, variant } = schema;
  return [reference, type, properties, additionalProperties, items, variant].every((fact) => fact === undefined);
}

/** What finishing a method takes from the rest of the API. */
export interface FinishContext {
  readonly schema: (name: string) => SchemaModel | undefined;
  readonly requirements: Requirements;
  /** The type as a request takes it. */
  readonly input: (type: TypeModel) => TypeModel;
  readonly globalNames: ReadonlySet<string>;
  readonly names: NameScope;
  /** Whether a method streams its responses, where the config says so. */
  readonly streaming: ReadonlyMap<string, boolean>;
}

export function finishMethod(
  draft: MethodDraft,
  { schema, requirements, input, globalNames, names, streaming }: FinishContext,
): MethodModel {
  const { method, id, httpMethod, parameters, mediaUpload } = draft;
  const bodyType = draft.body?.kind === "json" ? draft.body.type : undefined;
  const response = finishResponse(draft, schema, streaming);
  const answerType = response?.kind === "json" ? response.type : undefined;
  const stem = [...draft.resourcePath, draft.name].map(typeName).map(capitalized).join("");
  const request = finishRequest(draft, requirements, input);
  return {
    id,
    name: draft.name,
    member: draft.member,
    paramsName: names.take(`${stem}Params`),
    bodyName: request?.kind === "json" && request.requires !== undefined ? names.take(`${stem}Body`) : undefined,
    description: method.description,
    deprecated: method.deprecated,
    httpMethod,
    path: draft.path,
    parameters,
    shadowedGlobals: parameters.map(({ name }) => name).filter((name) => globalNames.has(name)),
    request,
    updateMask: bodyType === undefined ? undefined : updateMaskOf(parameters),
    requestId: requestIdOf(httpMethod, parameters, bodyType, schema),
    response,
    paging: pagingOf(
      { httpMethod, resourcePath: draft.resourcePath, parameters, request: bodyType, response: answerType },
      schema,
    ),
    // Found out when every method is known.
    operation: undefined,
    mediaUpload,
    mediaDownload:
      draft.mediaMember === undefined ? undefined : { member: draft.mediaMember, isOnly: response === undefined },
    scopes: method.scopes,
    apiVersion: method.apiVersion,
    etagRequired: method.etagRequired,
    supportsSubscription: method.supportsSubscription,
    useMediaDownloadService: method.useMediaDownloadService,
  };
}

function finishResponse(
  draft: MethodDraft,
  schema: FinishContext["schema"],
  streaming: FinishContext["streaming"],
): ResponseModel | undefined {
  const { response, method, mediaUpload } = draft;
  if (response?.kind !== "json") return response;
  const { type } = response;
  const { description, streamingType } = method;
  const whole = resolved(type, schema);
  // Some documents give the array of all messages as the response.
  const message = whole?.kind === "array" ? whole.items : type;
  const facts = { ...draft, description, streamingType, hasMessage: hasProperties(message, schema) };
  const isStream = streaming.get(draft.id) ?? isServerStream(facts);
  if (isStream && mediaUpload === undefined) return { kind: "stream", type: message };
  return {
    kind: "json",
    type,
    isMessage: whole?.kind === "object" || whole?.kind === "map" || whole?.kind === "union",
  };
}

function hasProperties(type: TypeModel, schema: FinishContext["schema"]): boolean {
  const shape = resolved(type, schema);
  return shape?.kind === "object" && (shape.properties.length > 0 || shape.additional !== undefined);
}

/** No document flags it as required; descriptions of fields that are begin with the word (AIP-203). */
function updateMaskOf(parameters: readonly ParameterModel[]): MethodModel["updateMask"] {
  const mask = parameters.find(
    ({ name, location, type, repeated }) =>
      name === "updateMask" && location === "query" && type.kind === "string" && !repeated,
  );
  if (mask === undefined) return undefined;
  return mask.required || /^\s*\[?required\b/i.test(mask.description) ? "required" : "optional";
}

function finishRequest(
  { method, id, httpMethod, body, mediaUpload }: MethodDraft,
  requirements: Requirements,
  input: (type: TypeModel) => TypeModel,
): RequestModel | undefined {
  if (body?.kind !== "json") return body;
  const type = input(body.type);
  const takesMedia = mediaUpload !== undefined;
  // PUT and PATCH take what GET gave, changed: there the document's word stays in the doc comment.
  const requires = httpMethod === "POST" ? requirements({ id, pointer: method.pointer, takesMedia }, type) : undefined;
  const required = !takesMedia && (requires?.required.length ?? 0) > 0;
  return { kind: "json", type, required, requires };
}

/** Every method at and below a resource, in the order of the document. */
export function methodsOf({ methods, resources }: ResourceModel): readonly MethodModel[] {
  return [...methods, ...resources.flatMap(methodsOf)];
}
