/** What generated methods call: one function for each kind of method. */
import { type Core, type CoreHolder, coreOf } from "./core.js";
import { InvalidRequestError } from "./errors.js";
import { type ByteRange, Content, type Download, type DownloadOptions, rangeField } from "./media/download.js";
import type { Sender } from "./media/upload.js";
import type { MethodDescriptor } from "./method.js";
import { type CallOptions, checkCallOptions, defaultTimeout } from "./options.js";
import type { PreparedCall } from "./policy/prepared-call.js";
import { retryPolicy } from "./policy/retry.js";
import { type Sent, send } from "./policy/send.js";
import { type Params, buildRequest } from "./request/build.js";
import { ApiPromise, type Settle, promiseOf } from "./response/api-promise.js";
import { MediaResponse, untilDeadline } from "./response/media-response.js";
import { type Follow, OperationPromise } from "./response/operation-promise.js";
import { Paged, type Walk } from "./response/paged.js";
import { parseValue, readText } from "./response/read.js";

/** Calls an ordinary method. `upload` sends the call where it is given `media`. */
export function call<T>(
  target: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
  upload?: Sender,
): ApiPromise<T> {
  return promiseOf<T, ApiPromise<T>>(
    (executor) => new ApiPromise(executor),
    (settle) => void perform(coreOf(target), method, params, options, settle, upload),
  );
}

/** Calls a method whose answer comes in pages. */
export function paged<Page, Item>(
  target: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
): Paged<Page, Item> {
  const walk: Walk<Page> = {
    method,
    start: startToken(method, params),
    fields: paramOf(params, "fields"),
    fetch: (token) => call<Page>(target, method, withToken(method, params, token), options),
  };
  return promiseOf<Page, Paged<Page, Item>>(
    (executor) => new Paged(executor, walk),
    (settle) => void perform(coreOf(target), method, params, options, settle),
  );
}

/** Calls a method that starts a long-running operation. `upload` sends the call where it is given `media`. */
export function operate<Answer, Operation>(
  target: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
  upload?: Sender,
): OperationPromise<Answer, Operation> {
  // Polls are calls of their own: what made the first one conditional does not hold for them.
  const { ifMatch: _, ifNoneMatch: __, signal: own, ...kept } = options ?? {};
  const follow: Follow = {
    method,
    params: params ?? noParams,
    signal: own,
    fetch: (poll, values, signal) => call<unknown>(target, poll, values, { ...kept, signal }),
  };
  return promiseOf<Answer, OperationPromise<Answer, Operation>>(
    (executor) => new OperationPromise(executor, follow),
    (settle) => void perform(coreOf(target), method, params, options, settle, upload),
  );
}

/** Calls a method for the content of its resource instead of its description (`alt=media`). */
export async function download(
  target: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: DownloadOptions | undefined,
): Promise<MediaResponse> {
  const core = coreOf(target);
  const whole = prepare(core, method, params, options, true);
  const prepared = options?.range === undefined ? whole : withRange(whole, options.range);
  return mediaOf({ core, call: prepared, sent: await send(core, prepared), onProgress: options?.onProgress });
}

function withRange(call: PreparedCall, range: ByteRange): PreparedCall {
  const headers = { ...call.built.headers, range: rangeField(call.methodId, range) };
  return { ...call, built: { ...call.built, headers } };
}

/** Does the call and settles its promise itself: one promise less for each call. Never rejects. */
async function perform<T>(
  core: Core,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
  settle: Settle<T>,
  upload?: Sender,
): Promise<void> {
  try {
    let prepared: PreparedCall;
    let sent: Sent;
    if (upload !== undefined && params !== undefined && paramOf(params, "media") !== undefined) {
      ({ prepared, sent } = await upload(core, method, params, options));
    } else {
      prepared = prepare(core, method, params, options, false);
      sent = await send(core, prepared);
    }
    const { request, response } = sent;
    let data: unknown;
    if (method.response === "media") data = mediaOf({ core, call: prepared, sent, onProgress: undefined });
    else if (method.response === "json")
      data = parseValue(
        core.api,
        request,
        response,
        typeof response.body === "string" ? response.body : await readText(response.body),
      );
    // The document says that this is what the method answers.
    settle.resolve(data as T, request, response);
  } catch (error) {
    settle.reject(error);
  }
}

/** Everything of a call that is known before its first attempt. */
export function prepare(
  core: Core,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
  media: boolean,
): PreparedCall {
  if (options !== undefined) checkCallOptions(method.id, options);
  const values = paramsOf(method, params);
  const totalTimeout = options?.totalTimeout ?? core.options.totalTimeout ?? Number.POSITIVE_INFINITY;
  return {
    methodId: method.id,
    httpMethod: method.httpMethod,
    built: buildRequest(core, method, values, options, media),
    stream: media || method.response === "media",
    signal: options?.signal,
    timeout: options?.timeout ?? core.options.timeout ?? defaultTimeout,
    totalTimeout,
    deadline: totalTimeout === Number.POSITIVE_INFINITY ? totalTimeout : performance.now() + totalTimeout,
    retry: () => retryPolicy(method, values["requestId"], core.options.retry, options?.retry),
  };
}

const noParams: Params = {};

function paramsOf(method: MethodDescriptor, params: object | undefined): Params {
  if (params === undefined) return noParams;
  if (typeof params !== "object" || params === null || Array.isArray(params)) {
    throw new InvalidRequestError(method.id, [{ parameter: "params", message: "must be an object of parameters" }]);
  }
  // Any object can be read by name.
  return params as Params;
}

/** The parameters of the page of this token. */
function withToken(method: MethodDescriptor, params: object | undefined, token: string): Params {
  const values = paramsOf(method, params);
  const paging = method.paging;
  if (paging === undefined) return values;
  return paging.in === "query"
    ? { ...values, [paging.token]: token }
    : { ...values, requestBody: { ...bodyOf(values), [paging.token]: token } };
}

function paramOf(params: object | undefined, name: string): unknown {
  return ((params ?? noParams) as Params)[name]; // any object can be read by name
}

/** The token that the caller begins with. */
function startToken(method: MethodDescriptor, params: object | undefined): unknown {
  const values = (params ?? noParams) as Params; // any object can be read by name
  const paging = method.paging;
  if (paging === undefined) return undefined;
  return paging.in === "query" ? values[paging.token] : bodyOf(values)[paging.token];
}

function bodyOf(values: Params): Params {
  const body = values["requestBody"];
  // Any object can be read by name.
  return typeof body === "object" && body !== null ? (body as Params) : noParams;
}

function mediaOf(download: Download): MediaResponse {
  const { request, response } = download.sent;
  const { deadline, totalTimeout } = download.call;
  const content = new Content(download);
  const bounded =
    deadline === Number.POSITIVE_INFINITY
      ? content
      : untilDeadline(request, content, deadline - performance.now(), totalTimeout);
  return new MediaResponse(request, response, bounded);
}
