/** Methods of the model → descriptors, the data that the runtime reads. */
import type { descriptorVersion } from "@discogen/runtime";
import { isQuickPattern, patternParts } from "../model/paths.js";
import type {
  ApiModel,
  MediaUploadModel,
  MethodModel,
  OperationModel,
  ParameterModel,
  TypeModel,
  UpdateMasksModel,
  ValueSource,
} from "../model/types.js";
import type { Data } from "./literal.js";
import { isTime } from "./model-types.js";

/** The runtime compares it with its own version. The type ensures that it matches the runtime of this build. */
const DESCRIPTOR_VERSION: typeof descriptorVersion = 2;

/** `runtime.ApiDescriptor`. */
export function apiDescriptor(model: ApiModel): Data {
  return {
    descriptors: DESCRIPTOR_VERSION,
    id: model.id,
    rootUrl: model.rootUrl,
    servicePath: model.servicePath,
    batchPath: model.batchPath,
    mtlsRootUrl: model.mtlsRootUrl,
    endpoints: model.endpoints.size === 0 ? undefined : Object.fromEntries(model.endpoints),
    altJson: model.altJson ? true : undefined,
    dataWrapper: model.dataWrapper ? true : undefined,
    altSse: model.offersEvents ? true : undefined,
    scopes: model.scopes.map(({ scope }) => scope),
  };
}

/** `runtime.UpdateMasks`; undefined if no method takes a mask. */
export function updateMasks({ methods, types }: UpdateMasksModel): Data | undefined {
  if (methods.length === 0) return undefined;
  const list = (names: readonly string[]) => (names.length === 0 ? undefined : names);
  return {
    methods: Object.fromEntries(
      methods.map(({ path, type, snake }) => [path.join("."), { type, snake: snake ? (true as const) : undefined }]),
    ),
    types: Object.fromEntries(
      Array.from(types, ([name, fields]) => [
        name,
        {
          readOnly: list(fields.readOnly),
          maps: list(fields.maps),
          types: fields.types.size === 0 ? undefined : Object.fromEntries(fields.types),
        },
      ]),
    ),
  };
}

/** `runtime.OperationDescriptor`. */
export function operationDescriptor({ polls, done, error, isAnswer }: OperationModel): Data {
  return {
    polls: polls.map(({ method, wait, sources }) => ({
      method: pollDescriptor(method),
      wait: wait === undefined ? undefined : pollDescriptor(wait),
      parameters: Object.fromEntries(Array.from(sources, ([name, source]) => [name, valueSource(source)])),
    })),
    done: done.join("."),
    error: error.join("."),
    isAnswer: isAnswer ? true : undefined,
  };
}

function pollDescriptor(method: MethodModel): Data {
  return methodDescriptor({ ...method, scopes: [], paging: undefined }, new Map(), undefined);
}

function valueSource({ from, path, within, isSegment }: ValueSource): Data {
  const value = [from, ...path].join(".");
  if (isSegment === true) return { value, segment: true };
  return within === undefined ? value : { value, within };
}

/** `runtime.MethodDescriptor`. `operation` describes the operation that the method starts, or names a constant. */
export function methodDescriptor(
  method: MethodModel,
  scopes: ReadonlyMap<string, number>,
  operation: Data | undefined,
): Data {
  const { request, response, paging } = method;
  const indexes = method.scopes.flatMap((scope) => scopes.get(scope) ?? []);
  const parameters = method.parameters.flatMap((parameter) => {
    const descriptor = parameterDescriptor(
      parameter,
      method.updateMask !== undefined && parameter.name === "updateMask",
    );
    return descriptor === undefined ? [] : [[parameter.name, descriptor] as const];
  });
  return {
    id: method.id,
    httpMethod: method.httpMethod,
    path: method.path,
    parameters: parameters.length === 0 ? undefined : Object.fromEntries(parameters),
    scopes: indexes.length === 0 ? undefined : indexes,
    request: request?.kind,
    requestRequired: request?.kind === "json" && request.required ? true : undefined,
    requestId: method.requestId,
    response: response?.kind === "json" && !response.isMessage ? "value" : response?.kind,
    paging:
      paging === undefined
        ? undefined
        : { token: paging.token, in: paging.in, next: paging.next, items: paging.items?.property },
    operation,
    upload: method.mediaUpload === undefined ? undefined : uploadDescriptor(method.mediaUpload),
    apiVersion: method.apiVersion,
  };
}

/** `runtime.UploadDescriptor`. */
function uploadDescriptor({ path, accept, maxSize, simple, multipart, resumable }: MediaUploadModel): Data {
  return {
    path,
    accept: accept.length === 0 || accept.includes("*/*") ? undefined : accept,
    maxSize,
    multipart: multipart ? true : undefined,
    resumable: resumable ? true : undefined,
    inOne: simple ? undefined : false,
  };
}

/** Whether the runtime checks a pattern. There are many other path patterns with little information: compute has hundreds. */
function isChecked(pattern: string, isPath: boolean): boolean {
  return patternParts(pattern) !== undefined || (!isPath && isQuickPattern(pattern));
}

/** How the runtime checks a parameter's text; undefined if any text is valid. */
function valueType(type: TypeModel): "boolean" | "date-time" | "integer" | "number" | undefined {
  if (type.kind === "boolean") return "boolean";
  if (type.kind === "number") return type.integer ? "integer" : "number";
  if (type.kind !== "string") return undefined;
  if (type.format === "int64" || type.format === "uint64") return "integer";
  return isTime(type) ? "date-time" : undefined;
}

/** Undefined if the runtime needs no facts, as for an optional query parameter. */
function parameterDescriptor(parameter: ParameterModel, isMask: boolean): Data | undefined {
  const { required, repeated, pattern, location, type, wireName, minimum, maximum } = parameter;
  const isPath = location === "path";
  const facts = {
    // The path template contains the name in code.
    name: isPath ? undefined : wireName,
    required: required ? (true as const) : undefined,
    repeated: repeated ? (true as const) : undefined,
    type: valueType(type),
    mask: isMask ? (true as const) : undefined,
    // A slow pattern from a document would block a call.
    pattern: pattern !== undefined && isChecked(pattern, isPath) ? pattern : undefined,
    minimum: type.kind === "number" ? minimum : undefined,
    maximum: type.kind === "number" ? maximum : undefined,
    enum:
      isPath && type.kind === "string" && type.enum?.open === false
        ? type.enum.values.map(({ value }) => value)
        : undefined,
  };
  return Object.values(facts).every((fact) => fact === undefined) ? undefined : facts;
}
