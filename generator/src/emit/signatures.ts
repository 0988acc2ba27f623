/** Signatures of generated methods: names, parameters, results, doc comments. */
import { isIdentifier } from "../model/names.js";
import type { ApiModel, MethodModel, ResourceModel } from "../model/types.js";
import type { Context } from "./context.js";
import { docLines, inlineCode, wrapped } from "./doc-comments.js";
import { typeNode } from "./model-types.js";
import { keyword, name, stringLiteral, type TypeNode } from "./type-nodes.js";

/** A method of a generated class. */
export interface MethodShape {
  readonly name: string;
  readonly doc: readonly string[];
  /** `F extends string | undefined = undefined` if the parameter `fields` narrows the result. */
  readonly typeParameter: string | undefined;
  readonly paramsType: TypeNode;
  readonly paramsOptional: boolean;
  readonly returnType: TypeNode;
  /** The function of the runtime that sends the request. */
  readonly sender: "call" | "content" | "download" | "operate" | "paged" | "stream";
  readonly optionsType: "CallOptions" | "DownloadOptions";
  /** Whether it takes `media`. */
  readonly uploads: boolean;
}

/** The method, and its `…Media` twin if it can download content. */
export function methodShapes(method: MethodModel, resource: ResourceModel, context: Context): readonly MethodShape[] {
  const paramsOptional =
    method.parameters.every(({ required }) => !required) &&
    method.updateMask !== "required" &&
    !(method.request?.kind === "json" && method.request.required);
  const params = name(method.paramsName);
  const selecting = selectsFields(method, context);
  const ordinary: MethodShape = {
    name: method.member,
    doc: methodDoc(method, context.model, exampleOf(method, `${context.accessor(resource)}.${method.member}`)),
    typeParameter: selecting === undefined ? undefined : "F extends string | undefined = undefined",
    paramsType: selecting === undefined ? params : name("runtime.Selecting", params, selecting, FIELDS),
    paramsOptional,
    returnType: returnNode(method, selecting !== undefined),
    sender: senderOf(method),
    optionsType: senderOf(method) === "download" ? "DownloadOptions" : "CallOptions",
    uploads: method.mediaUpload !== undefined,
  };
  if (method.mediaDownload === undefined) return [ordinary];
  const download: MethodShape = {
    ...ordinary,
    name: method.mediaDownload.member,
    doc: docLines({
      notes: [
        method.mediaDownload.isOnly
          ? `Same as {@link ${method.member}}.`
          : `Downloads the content that {@link ${method.member}} describes.`,
      ],
      deprecated: method.deprecated,
    }),
    typeParameter: undefined,
    paramsType: params,
    returnType: DOWNLOAD,
    sender: "download",
    optionsType: "DownloadOptions",
    uploads: false,
  };
  return [ordinary, download];
}

const DOWNLOAD = name("Promise", name("runtime.MediaResponse"));

/** The type parameter for the value of `fields`. */
const FIELDS = name("F");

/** The type of the response if a literal `fields` parameter narrows it. */
function selectsFields(method: MethodModel, { model, schema }: Context): TypeNode | undefined {
  const { operation } = method;
  const response = method.response === undefined || method.response.kind === "media" ? undefined : method.response.type;
  const takesFields =
    model.parameters.some(({ name: parameter }) => parameter === "fields") &&
    !method.shadowedGlobals.includes("fields");
  const startsOperation = operation !== undefined && operation.polls.length > 0;
  if (!takesFields || startsOperation || response?.kind !== "reference") return undefined;
  const shape = schema(response.name)?.shape;
  return shape?.kind === "object" && shape.properties.length > 0 ? typeNode(response) : undefined;
}

/** The function of the runtime that calls the method. */
export function senderOf({ mediaDownload, operation, paging, response }: MethodModel): MethodShape["sender"] {
  if (mediaDownload?.isOnly === true) return "download";
  if (operation !== undefined) return "operate";
  if (response?.kind === "media") return "content";
  if (response?.kind === "stream") return "stream";
  return paging === undefined ? "call" : "paged";
}

function returnNode({ mediaDownload, response, operation, paging }: MethodModel, isSelecting: boolean): TypeNode {
  if (response === undefined) return mediaDownload === undefined ? name("runtime.ApiPromise", name("void")) : DOWNLOAD;
  if (response.kind === "media") return name("runtime.ApiPromise", name("runtime.MediaResponse"));
  const complete = typeNode(response.type);
  const selected = isSelecting ? name("runtime.Selected", complete, FIELDS) : complete;
  if (response.kind === "stream") return name("runtime.StreamPromise", selected);
  if (operation !== undefined)
    return name("runtime.OperationPromise", selected, isSelecting ? selected : typeNode(operation.type));
  if (paging === undefined) return name("runtime.ApiPromise", selected);
  const { items } = paging;
  if (items === undefined) return name("runtime.Paged", selected, keyword("never"));
  const item = typeNode(items.type);
  return name(
    "runtime.Paged",
    selected,
    isSelecting ? name("runtime.SelectedItem", complete, item, FIELDS, stringLiteral(items.property)) : item,
  );
}

/** The common start of Google's scopes. Comments leave it out; the client's list has the complete scopes. */
const GOOGLE_SCOPE = /^https:\/\/www\.googleapis\.com\/auth\//;

function methodDoc(method: MethodModel, model: ApiModel, example: readonly string[]): readonly string[] {
  const names = method.scopes.map((scope) => inlineCode(scope.replace(GOOGLE_SCOPE, "")));
  const scopes = names.length === 0 ? "" : `, ${names.length === 1 ? "scope" : "scopes"} ${alternatives(names)}`;
  return docLines({
    description: method.description,
    notes: [
      inlineCode(`${method.httpMethod} ${urlPath(method, model)}`) + scopes,
      ...(method.supportsSubscription ? ["Supports push notifications: a channel reports changes."] : []),
      ...(method.useMediaDownloadService ? ["Content is served by Google's media download service."] : []),
      ...(method.etagRequired ? ["Pass the etag of the resource that you read as `ifMatch`."] : []),
    ],
    deprecated: method.deprecated,
    example,
  });
}

/** `a`, `b` or `c`: any one of them is sufficient. */
function alternatives(names: readonly string[]): string {
  const [last = "", ...others] = names.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(", ")} or ${last}`;
}

/** The path from the root, without the operators of URI templates: `/v1/{name}`. */
function urlPath({ path }: MethodModel, { servicePath }: ApiModel): string {
  const fullPath = path.startsWith("/") ? path : `/${servicePath}${path}`;
  return fullPath.replaceAll(/\{[+/]?([^{}*]+)\*?\}/g, "{$1}");
}

/** The columns that `   * @example ` leaves for an example on one line. */
const EXAMPLE_WIDTH = 106;

/** The call, on one line if it fits. Required values are variables named like the parameter. */
function exampleOf(method: MethodModel, callee: string): readonly string[] {
  const { mediaUpload, operation, paging, request, response } = method;
  const required = method.parameters
    .filter((parameter) => parameter.required)
    .map((parameter) => (isIdentifier(parameter.name) ? parameter.name : `${JSON.stringify(parameter.name)}: value`));
  const body = request === undefined || (mediaUpload !== undefined && !isBodyRequired(method)) ? [] : ["requestBody"];
  const members = [...required, ...body, ...(mediaUpload === undefined ? [] : ["media: { body }"])];
  const isStream = response?.kind === "stream";
  const isList = isStream || (paging?.items !== undefined && operation === undefined);
  const keyword = isList ? `for await (const ${isStream ? "message" : "item"} of` : "await";
  const start = `${keyword} ${callee}(`;
  const end = `)${operation !== undefined && operation.polls.length > 0 ? ".wait()" : ""}${isList ? ") {}" : ""}`;
  const line = `${start}${members.length === 0 ? "" : `{ ${members.join(", ")} }`}${end}`;
  if (line.length <= EXAMPLE_WIDTH) return [line];
  const head = start.length < EXAMPLE_WIDTH ? [`${start}{`] : [keyword, `  ${callee}({`];
  return [...head, ...wrapped(`${members.join(", ")},`).map((part) => `  ${part}`), `}${end}`];
}

function isBodyRequired({ request }: MethodModel): boolean {
  return request?.kind === "json" && request.required;
}
