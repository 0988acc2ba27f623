/**
 * Lets others watch calls: logs, and `node:diagnostics_channel` for tracing. Nothing of this runs where nobody watches.
 *
 * Channels: `tracingChannel("discogen:call")` with a {@link CallTrace}, `tracingChannel("discogen:attempt")` with an
 * {@link AttemptTrace}, and `channel("discogen:retry")` with a {@link RetryTrace}. Each call, and each attempt, has one
 * object for all its events. No object holds a secret.
 */
import type * as Diagnostics from "node:diagnostics_channel";
import { diagnostics } from "../platform/node/environment.js";
import { ApiError, type DiscogenError } from "../errors.js";
import { redactHeaders, urlOf } from "../redact.js";
import type { HttpRequest, HttpResponse } from "../transport/transport.js";
import type { Log } from "./logger.js";

/** One call, from its first sign-in to its value. */
export interface CallTrace {
  /** `name:version`, for instance `sqladmin:v1beta3`. */
  readonly api: string;
  /** For instance `sql.instances.list`. */
  readonly methodId: string;
  readonly httpMethod: string;
  /** Attempts so far. */
  attempts: number;
  /** Of the last answer, where one came. */
  status: number | undefined;
  /** What the call threw. */
  error?: unknown;
}

/** One request and its answer. */
export interface AttemptTrace {
  readonly call: CallTrace;
  /** 1 for the first. */
  readonly attempt: number;
  readonly httpMethod: string;
  /** Secret query values are blanked, and all but the host of an upload session. */
  readonly url: string;
  /** Values that are secret are blanked. */
  readonly headers: { readonly [name: string]: string };
  status: number | undefined;
  /** What the attempt threw; an answer of any status is no error here. */
  error?: unknown;
}

/** An attempt failed and another one follows. */
export interface RetryTrace {
  readonly call: CallTrace;
  /** The attempt that failed; 1 for the first. */
  readonly attempt: number;
  readonly error: DiscogenError;
  /** Milliseconds until the next. */
  readonly delay: number;
}

type Watched<Trace extends object> = Diagnostics.TracingChannel<unknown, Trace> | undefined;

interface Channels {
  readonly calls: Watched<CallTrace>;
  readonly attempts: Watched<AttemptTrace>;
  readonly retries: Diagnostics.Channel | undefined;
}

let made: Channels | undefined;

/** Made with the first call: a program that starts need not wait for them. */
function channels(): Channels {
  return (made ??= makeChannels(diagnostics()));
}

function makeChannels(offered: typeof Diagnostics | undefined): Channels {
  return {
    calls: offered?.tracingChannel("discogen:call"),
    attempts: offered?.tracingChannel("discogen:attempt"),
    retries: offered?.channel("discogen:retry"),
  };
}

/** Whether anybody watches. */
export function isWatched(log: Log | undefined): boolean {
  if (log !== undefined) return true;
  const { attempts, calls, retries } = channels();
  return calls?.hasSubscribers === true || attempts?.hasSubscribers === true || retries?.hasSubscribers === true;
}

/** Watches one call. */
export class CallObserver {
  readonly #log: Log | undefined;
  readonly #trace: CallTrace;
  readonly #start = performance.now();

  constructor(api: string, methodId: string, httpMethod: string, log: Log | undefined) {
    this.#log = log;
    this.#trace = { api, methodId, httpMethod, attempts: 0, status: undefined };
  }

  /** Around the whole call. */
  async call<T>(work: () => Promise<T>): Promise<T> {
    const trace = this.#trace;
    try {
      const value = await traced(channels().calls, trace, work);
      this.#tell("info", `done with status ${String(trace.status)} ${this.#soFar()}`, this.#facts());
      return value;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#tell("error", `failed ${this.#soFar()}: ${message}`, { ...this.#facts(), error });
      throw error;
    }
  }

  /** Around one attempt. */
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
    this.#tell("debug", `attempt ${String(attempt)}: ${httpMethod} ${url}`, { attempt, httpMethod, url, headers });
    const start = performance.now();
    const response = await traced(channels().attempts, trace, work, ({ status }) => {
      trace.status = status;
      call.status = status;
    });
    const duration = Math.round(performance.now() - start);
    const { status } = response;
    const text = `attempt ${String(attempt)} answered with status ${String(status)} after ${String(duration)} ms`;
    this.#tell("debug", text, { attempt, status, duration });
    return response;
  }

  /** Before the pause that follows an attempt which failed. */
  retry(error: DiscogenError, delay: number): void {
    const call = this.#trace;
    const attempt = call.attempts;
    const { retries } = channels();
    if (retries?.hasSubscribers === true) retries.publish({ call, attempt, error, delay } satisfies RetryTrace);
    const said = error instanceof ApiError ? `status ${String(error.status)}` : error.code;
    const text = `attempt ${String(attempt)} failed (${said}), next one in ${String(Math.round(delay))} ms`;
    this.#tell("warn", text, { attempt, error, delay });
  }

  #tell(level: "debug" | "error" | "info" | "warn", text: string, fields: { readonly [field: string]: unknown }): void {
    const { methodId } = this.#trace;
    this.#log?.(level, `${methodId}: ${text}`, { methodId, ...fields });
  }

  #soFar(): string {
    const { attempts } = this.#trace;
    return `after ${this.#duration()} ms and ${String(attempts)} ${attempts === 1 ? "attempt" : "attempts"}`;
  }

  #facts(): { readonly [field: string]: unknown } {
    const { attempts, status } = this.#trace;
    return { attempts, status, duration: this.#duration() };
  }

  #duration(): number {
    return Math.round(performance.now() - this.#start);
  }
}

/** Tells the channel of the work, but not of its value, which may hold secrets and megabytes. */
async function traced<T, Trace extends object>(
  watched: Watched<Trace>,
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
  await (watched === undefined ? noted() : watched.tracePromise(noted, trace));
  // The work was done, or it would have thrown.
  return done[0] as T;
}
