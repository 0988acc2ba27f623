/** Starts calls. */
import { callSite } from "../call/call-site.js";
import type { Call } from "../call/call.js";
import { coreOf } from "../call/core.js";
import { decodeJson } from "../call/decode-json.js";
import { perform } from "../call/perform.js";
import { type ApiPromise, type Executor, keepResponse } from "./api-promise.js";

/** A call before it starts. `decode` is {@link decodeJson} by default. */
export type NewCall = Pick<Call, "method" | "options" | "params" | "resource"> & {
  readonly [Name in "decode" | "upload"]?: Call[Name] | undefined;
};

/** Starts a call and returns its promise, which `make` creates. A call of a batch waits in the batch's collector. */
export function begin<T, P extends ApiPromise<T>>(newCall: NewCall, make: (executor: Executor<T>) => P): P {
  const { decode = decodeJson, method, options, params, resource, upload } = newCall;
  const own = coreOf(resource);
  const collector = own.batch?.collector;
  const call: Call = {
    core: collector?.core ?? own,
    resource,
    method,
    params,
    options,
    upload,
    decode,
    // A call of a batch may fail before anything awaits it, so the stack of its error must be recorded here.
    site: collector === undefined ? undefined : callSite(begin),
  };
  // Outside the executor, so that few frames are between the caller and an error that is thrown immediately.
  const work = perform<T>(call, (request, response) => keepResponse(promise, request, response));
  // V8 follows `then` for the stack of an error, so it leads to the code that awaits this promise.
  const promise = make((resolve, reject) => void work.then(resolve, reject));
  collector?.add(promise);
  return promise;
}
