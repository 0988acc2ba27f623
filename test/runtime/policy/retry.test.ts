/** The decisions of the retry policy, without a network or a clock. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MethodDescriptor, RetryOptions } from "../../../runtime/src/index.js";
import { type Failure, parseRetryAfter, pauseBefore, retryPolicy } from "../../../runtime/src/policy/retry.js";

const status = (code: number, retryAfter?: number, ...reasons: readonly string[]): Failure => ({
  kind: "status",
  status: code,
  reasons,
  retryAfter,
});
const connection = (systemCode: string | undefined, sent = true): Failure => ({ kind: "connection", sent, systemCode });
const policy = { attempts: 3, maxDelay: 60_000, idempotent: true };

describe("retries", () => {
  it.each<[string, Failure, boolean, boolean]>([
    // failure, when idempotent, when not
    ["400", status(400), false, false],
    ["401", status(401), false, false],
    ["403", status(403), false, false],
    ["403 with a legacy rate limit", status(403, undefined, "rateLimitExceeded"), true, false],
    ["403 with a user's rate limit", status(403, undefined, "userRateLimitExceeded"), true, false],
    ["403 with a rate limit in ErrorInfo", status(403, undefined, "RATE_LIMIT_EXCEEDED"), true, false],
    ["403 with a daily limit", status(403, undefined, "dailyLimitExceeded"), false, false],
    ["404", status(404), false, false],
    ["408", status(408), true, false],
    ["409", status(409), false, false],
    ["412", status(412), false, false],
    ["429", status(429), true, false],
    ["500", status(500), true, false],
    ["502", status(502), true, false],
    ["503", status(503), true, false],
    ["504", status(504), true, false],
    ["304", status(304), false, false],
    ["an attempt that timed out", { kind: "timeout" }, true, false],
    ["a reset connection", connection("ECONNRESET"), true, false],
    ["a socket that was closed", connection("UND_ERR_SOCKET"), true, false],
    ["a refused connection", connection("ECONNREFUSED", false), true, true],
    ["a connection timeout", connection("UND_ERR_CONNECT_TIMEOUT", false), true, true],
    ["an unknown host", connection("ENOTFOUND", false), true, true],
    ["a reset before anything was sent", connection("ECONNRESET", false), true, true],
    ["a rejected certificate", connection("CERT_HAS_EXPIRED", false), false, false],
    ["a dispatcher that was closed", connection("UND_ERR_CLOSED", false), false, false],
    ["an error without a code", connection(undefined), false, false],
    ["an error without a code before anything was sent", connection(undefined, false), true, true],
    ["a final error", { kind: "final" }, false, false],
  ])("%s", (_name, failure, whenIdempotent, whenNot) => {
    expect(pauseBefore(0, policy, failure, 0.5) !== undefined).toBe(whenIdempotent);
    expect(pauseBefore(0, { ...policy, idempotent: false }, failure, 0.5) !== undefined).toBe(whenNot);
  });

  it.each<[number, boolean]>([
    [0, true],
    [2, true],
    [3, false],
  ])("after %s failed attempts: %s", (attempt, again) => {
    expect(pauseBefore(attempt, policy, status(503), 0) !== undefined).toBe(again);
  });
});

describe("delays", () => {
  it.each<[string, number, number, Failure, number | undefined]>([
    // attempt, random, failure, delay
    ["start at 0", 0, 0, status(503), 0],
    ["are a random part of 500 ms", 0, 0.5, status(503), 250],
    ["double", 1, 0.5, status(503), 500],
    ["double again", 2, 0.5, status(503), 1000],
    ["are at least the server's delay", 0, 0, status(503, 2000), 2000],
    ["add a random part to the server's delay", 0, 0.5, status(503, 2000), 2250],
    ["end at maxDelay", 0, 0.5, status(503, 60_000), 60_000],
    ["do not exist if the server's delay is above maxDelay", 0, 0.5, status(503, 60_001), undefined],
  ])("%s", (_name, attempt, random, failure, expected) => {
    expect(pauseBefore(attempt, policy, failure, random)).toBe(expected);
  });

  it("are never longer than maxDelay", () => {
    expect(pauseBefore(9, { attempts: 10, maxDelay: 700, idempotent: true }, status(500), 1)).toBe(700);
  });
});

describe("Retry-After", () => {
  // HTTP dates are in GMT, in any local time zone.
  beforeEach(() => void vi.stubEnv("TZ", "Asia/Tokyo"));
  afterEach(() => void vi.unstubAllEnvs());

  const now = Date.UTC(2026, 10, 22, 12, 0, 0);
  it.each<[string | undefined, number | undefined]>([
    ["120", 120_000],
    [" 1.5 ", 1500],
    ["0", 0],
    ["Sun, 22 Nov 2026 12:00:30 GMT", 30_000],
    ["Sunday, 22-Nov-26 12:00:30 GMT", 30_000],
    ["Sun Nov 22 12:00:30 2026", 30_000],
    // The clocks differ, so the delay is unknown.
    ["Sun, 22 Nov 2026 11:00:00 GMT", undefined],
    ["soon", undefined],
    ["-5", undefined],
    ["2026", 2_026_000],
    ["", undefined],
    [undefined, undefined],
  ])("%s is %s ms", (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});

describe("the policy of a call", () => {
  const method = (httpMethod: MethodDescriptor["httpMethod"]): MethodDescriptor => ({ id: "m", httpMethod, path: "x" });
  const of = (
    verb: MethodDescriptor["httpMethod"],
    client?: false | RetryOptions,
    call?: false | RetryOptions,
    requestId?: unknown,
  ): unknown => retryPolicy(method(verb), requestId, client, call);

  it.each<[MethodDescriptor["httpMethod"], boolean]>([
    ["GET", true],
    ["HEAD", true],
    ["OPTIONS", true],
    ["PUT", true],
    ["DELETE", true],
    ["POST", false],
    ["PATCH", false],
  ])("%s is idempotent: %s", (verb, idempotent) => {
    expect(of(verb)).toEqual({ attempts: 3, maxDelay: 60_000, idempotent });
  });

  it.each<[string, unknown, Record<string, unknown>]>([
    ["a requestId makes POST safe", of("POST", undefined, undefined, "id-1"), { idempotent: true }],
    ["an empty requestId does not", of("POST", undefined, undefined, ""), { idempotent: false }],
    ["the option makes POST safe", of("POST", undefined, { idempotent: true }), { idempotent: true }],
    ["the option makes GET unsafe", of("GET", undefined, { idempotent: false }), { idempotent: false }],
    ["the option overrides a requestId", of("POST", undefined, { idempotent: false }, "id-1"), { idempotent: false }],
    ["false is one attempt", of("GET", undefined, false), { attempts: 0 }],
    ["the client's false applies", of("GET", false), { attempts: 0 }],
    ["the call's options override the client's false", of("GET", false, {}), { attempts: 3 }],
    ["the call's false overrides the client's options", of("GET", { attempts: 7 }, false), { attempts: 0 }],
    ["options are merged", of("GET", { attempts: 7, maxDelay: 1 }, { maxDelay: 2 }), { attempts: 7, maxDelay: 2 }],
  ])("%s", (_name, got, expected) => {
    expect(got).toMatchObject(expected);
  });
});
