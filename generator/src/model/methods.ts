/** Builds a method in two steps: a draft from the document, then the model when all input twins are known. */
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
  /** Member names of the class that the method belongs to. */
  readonly members: NameScope;
  readonly report: Report;
}

/** Reads a method. Returns undefined and reports the problem if the method could not be called. */
export function draftMethod(
  entry: { readonly name: string; readonly method: DiscoveryMethod; readonly member: string },
  resourcePath: readonly string[],
  { document, builder, members, report }: DraftContext,
): MethodDraft | undefined {
  const { name, method, member } = entry;
  const id = method.id ?? [document.name, ...resourcePath, name].join(".");
  const httpMethod = HTTP_METHODS.find((verb) => verb === method.httpMethod?.toUpperCase());
  if (httpMethod === undefined) {
    const found =
      method.httpMethod === undefined
        ? "the method has no httpMethod"
        : `${JSON.stringify(method.httpMethod)} is not a known HTTP method`;
    report("INVALID_HTTP_METHOD", pointerTo(method.pointer, "httpMethod"), found);
  }
  const { path } = method;
  if (path === undefined) report("MISSING_PATH", method.pointer, "the method has no path");
  const variables = path === undefined ? undefined : pathVariables(path);
  if (path !== undefined && variables === undefined) {
    const pointer = pointerTo(method.pointer, "path");
    report("INVALID_PATH_TEMPLATE", pointer, `${JSON.stringify(path)} is not a valid path template`);
  }
  const mediaUpload = mediaUploadOf(method.mediaUpload);
  if (mediaUpload !== undefined && pathVariables(mediaUpload.path) === undefined) {
    const pointer = `${method.pointer}/mediaUpload/protocols/${mediaUpload.simple ? "simple" : "resumable"}/path`;
    report("INVALID_PATH_TEMPLATE", pointer, `${JSON.stringify(mediaUpload.path)} is not a valid path template`);
  }
  if (httpMethod === undefined || path === undefined || variables === undefined) return undefined;

  const parameters = methodParameters(method, document.parameters, variables, builder, report);
  const inCode = (template: string) =>
    parameters.reduce(
      (changed, { name, wireName }) => (wireName === undefined ? changed : withVariable(changed, wireName, name)),
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
    report("EMPTY_REQUEST", request.pointer, "the request has neither $ref nor type");
    return undefined;
  }
  if (httpMethod === "GET" || httpMethod === "HEAD") {
    report("BODY_NOT_SENT", request.pointer, `a ${httpMethod} request cannot have a body`);
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

/** Returns whether a schema is `{}`. Some documents use it for "no body". */
function isBlank(schema: DiscoverySchema): boolean {
  const { reference, type, properties, additionalProperties, items, variant } = schema;
  return [reference, type, properties, additionalProperties, items, variant].every((fact) => fact === undefined);
}

/** The parts of the API that {@link finishMethod} needs. */
export interface FinishContext {
  readonly schema: (name: string) => SchemaModel | undefined;
  readonly requirements: Requirements;
  /** Returns the type to use in requests. */
  readonly input: (type: TypeModel) => TypeModel;
  readonly globalNames: ReadonlySet<string>;
  readonly names: NameScope;
  /** The option `streaming`: whether a method streams its responses, by method id. */
  readonly streaming: ReadonlyMap<string, boolean>;
}

export function finishMethod(
  draft: MethodDraft,
  { schema, requirements, input, globalNames, names, streaming }: FinishContext,
): MethodModel {
  const { method, id, httpMethod, parameters, mediaUpload } = draft;
  const bodyType = draft.body?.kind === "json" ? draft.body.type : undefined;
  const response = finishResponse(draft, schema, streaming);
  const responseType = response?.kind === "json" ? response.type : undefined;
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
      { httpMethod, resourcePath: draft.resourcePath, parameters, request: bodyType, response: responseType },
      schema,
    ),
    // Set by `withOperations`, when all methods are known.
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
  const target = resolved(type, schema);
  // In some documents, the response of a stream is the array of all messages.
  const message = target?.kind === "array" ? target.items : type;
  const facts = { ...draft, description, streamingType, hasMessage: hasProperties(message, schema) };
  const isStream = streaming.get(draft.id) ?? isServerStream(facts);
  if (isStream && mediaUpload === undefined) return { kind: "stream", type: message };
  return {
    kind: "json",
    type,
    isMessage: target?.kind === "object" || target?.kind === "map" || target?.kind === "union",
  };
}

function hasProperties(type: TypeModel, schema: FinishContext["schema"]): boolean {
  const shape = resolved(type, schema);
  return shape?.kind === "object" && (shape.properties.length > 0 || shape.additional !== undefined);
}

/** No document marks the parameter as required. The description of a required one starts with "Required" (AIP-203). */
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
  // PUT and PATCH accept a changed GET response. There, only the doc comment states what is required.
  const requires = httpMethod === "POST" ? requirements({ id, pointer: method.pointer, takesMedia }, type) : undefined;
  const required = !takesMedia && (requires?.required.length ?? 0) > 0;
  return { kind: "json", type, required, requires };
}

/** Returns every method of a resource and its sub-resources, in the order of the document. */
export function methodsOf({ methods, resources }: ResourceModel): readonly MethodModel[] {
  return [...methods, ...resources.flatMap(methodsOf)];
}
