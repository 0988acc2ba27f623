/** When a token is used, refreshed in the background, or waited for. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Token, TokenCache } from "../../../runtime/src/auth/token-cache.js";

const minute = 60_000;
const hour = 60 * minute;

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function source(life = hour): {
  readonly fetch: () => Promise<Token>;
  calls(): number;
  fail(error: Error | undefined): void;
} {
  let calls = 0;
  let failure: Error | undefined;
  return {
    fetch: async () => {
      calls++;
      if (failure !== undefined) throw failure;
      return {
        token: "t",
        headers: { authorization: String(calls) },
        obtained: Date.now(),
        expires: Date.now() + life,
      };
    },
    calls: () => calls,
    fail: (error) => void (failure = error),
  };
}

const used = async (token: Promise<Token>): Promise<string | undefined> => (await token).headers["authorization"];

describe("a token for an hour", () => {
  it.each<[string, number, string, number]>([
    // name, minutes later, the token used, total requests
    ["is used while it is fresh", 50, "1", 1],
    ["is used and refreshed in the background when it expires soon", 57, "1", 2],
    ["is waited for shortly before it expires", 59.5, "2", 2],
    ["is waited for after it has expired", 61, "2", 2],
  ])("%s", async (_name, minutes, expected, calls) => {
    const cache = new TokenCache();
    const { fetch, ...counted } = source();
    await cache.get(fetch);
    vi.setSystemTime(minutes * minute);
    expect(await used(cache.get(fetch))).toBe(expected);
    expect(counted.calls()).toBe(calls);
    expect(await used(cache.get(fetch))).toBe(String(calls));
  });

  it("is used until it expires if a refresh fails, without a request for every call", async () => {
    const cache = new TokenCache();
    const { fail, fetch, ...counted } = source();
    await cache.get(fetch);
    fail(new Error("down"));
    for (const minutes of [57, 57.01, 59.5, 59.51]) {
      vi.setSystemTime(minutes * minute);
      expect(await used(cache.get(fetch))).toBe("1");
    }
    expect(counted.calls()).toBe(3);
    vi.setSystemTime(60 * minute);
    await expect(cache.get(fetch)).rejects.toThrow("down");
    fail(undefined);
    expect(await used(cache.get(fetch))).toBe("5");
  });
});

it("a token with a short lifetime is not refreshed for every call", async () => {
  const cache = new TokenCache();
  const { fetch, ...counted } = source(20_000);
  await cache.get(fetch);
  vi.setSystemTime(10_000);
  await cache.get(fetch);
  expect(counted.calls()).toBe(1);
  expect(cache.fresh()).toBeUndefined();
});

it("the first failure is not cached", async () => {
  const cache = new TokenCache();
  const { fail, fetch, ...counted } = source();
  fail(new Error("down"));
  await expect(Promise.all([cache.get(fetch), cache.get(fetch)])).rejects.toThrow("down");
  expect(counted.calls()).toBe(1);
  fail(undefined);
  expect(await used(cache.get(fetch))).toBe("2");
});

it("does not send a request for every call while a server is down, and recovers", async () => {
  const cache = new TokenCache();
  const { fail, fetch, ...counted } = source();
  fail(new Error("down"));
  const attempt = (): Promise<unknown> => cache.get(fetch).catch((error: unknown) => error);
  for (let i = 0; i < 100; i++) expect(await attempt()).toMatchObject({ message: "down" });
  expect(counted.calls()).toBe(2);
  // A call every ten milliseconds for a minute: delays double up to 15 seconds.
  for (let now = 0; now < minute; now += 10) {
    vi.setSystemTime(now);
    await attempt();
  }
  expect(counted.calls()).toBe(9);
  fail(undefined);
  vi.setSystemTime(2 * minute);
  expect(await used(cache.get(fetch))).toBe("10");
  cache.forget("10");
  fail(new Error("down again"));
  await attempt();
  fail(undefined);
  expect(await used(cache.get(fetch))).toBe("12");
});

it("requests a token again after a clock that was ahead is set back", async () => {
  const cache = new TokenCache();
  const { fail, fetch, ...counted } = source();
  fail(new Error("down"));
  vi.setSystemTime(hour);
  for (let i = 0; i < 3; i++) await cache.get(fetch).catch(() => undefined);
  expect(counted.calls()).toBe(2);
  fail(undefined);
  vi.setSystemTime(0);
  expect(await used(cache.get(fetch))).toBe("3");
});

it("a refresh under constant load delays no call, and is one request", async () => {
  const cache = new TokenCache();
  let calls = 0;
  let respond: (() => void) | undefined;
  const fetch = async (): Promise<Token> => {
    const authorization = String(++calls);
    if (calls > 1) await new Promise<void>((resolve) => (respond = resolve));
    return { token: "t", headers: { authorization }, obtained: Date.now(), expires: Date.now() + hour };
  };
  await cache.get(fetch);
  vi.setSystemTime(57 * minute);
  // Each call is settled before the pending request could have a result.
  for (let i = 0; i < 1000; i++) expect(await used(cache.get(fetch))).toBe("1");
  expect(calls).toBe(2);
  respond?.();
  await vi.waitFor(async () => expect(await used(cache.get(fetch))).toBe("2"));
  expect(calls).toBe(2);
});

it("a cached token is fresh until it expires soon, or is rejected", async () => {
  const cache = new TokenCache();
  const { fetch } = source();
  expect(cache.fresh()).toBeUndefined();
  const token = await cache.get(fetch);
  expect(cache.fresh()).toBe(token);
  cache.forget("another");
  expect(cache.fresh()).toBe(token);
  vi.setSystemTime(57 * minute);
  expect(cache.fresh()).toBeUndefined();
  vi.setSystemTime(0);
  cache.forget("1");
  expect(cache.fresh()).toBeUndefined();
});
