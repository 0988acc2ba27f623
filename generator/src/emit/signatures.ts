/** What the generated methods look like: names, parameters, results, doc comments. */
import type { ApiModel, MethodModel, TypeModel } from "../model/types.js";
import { docLines, inlineCode } from "./doc-comments.js";
import { typeText } from "./type-text.js";

/** One way to call a method. */
export interface Signature {
  /** `Fields extends string` */
  readonly typeParameter: string | undefined;
  readonly paramsType: string;
  readonly paramsOptional: boolean;
  readonly returnType: string;
}

/** A method of a generated class. */
export interface MethodShape {
  readonly name: string;
  readonly doc: readonly string[];
  /** More than one: overloads, the plain one first. */
  readonly signatures: readonly [Signature, ...Signature[]];
  /** The function of the runtime that carries it out. */
  readonly sender: "call" | "content" | "download" | "operate" | "paged";
  readonly optionsType: "CallOptions" | "DownloadOptions";
  /** May be given `media`. */
  readonly uploads: boolean;
}

/** The method, and its `…Media` twin where the resource can be downloaded. */
export function methodShapes(method: MethodModel, model: ApiModel): readonly MethodShape[] {
  const paramsOptional =
    method.parameters.every(({ required }) => !required) &&
    method.updateMask !== "required" &&
    !(method.request?.kind === "json" && method.request.required);
  const plain: Signature = {
    typeParameter: undefined,
    paramsType: method.paramsName,
    paramsOptional,
    returnType: returnText(method),
  };
  const selecting = selectingSignature(method, model);
  const ordinary: MethodShape = {
    name: method.member,
    doc: methodDoc(method),
    signatures:
      selecting === undefined ? [plain] : [{ ...plain, paramsType: `runtime.Whole<${method.paramsName}>` }, selecting],
    sender: senderOf(method),
    optionsType: "CallOptions",
    uploads: method.mediaUpload !== undefined,
  };
  if (method.mediaDownload === undefined) return [ordinary];
  const download: MethodShape = {
    name: method.mediaDownload.member,
    doc: docLines({ notes: [`Downloads what {@link ${method.member}} describes.`], deprecated: method.deprecated }),
    signatures: [{ ...plain, returnType: "Promise<runtime.MediaResponse>" }],
    sender: "download",
    optionsType: "DownloadOptions",
    uploads: false,
  };
  return [ordinary, download];
}

/** The overload that a literal `fields` parameter picks: its answer has those fields alone. */
function selectingSignature(method: MethodModel, { parameters, schemas }: ApiModel): Signature | undefined {
  const { operation, paging, paramsName } = method;
  const answer = method.response?.kind === "json" ? method.response.type : undefined;
  const takesFields = parameters.some(({ name }) => name === "fields") && !method.shadowedGlobals.includes("fields");
  const startsOperation = operation !== undefined && operation.polls.length > 0;
  if (!takesFields || startsOperation || answer?.kind !== "reference") return undefined;
  const shape = schemas.find(({ name }) => name === answer.name)?.shape;
  if (shape?.kind !== "object" || shape.properties.length === 0) return undefined;
  const whole = typeText(answer);
  const items = paging?.items === undefined ? "never" : JSON.stringify(paging.items.property);
  return {
    typeParameter: "Fields extends string",
    paramsType: `runtime.Selecting<${paramsName}, ${whole}, Fields>`,
    paramsOptional: false,
    returnType:
      paging === undefined
        ? `runtime.SelectedPromise<${whole}, Fields>`
        : `runtime.SelectedPages<${whole}, Fields, ${items}>`,
  };
}

/** Which function of the runtime carries the method out. */
export function senderOf({ operation, paging, response }: MethodModel): Exclude<MethodShape["sender"], "download"> {
  if (operation !== undefined) return "operate";
  if (response?.kind === "media") return "content";
  return paging === undefined ? "call" : "paged";
}

function returnText({ response, operation, paging }: MethodModel): string {
  if (response === undefined) return "runtime.ApiPromise<void>";
  if (response.kind === "media") return "runtime.ApiPromise<runtime.MediaResponse>";
  const answer = typeText(response.type);
  if (operation !== undefined) return `runtime.OperationPromise<${answer}, ${typeText(operation.type)}>`;
  if (paging === undefined) return `runtime.ApiPromise<${answer}>`;
  return `runtime.Paged<${answer}, ${itemText(paging.items?.type)}>`;
}

function itemText(type: TypeModel | undefined): string {
  return type === undefined ? "never" : typeText(type);
}

/** What the scopes of Google begin with; they are known by the rest, and the client's list has them whole. */
const GOOGLE_SCOPE = /^https:\/\/www\.googleapis\.com\/auth\//;

function methodDoc(method: MethodModel): readonly string[] {
  const scopes = method.scopes.map((scope) => inlineCode(scope.replace(GOOGLE_SCOPE, "")));
  return docLines({
    description: method.description,
    notes: [
      ...(method.etagRequired ? ["Pass the etag of what was read as `ifMatch`."] : []),
      ...(scopes.length === 0 ? [] : [`${scopes.length === 1 ? "Scope" : "Scopes, one of"}: ${scopes.join(", ")}.`]),
    ],
    deprecated: method.deprecated,
  });
}
