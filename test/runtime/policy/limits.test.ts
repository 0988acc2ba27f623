/** `signal`, `timeout` and `totalTimeout` end calls in which custom code hangs. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { AccessTokenCredentials, ServiceAccountCredentials } from "../../../runtime/src/auth.js";
import type { CallOptions, ClientOptions, HttpResponse, Middleware, Transport } from "../../../runtime/src/index.js";
import { keyFor } from "../support/keys.js";
import { clientOf, failureOf } from "../support/library.js";
import { json, serve, statuses } from "../support/server.js";

const auth = new AccessTokenCredentials("token");
const never = (): Promise<never> => new Promise(() => undefined);

/** Rejects after the call has ended. */
const late = async (): Promise<never> => {
  await new Promise((resolve) => setTimeout(resolve, 120));
  throw new Error("late");
};

/** An endless body. */
const silence: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: never }) };
const silent: HttpResponse = { status: 200, headers: {}, body: silence };
const failing: HttpResponse = { status: 404, headers: {}, body: silence };

const transport = (send: Transport["send"]): ClientOptions => ({ auth, transport: { send } });
const middleware = (...list: Middleware[]): ClientOptions => ({ auth, middleware: list });
const credentials = (getRequestHeaders: () => Promise<never>): ClientOptions => ({ auth: { getRequestHeaders } });

const hangs: readonly [string, ClientOptions][] = [
  ["middleware", middleware(never)],
  ["middleware that fails late", middleware(late)],
  ["middleware after the response", middleware((request, next) => next(request).then(never))],
  ["the inner one of two middlewares", middleware((request, next) => next(request), never)],
  ["a body that middleware reads", middleware((request, next) => next(request).then(() => silent))],
  ["a body of an error that middleware returns", middleware(() => failing)],
  ["a transport", transport(never)],
  ["a transport that fails late", transport(late)],
  ["a transport below middleware", { ...transport(never), middleware: [(request, next) => next(request)] }],
  ["the body of a transport's response", transport(async () => silent)],
  ["credentials", credentials(never)],
  ["credentials that fail late", credentials(late)],
];

/** The option, the code of the error, and the options that cause it. */
const limits: readonly [string, string, () => CallOptions][] = [
  ["timeout", "TIMEOUT", () => ({ timeout: 60, retry: false })],
  ["totalTimeout", "TOTAL_TIMEOUT", () => ({ totalTimeout: 60 })],
  ["signal", "ABORTED", () => ({ signal: AbortSignal.timeout(60) })],
];

/** Fails the test at an unhandled rejection. */
function watchRejections(): void {
  const seen: unknown[] = [];
  const listener = (reason: unknown): void => void seen.push(reason);
  process.on("unhandledRejection", listener);
  onTestFinished(async () => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    process.off("unhandledRejection", listener);
    expect(seen).toEqual([]);
  });
}

describe.each(limits)("%s", (_, code, options) => {
  it.each(hangs)("ends a call that hangs in %s", async (_name, client) => {
    watchRejections();
    const { url } = await serve(statuses(200));
    expect(await failureOf(clientOf(url, client).books.get({ book: "b" }, options()))).toMatchObject({ code });
  });

  it("ends a batch with a call that hangs in its credentials", async () => {
    const { url } = await serve(statuses(200));
    const batch = clientOf(url, credentials(never)).batch();
    const book = failureOf(batch.books.get({ book: "b" }, options()));
    const [outcome] = await batch.send();
    expect(outcome).toMatchObject({ status: "rejected", reason: { code } });
    expect(await book).toMatchObject({ code });
  });

  it("ends an upload that hangs in middleware", async () => {
    const { url } = await serve(statuses(200));
    const { books } = clientOf(url, middleware(never));
    expect(await failureOf(books.create({ media: { body: "abc" } }, options()))).toMatchObject({ code });
  });

  it("ends a download whose body hangs in a transport", async () => {
    const { url } = await serve(statuses(200));
    const { books } = clientOf(
      url,
      transport(async () => silent),
    );
    const media = await books.exportMedia({ book: "b" }, options());
    expect(await failureOf(media.bytes())).toMatchObject({ code });
  });
});

describe("a limit", () => {
  it.each(limits)("%s ends the wait for a token server that does not respond", async (_, code, options) => {
    const tokens = await serve(() => undefined);
    const account = ServiceAccountCredentials.fromJSON(keyFor(tokens.url), { scopes: ["a"] });
    const { books } = clientOf("http://127.0.0.1:1/", { auth: account });
    expect(await failureOf(books.list({}, options()))).toMatchObject({ code });
  });

  it("gives middleware its own time after the transport has failed", async () => {
    const { url } = await serve(() => undefined);
    const fallback: Middleware = async (request, next) => {
      try {
        return await next(request);
      } catch {
        return { status: 200, headers: {}, body: '{"name":"cached"}' };
      }
    };
    const { books } = clientOf(url, middleware(fallback));
    expect(await books.get({ book: "b" }, { timeout: 50 })).toEqual({ name: "cached" });
    expect(await books.get({ book: "b" }, { totalTimeout: 50 })).toEqual({ name: "cached" });
  });

  it("counts from each chunk of a body that middleware or a transport reads slowly", async () => {
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 40));
    async function* slow(): AsyncGenerator<Uint8Array> {
      for (let chunk = 0; chunk < 5; chunk++) {
        await pause();
        yield new TextEncoder().encode("ab");
      }
    }
    const collect = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
      let text = "";
      for await (const chunk of body) text += new TextDecoder().decode(chunk);
      return text;
    };
    const { books } = clientOf("http://127.0.0.1:1/", {
      transport: {
        send: async ({ body, stream }) =>
          stream === true
            ? { status: 200, headers: {}, body: slow() }
            : { status: 200, headers: {}, body: JSON.stringify(await collect(body as AsyncIterable<Uint8Array>)) },
      },
    });
    const options = { timeout: 100 };
    expect(await books.upload({ requestBody: { data: slow() } }, options)).toBe("ababababab");
    expect(await (await books.exportMedia({ book: "b" }, options)).text()).toBe("ababababab");
  });

  it("closes the body of a late response", async () => {
    const close = vi.fn<() => Promise<IteratorResult<Uint8Array>>>(async () => ({ done: true, value: undefined }));
    const body = { [Symbol.asyncIterator]: () => ({ next: never, return: close }) };
    const { books } = clientOf("http://127.0.0.1:1/", {
      transport: {
        send: async () => {
          await new Promise((resolve) => setTimeout(resolve, 80));
          return { status: 200, headers: {}, body };
        },
      },
    });
    expect(await failureOf(books.exportMedia({ book: "b" }, { timeout: 30, retry: false }))).toMatchObject({
      code: "TIMEOUT",
    });
    await vi.waitFor(() => expect(close).toHaveBeenCalledOnce());
  });

  it("leaves no timer", async () => {
    const { url } = await serve((_request, response) => json(response, 200, {}));
    const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const { books } = clientOf(
      url,
      middleware((request, next) => next(request)),
    );
    await books.get({ book: "b" });
    expect(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length).toBeLessThanOrEqual(
      before + 1,
    );
  });
});
