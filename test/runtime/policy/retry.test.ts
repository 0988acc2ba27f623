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

describe("what is tried again", () => {
  it.each<[string, Failure, boolean, boolean]>([
    // failure, when idempotent, when not
    ["400", status(400), false, false],
    ["401", status(401), false, false],
    ["403", status(403), false, false],
    ["403 over a legacy rate limit", status(403, undefined, "rateLimitExceeded"), true, false],
    ["403 over a person's rate limit", status(403, undefined, "userRateLimitExceeded"), true, false],
    ["403 over a rate limit of ErrorInfo", status(403, undefined, "RATE_LIMIT_EXCEEDED"), true, false],
    ["403 over a daily limit", status(403, undefined, "dailyLimitExceeded"), false, false],
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
    ["no connection in time", connection("UND_ERR_CONNECT_TIMEOUT", false), true, true],
    ["an unknown host", connection("ENOTFOUND", false), true, true],
    ["a reset before anything was sent", connection("ECONNRESET", false), true, true],
    ["a certificate that is refused", connection("CERT_HAS_EXPIRED", false), false, false],
    ["a dispatcher that was closed", connection("UND_ERR_CLOSED", false), false, false],
    ["an error without a code", connection(undefined), false, false],
    ["one of which the transport says that nothing was sent", connection(undefined, false), true, true],
    ["anything final", { kind: "final" }, false, false],
  ])("%s", (_name, failure, whenIdempotent, whenNot) => {
    expect(pauseBefore(0, policy, failure, 0.5) !== undefined).toBe(whenIdempotent);
    expect(pauseBefore(0, { ...policy, idempotent: false }, failure, 0.5) !== undefined).toBe(whenNot);
  });

  it.each<[number, boolean]>([
    [0, true],
    [2, true],
    [3, false],
  ])("after %s failed attempts before: %s", (attempt, again) => {
    expect(pauseBefore(attempt, policy, status(503), 0) !== undefined).toBe(again);
  });
});

describe("pauses", () => {
  it.each<[string, number, number, Failure, number | undefined]>([
    // attempt, random, failure, pause
    ["none of the first share", 0, 0, status(503), 0],
    ["half of the first share", 0, 0.5, status(503), 250],
    ["shares double", 1, 0.5, status(503), 500],
    ["and double", 2, 0.5, status(503), 1000],
    ["the server's wish is the least", 0, 0, status(503, 2000), 2000],
    ["with a share on top", 0, 0.5, status(503, 2000), 2250],
    ["at the longest", 0, 0.5, status(503, 60_000), 60_000],
    ["a wish beyond the longest is not waited for", 0, 0.5, status(503, 60_001), undefined],
  ])("%s", (_name, attempt, random, failure, want) => {
    expect(pauseBefore(attempt, policy, failure, random)).toBe(want);
  });

  it("are never longer than maxDelay", () => {
    expect(pauseBefore(9, { attempts: 10, maxDelay: 700, idempotent: true }, status(500), 1)).toBe(700);
  });
});

describe("Retry-After", () => {
  // Every date of HTTP is one of Greenwich, wherever its reader is.
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
    // Clocks differ: it does not say how long to wait.
    ["Sun, 22 Nov 2026 11:00:00 GMT", undefined],
    ["soon", undefined],
    ["-5", undefined],
    ["2026", 2_026_000],
    ["", undefined],
    [undefined, undefined],
  ])("%s is %s ms", (value, want) => {
    expect(parseRetryAfter(value, now)).toBe(want);
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
    ["an empty one does not", of("POST", undefined, undefined, ""), { idempotent: false }],
    ["the caller may say so", of("POST", undefined, { idempotent: true }), { idempotent: true }],
    ["or the opposite", of("GET", undefined, { idempotent: false }), { idempotent: false }],
    ["the opposite beats a requestId", of("POST", undefined, { idempotent: false }, "id-1"), { idempotent: false }],
    ["false is one attempt", of("GET", undefined, false), { attempts: 0 }],
    ["the client's false holds", of("GET", false), { attempts: 0 }],
    ["until the call says otherwise", of("GET", false, {}), { attempts: 3 }],
    ["the call's false beats the client's fields", of("GET", { attempts: 7 }, false), { attempts: 0 }],
    ["fields are joined", of("GET", { attempts: 7, maxDelay: 1 }, { maxDelay: 2 }), { attempts: 7, maxDelay: 2 }],
  ])("%s", (_name, got, want) => {
    expect(got).toMatchObject(want);
  });
});
