/** A call that stops waiting for a token keeps no memory and no listener. The requests of other calls continue. */
import { getEventListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Credentials, ServiceAccountCredentials } from "../../../runtime/src/auth.js";
import { type Token, TokenCache } from "../../../runtime/src/auth/token-cache.js";
import { within } from "../../../runtime/src/policy/wait.js";
import { keyFor } from "../support/keys.js";
import { clientOf, failureOf } from "../support/library.js";
import { scopes } from "./external/support.js";

setFlagsFromString("--expose-gc");
// A new context has the function that the flag adds.
const gc = runInNewContext("gc") as () => void;

async function collected(reference: WeakRef<object>): Promise<boolean> {
  for (let i = 0; i < 20; i++) {
    await setImmediate();
    gc();
    if (reference.deref() === undefined) return true;
  }
  return false;
}

const never: Promise<never> = new Promise(() => undefined);

/** Credentials whose token never arrives. */
const kinds: readonly (readonly [string, () => Credentials])[] = [
  ["our", () => ServiceAccountCredentials.fromJSON(keyFor("https://a"), { scopes, transport: { send: () => never } })],
  ["another library's", () => ({ getRequestHeaders: () => never })],
];

/** Makes a call that stops waiting. */
async function givenUp(auth: Credentials, end: "abort" | "timeout"): Promise<WeakRef<object>> {
  const body = { title: "x".repeat(1000) };
  const controller = new AbortController();
  const { signal } = controller;
  const client = clientOf("http://127.0.0.1:1/", { auth });
  const limits = end === "abort" ? { signal } : { totalTimeout: 50 };
  const failure = failureOf(client.books.insert({ requestBody: body }, limits));
  await setImmediate();
  controller.abort();
  await failure;
  expect(getEventListeners(signal, "abort")).toEqual([]);
  return new WeakRef(body);
}

it.each(kinds.flatMap(([name, make]) => [[name, "abort", make] as const, [name, "timeout", make] as const]))(
  "a call with %s credentials is garbage collected after %s",
  async (_name, end, make) => {
    const auth = make();
    expect(await collected(await givenUp(auth, end))).toBe(true);
  },
);

it("a wait that has ended keeps no reference to its caller", async () => {
  const wait = async (): Promise<WeakRef<object>> => {
    const held = { text: "x".repeat(1000) };
    const controller = new AbortController();
    const end = (): Error => new Error(`ended: ${held.text.slice(0, 1)}`);
    const { signal } = controller;
    const waiting = failureOf(
      within(never, { signal, remaining: Number.POSITIVE_INFINITY, aborted: end, expired: end }),
    );
    controller.abort();
    expect(await waiting).toMatchObject({ message: "ended: x" });
    return new WeakRef(held);
  };
  expect(await collected(await wait())).toBe(true);
});

const tokenOf = (name: string): Token => ({
  token: name,
  headers: { authorization: name },
  obtained: Date.now(),
  expires: Date.now() + 3_600_000,
});

it("a function gets a signal that aborts when no call waits for it any more", async () => {
  const controller = new AbortController();
  let received: AbortSignal | undefined;
  const end = (): Error => new Error("over");
  const wait = within(
    (signal) => {
      received = signal;
      return never;
    },
    { signal: controller.signal, remaining: 1000, aborted: end, expired: end },
  );
  expect(received?.aborted).toBe(false);
  controller.abort();
  await failureOf(wait);
  expect(received?.aborted).toBe(true);
});

it("a request ends when the last waiting call has stopped, and not before", async () => {
  const cache = new TokenCache();
  const signals: AbortSignal[] = [];
  const fetch = (signal: AbortSignal): Promise<Token> => {
    signals.push(signal);
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("cut off"))));
  };
  const [first, second] = [new AbortController(), new AbortController()];
  const waits = [first, second].map(({ signal }) => failureOf(cache.get(fetch, signal)));
  first.abort();
  expect(await waits[0]).toMatchObject({ code: "ABORTED" });
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  second.abort();
  expect(await waits[1]).toMatchObject({ code: "ABORTED" });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  for (const { signal } of [first, second]) expect(getEventListeners(signal, "abort")).toEqual([]);
});

it("a call that starts right after a request was aborted sends a new one", async () => {
  const cache = new TokenCache();
  let requests = 0;
  const fetch = async (signal: AbortSignal): Promise<Token> => {
    if (++requests > 1) return tokenOf("second");
    await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("cut off"))));
    return tokenOf("first");
  };
  const controller = new AbortController();
  const abandoned = failureOf(cache.get(fetch, controller.signal));
  controller.abort();
  expect((await cache.get(fetch)).token).toBe("second");
  expect(await abandoned).toMatchObject({ code: "ABORTED" });
  expect(requests).toBe(2);
});

it("a call without a timeout keeps the request alive when other calls time out", async () => {
  const cache = new TokenCache();
  let respond: ((token: Token) => void) | undefined;
  const fetch = (): Promise<Token> => new Promise((resolve) => (respond = resolve));
  const controller = new AbortController();
  const abandoned = failureOf(cache.get(fetch, controller.signal));
  const patient = cache.get(fetch);
  controller.abort();
  await abandoned;
  respond?.(tokenOf("late"));
  expect((await patient).token).toBe("late");
});
