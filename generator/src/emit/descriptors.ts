/** Methods of the model → the data that the runtime reads. */
import type { descriptorVersion } from "@discogen/runtime";
import { patternParts } from "../model/paths.js";
import type {
  ApiModel,
  MediaUploadModel,
  MethodModel,
  OperationModel,
  ParameterModel,
  ValueSource,
} from "../model/types.js";
import type { Data } from "./literal.js";

/** The runtime compares it with its own; its type is that of the runtime this generator is built with. */
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
    altJson: model.altDefault === "json" ? undefined : true,
    dataWrapper: model.dataWrapper ? true : undefined,
    altSse: model.offersEvents ? true : undefined,
    scopes: model.scopes.map(({ scope }) => scope),
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

function valueSource({ from, path, within }: ValueSource): Data {
  const value = [from, ...path].join(".");
  return within === undefined ? value : { value, within };
}

/** `runtime.MethodDescriptor`. `operation` describes the operation it starts, or names the constant that does. */
export function methodDescriptor(
  method: MethodModel,
  scopes: ReadonlyMap<string, number>,
  operation: Data | undefined,
): Data {
  const { request, response, paging } = method;
  const indexes = method.scopes.flatMap((scope) => scopes.get(scope) ?? []);
  const parameters = method.parameters.flatMap((parameter) => {
    const descriptor = parameterDescriptor(parameter);
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
    updateMask: method.updateMask ? true : undefined,
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
function uploadDescriptor({ path, accept, maxSize, multipart, resumable }: MediaUploadModel): Data {
  return {
    path,
    accept: accept.length === 0 || accept.includes("*/*") ? undefined : accept,
    maxSize,
    multipart: multipart ? true : undefined,
    resumable: resumable ? true : undefined,
  };
}

/** Undefined where there is nothing to check: an optional query parameter. */
function parameterDescriptor(parameter: ParameterModel): Data | undefined {
  const { required, repeated, pattern, location, type, minimum, maximum } = parameter;
  const isPath = location === "path";
  const facts = {
    required: required ? (true as const) : undefined,
    repeated: repeated ? (true as const) : undefined,
    // Only patterns that any engine matches in linear time: one from a document must not hang a call.
    pattern: isPath && pattern !== undefined && patternParts(pattern) !== undefined ? pattern : undefined,
    minimum: type.kind === "number" ? minimum : undefined,
    maximum: type.kind === "number" ? maximum : undefined,
    enum:
      isPath && type.kind === "string" && type.enum?.open === false
        ? type.enum.values.map(({ value }) => value)
        : undefined,
  };
  return Object.values(facts).every((fact) => fact === undefined) ? undefined : facts;
}
