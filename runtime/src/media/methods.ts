/** The functions that generated methods call for content. Programs without such methods do not contain this module. */
import { type CallSite, callSite, leadingToCaller } from "../call/call-site.js";
import type { CallInput, Decode, Sender } from "../call/call.js";
import { type CoreHolder, coreOf } from "../call/core.js";
import type { CallOptions } from "../call/options.js";
import { prepare } from "../call/prepare.js";
import { type PreparedCall, abortedCall, expiredCall, remainingOf } from "../call/prepared-call.js";
import { send } from "../call/send.js";
import type { MethodDescriptor } from "../method.js";
import type { Limits } from "../policy/wait.js";
import { ApiPromise, type Executor } from "../response/api-promise.js";
import { begin } from "../response/begin.js";
import { MediaResponse, untilDeadline } from "../response/media-response.js";
import { type ByteRange, type Download, type DownloadOptions, checkDownloadOptions, rangeField } from "./download.js";
import { Content } from "./lazy-content.js";

/** Calls a method that returns raw bytes (HttpBody). `upload` sends the call if `params` has `media`. */
export function content(
  resource: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: CallOptions | undefined,
  upload?: Sender,
): ApiPromise<MediaResponse> {
  const decode: Decode = (call, sent) => mediaOf({ call, sent, onProgress: undefined });
  const make = (executor: Executor<MediaResponse>): ApiPromise<MediaResponse> => new ApiPromise(executor);
  return begin({ resource, method, params, options, upload, decode }, make);
}

/** Calls a method for the content of its resource (`alt=media`) instead of the resource's metadata. */
export function download(
  resource: CoreHolder,
  method: MethodDescriptor,
  params: object | undefined,
  options: DownloadOptions | undefined,
): Promise<MediaResponse> {
  const own = coreOf(resource);
  const collector = own.batch?.collector;
  const site = collector === undefined ? undefined : callSite(download);
  const media = fetchMedia({ core: collector?.core ?? own, method, params, options, isDownload: true }, site);
  collector?.add(media);
  return media;
}

async function fetchMedia(
  input: CallInput & { readonly options: DownloadOptions | undefined },
  site: CallSite | undefined,
): Promise<MediaResponse> {
  try {
    const { method, options } = input;
    if (options !== undefined) checkDownloadOptions(method.id, options);
    const complete = prepare(input);
    const call = options?.range === undefined ? complete : withRange(complete, options.range);
    const work = async (): Promise<MediaResponse> =>
      mediaOf({ call, sent: await send(call), onProgress: options?.onProgress });
    return await (call.observer === undefined ? work() : call.observer.call(work));
  } catch (error) {
    throw leadingToCaller(error, fetchMedia, site);
  }
}

function withRange(call: PreparedCall, range: ByteRange): PreparedCall {
  const headers = { ...call.built.headers, range: rangeField(call.methodId, range) };
  return { ...call, built: { ...call.built, headers } };
}

function mediaOf(download: Download): MediaResponse {
  const { request, response } = download.sent;
  const { deadline, totalTimeout } = download.call;
  const content = new Content(download);
  const bounded =
    deadline === Infinity ? content : untilDeadline(request, content, deadline - performance.now(), totalTimeout);
  return new MediaResponse(request, response, readByCaller(bounded), limitsOf(download.call));
}

/** Returns the same body, but the stacks of its errors lead to the code that reads it. */
function readByCaller(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    try {
      return await chunks.next();
    } catch (error) {
      throw leadingToCaller(error, next);
    }
  };
  const iterator: AsyncIterableIterator<Uint8Array> = {
    next,
    return: async () => (await chunks.return?.()) ?? { done: true, value: undefined },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

/** The limits of a call. `remaining` is computed when it is read. */
function limitsOf(call: PreparedCall): Limits {
  return {
    signal: call.signal,
    get remaining() {
      return remainingOf(call);
    },
    aborted: () => abortedCall(call),
    expired: () => expiredCall(call),
  };
}
