/** Logs and traces: the logger, `DISCOGEN_LOG`, and the diagnostics channels. */
import { AsyncLocalStorage } from "node:async_hooks";
import { channel, tracingChannel } from "node:diagnostics_channel";
import { inspect } from "node:util";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { AccessTokenCredentials } from "../../../runtime/src/auth.js";
import type { AttemptTrace, CallTrace, Logger, LogFields, RetryTrace } from "../../../runtime/src/index.js";
import { clientOf, failureOf } from "../support/library.js";
import { json, serve, statuses } from "../support/server.js";

const token = "ya29.the-access-token";
const auth = new AccessTokenCredentials(token);
const retry = { maxDelay: 1 };

afterEach(() => vi.unstubAllEnvs());

/** A logger that records its messages. */
function notes(): { readonly logger: Logger; readonly lines: string[]; readonly fields: LogFields[] } {
  const lines: string[] = [];
  const fields: LogFields[] = [];
  const note = (level: string) => (message: string, facts: LogFields) => {
    lines.push(`${level} ${message}`.replace(/\d+ ms/g, "N ms").replace(/127\.0\.0\.1:\d+/, "host"));
    fields.push(facts);
  };
  return {
    lines,
    fields,
    logger: { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") },
  };
}

describe("a logger", () => {
  it("gets every attempt, retry and outcome", async () => {
    const { url } = await serve(statuses(503, 200));
    const { lines, fields, logger } = notes();
    await clientOf(url, { auth, logger, retry }).books.get({ book: "b", key: "SECRET-API-KEY" });
    expect(lines).toEqual([
      "debug library.books.get: attempt 1: GET http://host/v1/books/b?key=[redacted]",
      "debug library.books.get: attempt 1 received status 503 after N ms",
      "warn library.books.get: attempt 1 failed (status 503), next one in N ms",
      "debug library.books.get: attempt 2: GET http://host/v1/books/b?key=[redacted]",
      "debug library.books.get: attempt 2 received status 200 after N ms",
      "info library.books.get: done with status 200 after N ms and 2 attempts",
    ]);
    const shown = inspect(fields, { depth: null, showHidden: true }) + JSON.stringify(fields);
    expect(shown).not.toContain(token);
    expect(shown).not.toContain("SECRET-API-KEY");
  });

  it.each(["x-goog-encryption-key", "x-goog-copy-source-encryption-key", "cookie", "X-Goog-Api-Key"])(
    "does not get the value of %s",
    async (name) => {
      const { url } = await serve(statuses(200));
      const { fields, logger } = notes();
      await clientOf(url, { auth, logger }).books.get({ book: "b" }, { headers: { [name]: "c2VjcmV0IGtleQ==" } });
      expect(fields[0]).toMatchObject({ headers: { [name.toLowerCase()]: "[redacted]" } });
      expect(inspect(fields, { depth: null, showHidden: true })).not.toContain("c2VjcmV0");
    },
  );

  it.each([
    ["upload_id", "/upload/v1/books?uploadType=resumable&upload_id=THE-SECRET-SESSION"],
    ["another parameter", "/upload/v1/books?session_crd=THE-SECRET-SESSION"],
    ["a name without a value", "/upload/v1/books?THE-SECRET-SESSION"],
    ["the path", "/upload/sessions/THE-SECRET-SESSION/parts"],
    ["an encoded path", "/upload/THE%2DSECRET%2DSESSION"],
  ])("does not get a session whose secret is in %s", async (_name, location) => {
    let url = "";
    ({ url } = await serve((request, response, index) => {
      if (index === 0) return void response.writeHead(200, { location }).end();
      // One request is retried, one chunk is lost, and finally the upload fails with a copy of its request.
      if (index === 1) return void response.writeHead(503).end();
      if (index === 2) return void response.writeHead(308).end();
      response.writeHead(400).end(JSON.stringify({ error: { message: `no: ${request.url}` } }));
    }));
    const { lines, fields, logger } = notes();
    const client = clientOf(url, { auth, logger, retry });
    const upload = client.books.create({ requestBody: {}, media: { body: "text", resumable: true } });
    const error = await failureOf(upload);
    const shown = [...lines, inspect([fields, error], { depth: null, showHidden: true }), JSON.stringify(fields)];
    expect(lines.filter((line) => line.includes("PUT"))).not.toEqual([]);
    expect(shown.join("\n")).not.toMatch(/THE.{1,3}SECRET/);
  });

  it.each<[string, (url: string) => Promise<unknown>, string]>([
    ["the server's", (url) => failureOf(clientOf(url, { logger: notes().logger }).books.get({ book: "b" })), "404"],
  ])("does not change errors: %s", async (_, call, want) => {
    const { url } = await serve(statuses(404));
    expect(String(await call(url))).toContain(want);
  });

  it("gets failures, including those of reading the response", async () => {
    const { url } = await serve((_request, response, index) =>
      index === 0 ? json(response, 404, {}) : void response.end("<html>"),
    );
    const { lines, logger } = notes();
    const client = clientOf(url, { logger });
    await failureOf(client.books.get({ book: "b" }));
    await failureOf(client.books.get({ book: "b" }));
    expect(lines.filter((line) => line.startsWith("error"))).toEqual([
      expect.stringContaining(
        "library.books.get: failed after N ms and 1 attempt: library.books.get failed with status 404",
      ),
      expect.stringContaining("its body is a web page"),
    ]);
    expect(lines.filter((line) => line.startsWith("info"))).toEqual([]);
  });

  it("that throws does not end the call", async () => {
    const { url } = await serve(statuses(200));
    const logger: Logger = {
      debug: () => {
        throw new Error("full disk");
      },
    };
    expect(await clientOf(url, { logger }).books.get({ book: "b" })).toEqual({ ok: true });
  });

  it.each([
    ["debug", ["debug", "debug", "warn", "debug", "debug", "info"]],
    ["info", ["warn", "info"]],
    ["WARN", ["warn"]],
    ["error", []],
    ["off", []],
    ["", ["debug", "debug", "warn", "debug", "debug", "info"]],
  ])("gets from DISCOGEN_LOG=%s upwards", async (level, want) => {
    vi.stubEnv("DISCOGEN_LOG", level);
    const { url } = await serve(statuses(503, 200));
    const { lines, logger } = notes();
    await clientOf(url, { logger, retry }).books.get({ book: "b" });
    expect(lines.map((line) => line.split(" ")[0])).toEqual(want);
  });

  it("is standard error if DISCOGEN_LOG is set and there is no logger", async () => {
    vi.stubEnv("DISCOGEN_LOG", "info");
    const written: string[] = [];
    const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    onTestFinished(() => spy.mockRestore());
    const { url } = await serve(statuses(200));
    await clientOf(url).books.get({ book: "b" });
    expect(written).toEqual([
      expect.stringMatching(/^\d{4}-.*Z discogen info library\.books\.get: done with status 200 .*\n$/),
    ]);
  });
});

describe("channels", () => {
  function watch<Trace extends object>(name: string): { readonly events: string[]; readonly traces: Set<Trace> } {
    const events: string[] = [];
    const traces = new Set<Trace>();
    const watched = tracingChannel<unknown, Trace>(name);
    const note = (event: string) => (trace: Trace) => {
      events.push(event);
      traces.add(trace);
    };
    const subscribers = {
      start: note("start"),
      end: note("end"),
      asyncStart: note("asyncStart"),
      asyncEnd: note("asyncEnd"),
      error: note("error"),
    };
    watched.subscribe(subscribers);
    onTestFinished(() => void watched.unsubscribe(subscribers));
    return { events, traces };
  }

  it("discogen:call and discogen:attempt report a call and each attempt with one object", async () => {
    const calls = watch<CallTrace>("discogen:call");
    const attempts = watch<AttemptTrace>("discogen:attempt");
    const { url } = await serve(statuses(503, 200));
    await clientOf(url, { auth, retry }).books.get({ book: "b" });
    expect(calls.events).toEqual(["start", "end", "asyncStart", "asyncEnd"]);
    expect([...calls.traces]).toEqual([
      expect.objectContaining({
        api: "library:v1",
        methodId: "library.books.get",
        httpMethod: "GET",
        attempts: 2,
        status: 200,
      }),
    ]);
    const [call] = calls.traces;
    expect([...attempts.traces]).toEqual([
      expect.objectContaining({ attempt: 1, status: 503, httpMethod: "GET", url: `${url}v1/books/b` }),
      expect.objectContaining({ attempt: 2, status: 200 }),
    ]);
    for (const trace of attempts.traces) expect(trace.call).toBe(call);
    expect(inspect([...calls.traces, ...attempts.traces], { depth: null, showHidden: true })).not.toContain(token);
  });

  it("discogen:call reports the error of the call", async () => {
    const calls = watch<CallTrace>("discogen:call");
    const { url } = await serve(statuses(404));
    const error = await failureOf(clientOf(url).books.get({ book: "b" }));
    expect(calls.events).toContain("error");
    expect([...calls.traces]).toEqual([expect.objectContaining({ error, status: 404 })]);
  });

  it("discogen:attempt reports broken connections", async () => {
    const attempts = watch<AttemptTrace>("discogen:attempt");
    const { url } = await serve((_request, response) => void response.destroy());
    const error = await failureOf(clientOf(url, { retry: false }).books.get({ book: "b" }));
    expect([...attempts.traces]).toEqual([expect.objectContaining({ error, status: undefined })]);
  });

  it("discogen:retry reports every retry", async () => {
    const retries: RetryTrace[] = [];
    // The type of the channel's messages.
    const note = (message: unknown): void => void retries.push(message as RetryTrace);
    channel("discogen:retry").subscribe(note);
    onTestFinished(() => void channel("discogen:retry").unsubscribe(note));
    const { url } = await serve(statuses(503, 429, 200));
    await clientOf(url, { retry }).books.get({ book: "b" });
    expect(retries).toMatchObject([
      { attempt: 1, error: { status: 503 }, call: { methodId: "library.books.get" } },
      { attempt: 2, error: { status: 429 } },
    ]);
  });

  it("a store bound to a call is available in its attempts, but not outside", async () => {
    const storage = new AsyncLocalStorage<string>();
    const calls = tracingChannel<string, CallTrace>("discogen:call");
    calls.start.bindStore(storage, (trace) => trace.methodId);
    onTestFinished(() => void calls.start.unbindStore(storage));
    const found: unknown[] = [];
    const { url } = await serve(statuses(200));
    await clientOf(url, {
      middleware: [
        (request, next) => {
          found.push(storage.getStore());
          return next(request);
        },
      ],
    }).books.get({ book: "b" });
    expect([...found, storage.getStore()]).toEqual(["library.books.get", undefined]);
  });
});
