/** The functions that generated methods call. Those for content are in `media/`, those for streams in `stream.ts`. */
import type { Sender } from "../call/call.js";
import { type CoreHolder, coreOf } from "../call/core.js";
import { type CallOptions, defaultTimeout } from "../call/options.js";
import { noParams, paramOf, paramsOf } from "../call/prepare.js";
import type { MethodDescriptor } from "../method.js";
import type { Params } from "../request/build.js";
import { ApiPromise, type Executor } from "../response/api-promise.js";
import { begin } from "../response/begin.js";
import { OperationPromise } from "../response/operation-promise.js";
import type { Follow } from "../response/operation-wait.js";
import { Paged, type Walk } from "../response/paged.js";

/** Calls an ordinary method. `upload` sends the call if `params` has `media`. */
export function call<T>(
  resource: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
  upload?: Sender,
): ApiPromise<T> {
  return begin<T, ApiPromise<T>>({ resource, method, params, options, upload }, (executor) => new ApiPromise(executor));
}

/** Calls a method whose response comes in pages. */
export function paged<Page, Item>(
  resource: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
): Paged<Page, Item> {
  const unconditional = withoutEtags(options);
  const walk: Walk<Page> = {
    method,
    start: startToken(method, params),
    fields: paramOf(params, "fields"),
    fetch: (token) => call<Page>(outsideBatch(resource), method, withToken(method, params, token), unconditional),
  };
  const make = (executor: Executor<Page>): Paged<Page, Item> => new Paged(executor, walk);
  return begin({ resource, method, params, options }, make);
}

/** Calls a method that starts a long-running operation. `upload` sends the call if `params` has `media`. */
export function operate<Response, Operation>(
  resource: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
  upload?: Sender,
): OperationPromise<Response, Operation> {
  const unconditional = withoutEtags(options);
  const follow: Follow = {
    method,
    params: paramsForPolls(method, params),
    signal: options?.signal,
    timeout: options?.timeout ?? coreOf(resource).options.timeout ?? defaultTimeout,
    fetch: (poll, values, own) => call<unknown>(outsideBatch(resource), poll, values, { ...unconditional, ...own }),
  };
  const make = (executor: Executor<Response>): OperationPromise<Response, Operation> =>
    new OperationPromise(executor, follow);
  return begin({ resource, method, params, options, upload }, make);
}

/** The parameters that polls read. Bodies and content may be large, and the promise outlives the call. */
function paramsForPolls({ operation }: MethodDescriptor, params: object | undefined): object {
  const sources = operation?.polls.flatMap(({ parameters }) => Object.values(parameters)) ?? [];
  // A method that reads an operation is called again with the same parameters.
  if (params === undefined || sources.length === 0) return params ?? noParams;
  const { media: _, requestBody, ...others }: Params = { ...params };
  const isRead = sources.some((source) => (typeof source === "string" ? source : source.value).startsWith("body."));
  return isRead ? { ...others, requestBody } : others;
}

/** The options without the conditions, which apply only to the first request. */
function withoutEtags(options: CallOptions | undefined): CallOptions | undefined {
  if (options?.ifMatch === undefined && options?.ifNoneMatch === undefined) return options;
  const { ifMatch: _, ifNoneMatch: __, ...others } = options;
  return others;
}

/** The client that sends the requests after the first one. For a batch it is the client that the batch was made of. */
function outsideBatch(resource: CoreHolder): CoreHolder {
  return coreOf(resource).batch?.client ?? resource;
}

/** The parameters for the page with this token. */
function withToken(method: MethodDescriptor, params: object | undefined, token: string): Params {
  const values = paramsOf(method, params);
  const paging = method.paging;
  if (paging === undefined) return values;
  return paging.in === "query"
    ? { ...values, [paging.token]: token }
    : { ...values, requestBody: { ...bodyOf(values), [paging.token]: token } };
}

/** The page token that the caller passed. */
function startToken(method: MethodDescriptor, params: object | undefined): unknown {
  const paging = method.paging;
  if (paging === undefined) return undefined;
  return paging.in === "query" ? paramOf(params, paging.token) : bodyOf(params)[paging.token];
}

function bodyOf(params: object | undefined): Params {
  const body = paramOf(params, "requestBody");
  // Any object can be read by name.
  return typeof body === "object" && body !== null ? (body as Params) : noParams;
}
