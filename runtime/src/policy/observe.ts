/**
 * Reports calls to the log and to `node:diagnostics_channel`, for tracing. Does nothing without a logger or subscriber.
 *
 * Channels: `tracingChannel("discogen:call")` with a {@link CallTrace}, `tracingChannel("discogen:attempt")` with an
 * {@link AttemptTrace}, and `channel("discogen:retry")` with a {@link RetryTrace}. Each call and each attempt has one
 * object for all its events. The objects contain no secrets.
 */
import type * as Diagnostics from "node:diagnostics_channel";
import { ApiError, type DiscogenError } from "../errors.js";
import { diagnostics } from "../platform/node/environment.js";
import { redactHeaders, urlOf } from "../redact.js";
import type { HttpRequest, HttpResponse } from "../transport/transport.js";
import type { Log } from "./logger.js";

/** One call, from authentication to its value. */
export interface CallTrace {
  /** `name:version`, for example `sqladmin:v1beta3`. */
  readonly api: string;
  /** For example `sql.instances.list`. */
  readonly methodId: string;
  readonly httpMethod: string;
  /** The number of attempts so far. */
  attempts: number;
  /** The status of the last response, if any. */
  status: number | undefined;
  /** The error of the call. */
  error?: unknown;
}

/** One request and its response. */
export interface AttemptTrace {
  readonly call: CallTrace;
  /** 1 for the first. */
  readonly attempt: number;
  readonly httpMethod: string;
  /** Secret query values are redacted, and all but the host of an upload session. */
  readonly url: string;
  /** Secret values are redacted. */
  readonly headers: { readonly [name: string]: string };
  status: number | undefined;
  /** The error of the attempt. A response of any status is not an error here. */
  error?: unknown;
}

/** A failed attempt that is retried. */
export interface RetryTrace {
  readonly call: CallTrace;
  /** The failed attempt; 1 for the first. */
  readonly attempt: number;
  readonly error: DiscogenError;
  /** Milliseconds until the next attempt. */
  readonly delay: number;
}

type Channel<Trace extends object> = Diagnostics.TracingChannel<unknown, Trace> | undefined;

interface Channels {
  readonly calls: Channel<CallTrace>;
  readonly attempts: Channel<AttemptTrace>;
  readonly retries: Diagnostics.Channel | undefined;
}

let cached: Channels | undefined;

/** Creates the channels with the first call, so that the start of a program need not wait for them. */
function channels(): Channels {
  return (cached ??= createChannels(diagnostics()));
}

function createChannels(offered: typeof Diagnostics | undefined): Channels {
  return {
    calls: offered?.tracingChannel("discogen:call"),
    attempts: offered?.tracingChannel("discogen:attempt"),
    retries: offered?.channel("discogen:retry"),
  };
}

/** Whether there is a log or a subscriber. */
export function isObserved(log: Log | undefined): boolean {
  if (log !== undefined) return true;
  const { attempts, calls, retries } = channels();
  return calls?.hasSubscribers === true || attempts?.hasSubscribers === true || retries?.hasSubscribers === true;
}

/** Reports one call. */
export class CallObserver {
  readonly #log: Log | undefined;
  readonly #trace: CallTrace;
  readonly #start = performance.now();

  constructor(api: string, methodId: string, httpMethod: string, log: Log | undefined) {
    this.#log = log;
    this.#trace = { api, methodId, httpMethod, attempts: 0, status: undefined };
  }

  /** Runs a call and reports its outcome. */
  async call<T>(work: () => Promise<T>): Promise<T> {
    const trace = this.#trace;
    try {
      const value = await traced(channels().calls, trace, work);
      this.#write("info", `done with status ${String(trace.status)} ${this.#summary()}`, this.#fields());
      return value;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#write("error", `failed ${this.#summary()}: ${message}`, { ...this.#fields(), error });
      throw error;
    }
  }

  /** Runs one attempt and reports it. */
  async attempt(request: HttpRequest, work: () => Promise<HttpResponse>): Promise<HttpResponse> {
    const call = this.#trace;
    const trace: AttemptTrace = {
      call,
      attempt: ++call.attempts,
      httpMethod: request.method,
      url: urlOf(request),
      headers: redactHeaders(request.headers),
      status: undefined,
    };
    const { attempt, headers, httpMethod, url } = trace;
    this.#write("debug", `attempt ${String(attempt)}: ${httpMethod} ${url}`, { attempt, httpMethod, url, headers });
    const start = performance.now();
    const response = await traced(channels().attempts, trace, work, ({ status }) => {
      trace.status = status;
      call.status = status;
    });
    const duration = Math.round(performance.now() - start);
    const { status } = response;
    const text = `attempt ${String(attempt)} received status ${String(status)} after ${String(duration)} ms`;
    this.#write("debug", text, { attempt, status, duration });
    return response;
  }

  /** Reports a failed attempt before the delay. */
  retry(error: DiscogenError, delay: number): void {
    const call = this.#trace;
    const attempt = call.attempts;
    const { retries } = channels();
    if (retries?.hasSubscribers === true) retries.publish({ call, attempt, error, delay } satisfies RetryTrace);
    const reason = error instanceof ApiError ? `status ${String(error.status)}` : error.code;
    const text = `attempt ${String(attempt)} failed (${reason}), next one in ${String(Math.round(delay))} ms`;
    this.#write("warn", text, { attempt, error, delay });
  }

  #write(
    level: "debug" | "error" | "info" | "warn",
    text: string,
    fields: { readonly [field: string]: unknown },
  ): void {
    const { methodId } = this.#trace;
    this.#log?.(level, `${methodId}: ${text}`, { methodId, ...fields });
  }

  #summary(): string {
    const { attempts } = this.#trace;
    return `after ${this.#duration()} ms and ${String(attempts)} ${attempts === 1 ? "attempt" : "attempts"}`;
  }

  #fields(): { readonly [field: string]: unknown } {
    const { attempts, status } = this.#trace;
    return { attempts, status, duration: this.#duration() };
  }

  #duration(): number {
    return Math.round(performance.now() - this.#start);
  }
}

/** Reports the work to the channel without its value, which may be large and contain secrets. */
async function traced<T, Trace extends object>(
  channel: Channel<Trace>,
  trace: Trace,
  work: () => Promise<T>,
  note: (value: T) => void = () => undefined,
): Promise<T> {
  const done: T[] = [];
  const noted = async (): Promise<void> => {
    const value = await work();
    note(value);
    done.push(value);
  };
  await (channel === undefined ? noted() : channel.tracePromise(noted, trace));
  // The work is done, because it did not throw.
  return done[0] as T;
}
