// slow: fills caches.
/** How many tokens are cached, and which are dropped first. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { ServiceAccountCredentials } from "../../../runtime/src/auth.js";
import type { Transport } from "../../../runtime/src/index.js";
import { keyFor } from "../support/keys.js";

afterEach(() => void vi.useRealTimers());

/** A token endpoint without a network; `lifetime` in seconds. */
function endpoint(lifetime: () => number = () => 3600): { readonly transport: Transport; requests(): number } {
  let requests = 0;
  const send: Transport["send"] = async () => {
    const body = JSON.stringify({ access_token: `token-${String(++requests)}`, expires_in: lifetime() });
    return { status: 200, headers: {}, body };
  };
  return { transport: { send }, requests: () => requests };
}

const credentials = (transport: Transport, tokenCacheSize?: number): ServiceAccountCredentials =>
  ServiceAccountCredentials.fromJSON(keyFor("https://oauth2.googleapis.com/token"), { transport, tokenCacheSize });

it.each([
  [3000, 250, 1],
  [250, 250, 1],
  [undefined, 250, 1],
  [249, 250, 2],
  [1, 3, 2],
])(
  "a cache of %s: %d subject and scope pairs in turn request each token %d times in 2 rounds",
  async (size, pairs, times) => {
    const { transport, requests } = endpoint();
    const auth = credentials(transport, size);
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < pairs; i++)
        await auth
          .withScopes([`scope-${String(i % 5)}`])
          .withSubject(`user-${String(i)}@example.com`)
          .getRequestHeaders();
    }
    expect(requests()).toBe(pairs * times);
  },
);

it("requests 2,500 tokens once each if the cache size is 3,000", { timeout: 120_000 }, async () => {
  const { transport, requests } = endpoint();
  const auth = credentials(transport, 3000);
  for (let i = 0; i < 5000; i++)
    await auth
      .withSubject(`user-${String(i % 500)}@example.com`)
      .withScopes([`scope-${String(Math.floor(i / 500) % 5)}`])
      .getRequestHeaders();
  expect(requests()).toBe(2500);
});

it("drops expired tokens before valid ones", async () => {
  vi.useFakeTimers({ now: 0, toFake: ["Date"] });
  let lifetime = 36_000;
  const { transport, requests } = endpoint(() => lifetime);
  const auth = credentials(transport, 3).withScopes(["scope"]);
  const use = (user: string): Promise<unknown> => auth.withSubject(`${user}@example.com`).getRequestHeaders();
  await use("long");
  lifetime = 600;
  await use("short");
  await use("shorter");
  vi.setSystemTime(3_600_000);
  await use("new");
  expect(requests()).toBe(4);
  await use("long");
  expect(requests()).toBe(4);
});

describe("tokenCacheSize must be a positive integer", () => {
  it.each([0, -1, 1.5, Number.NaN, "7"])("not %j", (size) =>
    expect(() => credentials(endpoint().transport, size as number)).toThrow(
      "tokenCacheSize must be an integer, 1 or more",
    ),
  );
});
