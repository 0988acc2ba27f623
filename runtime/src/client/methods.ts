/** What generated methods call: one function for each kind of method. Those that answer content are in `content.ts`. */
import { type CallSite, callSite, leadingToCaller } from "../call/call-site.js";
import { type Core, type CoreHolder, coreOf } from "./core.js";
import type { Sender } from "../media/upload.js";
import type { MethodDescriptor } from "../method.js";
import { type CallOptions, defaultTimeout } from "../call/options.js";
import type { PreparedCall } from "../call/prepared-call.js";
import { type Sent, send } from "../call/send.js";
import { checkForeignNames, noParams, paramsOf, prepare } from "../call/prepare.js";
import type { Params } from "../request/build.js";
import { ApiPromise, type Executor, type Keep, promiseOf } from "../response/api-promise.js";
import { OperationPromise } from "../response/operation-promise.js";
import type { Follow } from "../response/operation-wait.js";
import { Paged, type Walk } from "../response/paged.js";
import { parseValue, textOf } from "../decode/read.js";

/** Calls an ordinary method. `upload` sends the call where it is given `media`. */
export function call<T>(
  target: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
  upload?: Sender,
): ApiPromise<T> {
  return begin<T, ApiPromise<T>>(target, method, params, options, (executor) => new ApiPromise(executor), upload);
}

/** Calls a method whose answer comes in pages. */
export function paged<Page, Item>(
  target: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
): Paged<Page, Item> {
  const unconditional = withoutEtags(options);
  const walk: Walk<Page> = {
    method,
    start: startToken(method, params),
    fields: paramOf(params, "fields"),
    fetch: (token) => call<Page>(outsideOf(target), method, withToken(method, params, token), unconditional),
  };
  return begin<Page, Paged<Page, Item>>(target, method, params, options, (executor) => new Paged(executor, walk));
}

/** Calls a method that starts a long-running operation. `upload` sends the call where it is given `media`. */
export function operate<Answer, Operation>(
  target: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
  upload?: Sender,
): OperationPromise<Answer, Operation> {
  const unconditional = withoutEtags(options);
  const follow: Follow = {
    method,
    params: followed(method, params),
    signal: options?.signal,
    timeout: options?.timeout ?? coreOf(target).options.timeout ?? defaultTimeout,
    fetch: (poll, values, own) => call<unknown>(outsideOf(target), poll, values, { ...unconditional, ...own }),
  };
  const make = (executor: Executor<Answer>) => new OperationPromise<Answer, Operation>(executor, follow);
  return begin(target, method, params, options, make, upload);
}

/** The parameters that polls read, without bodies and content, which may be large: the promise outlives the call. */
function followed({ operation }: MethodDescriptor, params: object | undefined): object {
  const sources = operation?.polls.flatMap(({ parameters }) => Object.values(parameters)) ?? [];
  // A method that reads an operation is called again as it was.
  if (params === undefined || sources.length === 0) return params ?? noParams;
  const { media: _, requestBody, ...kept }: Params = { ...params };
  const isRead = sources.some((source) => (typeof source === "string" ? source : source.value).startsWith("body."));
  return isRead ? { ...kept, requestBody } : kept;
}

/** For calls that follow from another one: what made that one conditional does not hold for them. */
function withoutEtags(options: CallOptions | undefined): CallOptions | undefined {
  if (options?.ifMatch === undefined && options?.ifNoneMatch === undefined) return options;
  const { ifMatch: _, ifNoneMatch: __, ...kept } = options;
  return kept;
}

/** Makes the value of a method's answer. */
type Read = (core: Core, method: MethodDescriptor, prepared: PreparedCall, sent: Sent) => unknown;

/** Starts a call; that of a batch runs on what collects it. `upload` sends it where it is given `media`. */
export function begin<T, P extends ApiPromise<T>>(
  target: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
  make: (executor: Executor<T>) => P,
  upload?: Sender,
  read: Read = valueOf,
): P {
  const own = coreOf(target);
  const collector = own.batch?.collector;
  const core = collector?.core ?? own;
  // What fails in a batch has failed before anybody awaits it.
  const site = collector === undefined ? undefined : callSite(begin);
  const promise = promiseOf<T, P>(make, (keep) =>
    perform(target, core, method, params, options, keep, site, upload, read),
  );
  collector?.add(promise);
  return promise;
}

/** Who makes the calls that follow one: for a batch, the client that it was made of. */
function outsideOf(target: CoreHolder): CoreHolder {
  return coreOf(target).batch?.client ?? target;
}

/** Does the call. */
async function perform<T>(
  target: CoreHolder,
  core: Core,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
  keep: Keep,
  site: CallSite | undefined,
  upload: Sender | undefined,
  read: Read,
): Promise<T> {
  try {
    checkForeignNames(target, method, params);
    let sent: Sent;
    let value: unknown;
    if (upload !== undefined && params !== undefined && paramOf(params, "media") !== undefined) {
      const uploaded = await upload(core, method, params, options);
      sent = uploaded.sent;
      value = await read(core, method, uploaded.prepared, sent);
    } else {
      const prepared = prepare(core, method, params, options, false);
      const { observer } = prepared;
      if (observer === undefined) {
        sent = await send(core, prepared);
        const got = read(core, method, prepared, sent);
        value = got instanceof Promise ? await got : got;
      } else {
        [sent, value] = await observer.call(async () => {
          const got = await send(core, prepared);
          return [got, await read(core, method, prepared, got)];
        });
      }
    }
    keep(sent.request, sent.response);
    // The document says that this is what the method answers.
    return value as T;
  } catch (error) {
    throw leadingToCaller(error, perform, site);
  }
}

/** The value of a method's answer: at once where the body is a string or bytes, as it is by default. */
function valueOf(core: Core, method: MethodDescriptor, _prepared: PreparedCall, sent: Sent): unknown {
  if (method.response === undefined) return undefined;
  const text = textOf(sent.request, sent.response);
  if (typeof text === "string") return parsed(core, method, sent, text);
  return text.then((read) => parsed(core, method, sent, read));
}

function parsed(core: Core, method: MethodDescriptor, { request, response }: Sent, text: string): unknown {
  const value = parseValue(core.api, request, response, text);
  if (Array.isArray(value) && method.response === "json") warnOfArray(core, method);
  return value;
}

/** Each property of the type would be `undefined`. */
function warnOfArray({ api, log }: Core, { id }: MethodDescriptor): void {
  const text = `${id}: the response is a JSON array, but its type is one message. If the method streams its responses, set \`streaming: { "${id}": true }\` for ${api.id} in discogen.config.ts and generate its client again`;
  log?.("warn", text, { methodId: id });
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
