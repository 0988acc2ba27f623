/** When a token is used, renewed behind the scenes, or waited for. */
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
    // what, minutes after, the token used, requests in all
    ["serves as it is", 50, "1", 1],
    ["serves while it is renewed, near its end", 57, "1", 2],
    ["is waited for at its very end", 59.5, "2", 2],
    ["is waited for after its end", 61, "2", 2],
  ])("%s", async (_name, minutes, want, calls) => {
    const cache = new TokenCache();
    const { fetch, ...counted } = source();
    await cache.get(fetch);
    vi.setSystemTime(minutes * minute);
    expect(await used(cache.get(fetch))).toBe(want);
    expect(counted.calls()).toBe(calls);
    expect(await used(cache.get(fetch))).toBe(String(calls));
  });

  it("serves to its end where it cannot be renewed, without asking each time", async () => {
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

it("a token that lives shortly is not renewed for every call", async () => {
  const cache = new TokenCache();
  const { fetch, ...counted } = source(20_000);
  await cache.get(fetch);
  vi.setSystemTime(10_000);
  await cache.get(fetch);
  expect(counted.calls()).toBe(1);
  expect(cache.fresh()).toBeUndefined();
});

it("a failure is not kept", async () => {
  const cache = new TokenCache();
  const { fail, fetch, ...counted } = source();
  fail(new Error("down"));
  await expect(Promise.all([cache.get(fetch), cache.get(fetch)])).rejects.toThrow("down");
  expect(counted.calls()).toBe(1);
  fail(undefined);
  expect(await used(cache.get(fetch))).toBe("2");
});

it("is not asked for every call while a server stays down, and is asked again in the end", async () => {
  const cache = new TokenCache();
  const { fail, fetch, ...counted } = source();
  fail(new Error("down"));
  const attempt = (): Promise<unknown> => cache.get(fetch).catch((error: unknown) => error);
  for (let i = 0; i < 100; i++) expect(await attempt()).toMatchObject({ message: "down" });
  expect(counted.calls()).toBe(2);
  // A minute of one call every ten milliseconds: pauses double up to 15 seconds.
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

it("is asked for again after a clock that was ahead is set right", async () => {
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

it("under steady load a renewal keeps no call waiting, and is one request", async () => {
  const cache = new TokenCache();
  let calls = 0;
  let answer: (() => void) | undefined;
  const fetch = async (): Promise<Token> => {
    const authorization = String(++calls);
    if (calls > 1) await new Promise<void>((resolve) => (answer = resolve));
    return { token: "t", headers: { authorization }, obtained: Date.now(), expires: Date.now() + hour };
  };
  await cache.get(fetch);
  vi.setSystemTime(57 * minute);
  // Each is settled before anything could have come of the request under way.
  for (let i = 0; i < 1000; i++) expect(await used(cache.get(fetch))).toBe("1");
  expect(calls).toBe(2);
  answer?.();
  await vi.waitFor(async () => expect(await used(cache.get(fetch))).toBe("2"));
  expect(calls).toBe(2);
});

it("a token at hand is fresh until it is near its end, or refused", async () => {
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
