/** What the generated methods look like: names, parameters, results, doc comments. */
import { isIdentifier } from "../model/names.js";
import type { ApiModel, MethodModel, TypeModel } from "../model/types.js";
import { docLines, inlineCode, wrapped } from "./doc-comments.js";
import { typeText } from "./type-text.js";

/** A method of a generated class. */
export interface MethodShape {
  readonly name: string;
  readonly doc: readonly string[];
  /** `F extends string | undefined = undefined`, where the parameter `fields` narrows the result. */
  readonly typeParameter: string | undefined;
  readonly paramsType: string;
  readonly paramsOptional: boolean;
  readonly returnType: string;
  /** The function of the runtime that sends it. */
  readonly sender: "call" | "content" | "download" | "operate" | "paged" | "stream";
  readonly optionsType: "CallOptions" | "DownloadOptions";
  /** Takes `media`. */
  readonly uploads: boolean;
}

/** The method, and its `…Media` twin where the resource can be downloaded. `accessor`: the resource, `client.files`. */
export function methodShapes(method: MethodModel, accessor: string, model: ApiModel): readonly MethodShape[] {
  const paramsOptional =
    method.parameters.every(({ required }) => !required) &&
    method.updateMask !== "required" &&
    !(method.request?.kind === "json" && method.request.required);
  const selecting = selectsFields(method, model);
  const ordinary: MethodShape = {
    name: method.member,
    doc: methodDoc(method, model, exampleOf(method, `${accessor}.${method.member}`)),
    typeParameter: selecting === undefined ? undefined : "F extends string | undefined = undefined",
    paramsType:
      selecting === undefined ? method.paramsName : `runtime.Selecting<${method.paramsName}, ${selecting}, F>`,
    paramsOptional,
    returnType: returnText(method, selecting !== undefined),
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
          ? `The same as {@link ${method.member}}.`
          : `Downloads what {@link ${method.member}} describes.`,
      ],
      deprecated: method.deprecated,
    }),
    typeParameter: undefined,
    paramsType: method.paramsName,
    returnType: DOWNLOAD,
    sender: "download",
    optionsType: "DownloadOptions",
    uploads: false,
  };
  return [ordinary, download];
}

const DOWNLOAD = "Promise<runtime.MediaResponse>";

/** The type of the response, where a literal `fields` parameter narrows it. */
function selectsFields(method: MethodModel, { parameters, schemas }: ApiModel): string | undefined {
  const { operation } = method;
  const response = method.response === undefined || method.response.kind === "media" ? undefined : method.response.type;
  const takesFields = parameters.some(({ name }) => name === "fields") && !method.shadowedGlobals.includes("fields");
  const startsOperation = operation !== undefined && operation.polls.length > 0;
  if (!takesFields || startsOperation || response?.kind !== "reference") return undefined;
  const shape = schemas.find(({ name }) => name === response.name)?.shape;
  return shape?.kind === "object" && shape.properties.length > 0 ? typeText(response) : undefined;
}

/** Which function of the runtime carries the method out. */
export function senderOf({ mediaDownload, operation, paging, response }: MethodModel): MethodShape["sender"] {
  if (mediaDownload?.isOnly === true) return "download";
  if (operation !== undefined) return "operate";
  if (response?.kind === "media") return "content";
  if (response?.kind === "stream") return "stream";
  return paging === undefined ? "call" : "paged";
}

function returnText({ mediaDownload, response, operation, paging }: MethodModel, isSelecting: boolean): string {
  if (response === undefined) return mediaDownload === undefined ? "runtime.ApiPromise<void>" : DOWNLOAD;
  if (response.kind === "media") return "runtime.ApiPromise<runtime.MediaResponse>";
  const whole = typeText(response.type);
  const selected = isSelecting ? `runtime.Selected<${whole}, F>` : whole;
  if (response.kind === "stream") return `runtime.StreamPromise<${selected}>`;
  if (operation !== undefined)
    return `runtime.OperationPromise<${selected}, ${isSelecting ? selected : typeText(operation.type)}>`;
  if (paging === undefined) return `runtime.ApiPromise<${selected}>`;
  const items = paging.items;
  const item =
    isSelecting && items !== undefined
      ? `runtime.SelectedItem<${whole}, ${typeText(items.type)}, F, ${JSON.stringify(items.property)}>`
      : itemText(items?.type);
  return `runtime.Paged<${selected}, ${item}>`;
}

function itemText(type: TypeModel | undefined): string {
  return type === undefined ? "never" : typeText(type);
}

/** What the scopes of Google begin with; they are known by the rest, and the client's list has them whole. */
const GOOGLE_SCOPE = /^https:\/\/www\.googleapis\.com\/auth\//;

function methodDoc(method: MethodModel, model: ApiModel, example: readonly string[]): readonly string[] {
  const names = method.scopes.map((scope) => inlineCode(scope.replace(GOOGLE_SCOPE, "")));
  const scopes = names.length === 0 ? "" : `, ${names.length === 1 ? "scope" : "scopes"} ${alternatives(names)}`;
  return docLines({
    description: method.description,
    notes: [
      inlineCode(`${method.httpMethod} ${urlPath(method, model)}`) + scopes,
      ...(method.supportsSubscription ? ["Supports push notifications: changes can be watched with a channel."] : []),
      ...(method.useMediaDownloadService ? ["Content is served by Google's media download service."] : []),
      ...(method.etagRequired ? ["Pass the etag of what was read as `ifMatch`."] : []),
    ],
    deprecated: method.deprecated,
    example,
  });
}

/** `a`, `b` or `c`: any of them is enough. */
function alternatives(names: readonly string[]): string {
  const [last = "", ...others] = names.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(", ")} or ${last}`;
}

/** The path from the root, without the operators of URI templates: `/v1/{name}`. */
function urlPath({ path }: MethodModel, { servicePath }: ApiModel): string {
  const whole = path.startsWith("/") ? path : `/${servicePath}${path}`;
  return whole.replaceAll(/\{[+/]?([^{}*]+)\*?\}/g, "{$1}");
}

/** The most columns of an example in one line: those that `   * @example ` leaves. */
const EXAMPLE_WIDTH = 106;

/** The call, in one line where it fits; what a program must pass is named like the parameter. */
function exampleOf(method: MethodModel, callee: string): readonly string[] {
  const { mediaUpload, operation, paging, request, response } = method;
  const required = method.parameters
    .filter((parameter) => parameter.required)
    .map(({ name }) => (isIdentifier(name) ? name : `${JSON.stringify(name)}: value`));
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
