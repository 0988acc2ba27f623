/** Error answers of every form that Google's servers and what stands before them give. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ApiError } from "../../../runtime/src/index.js";
import { apiError } from "../../../runtime/src/response/api-error.js";
import type { HttpRequest } from "../../../runtime/src/transport/transport.js";
import { clientOf, failureOf } from "../support/library.js";
import { serve } from "../support/server.js";

const request: HttpRequest = {
  method: "GET",
  origin: "https://library.example.com",
  path: "/v1/books/b?key=AN-API-KEY&q=1",
  headers: { authorization: "Bearer the-access-token", "x-goog-api-key": "header-api-key" },
  timeout: 1,
  methodId: "library.books.get",
};

function read(status: number, body: unknown, headers: Record<string, string> = {}): ApiError {
  return apiError(request, status, headers, typeof body === "string" ? body : JSON.stringify(body));
}

describe("forms", () => {
  it.each<[string, number, unknown, Record<string, unknown>]>([
    [
      "AIP-193",
      404,
      { error: { code: 404, message: "No such book.", status: "NOT_FOUND" } },
      {
        status: 404,
        reason: "NOT_FOUND",
        rpcStatus: "NOT_FOUND",
        message: "library.books.get failed with status 404 (NOT_FOUND): No such book.",
      },
    ],
    [
      "AIP-193 with an older list",
      404,
      {
        error: {
          code: 404,
          message: "No such book.",
          status: "NOT_FOUND",
          errors: [{ message: "m", domain: "global", reason: "notFound" }],
        },
      },
      { reason: "notFound", rpcStatus: "NOT_FOUND" },
    ],
    [
      "older lists alone",
      403,
      { error: { errors: [{ reason: "quotaExceeded", message: "Too much." }], code: 403 } },
      { reason: "quotaExceeded", message: expect.stringContaining("Too much.") },
    ],
    [
      "an older list that is no list",
      400,
      { error: { errors: { reason: "invalid", message: "Bad." } } },
      { reason: "invalid", message: expect.stringContaining("Bad.") },
    ],
    [
      "OAuth",
      400,
      { error: "invalid_grant", error_description: "Bad Request" },
      { reason: "invalid_grant", message: expect.stringContaining("(invalid_grant): Bad Request") },
    ],
    [
      "a list of errors",
      400,
      [{ error: { code: 400, message: "First.", status: "INVALID_ARGUMENT" } }],
      { reason: "INVALID_ARGUMENT", message: expect.stringContaining("First.") },
    ],
    ["a message alone", 500, { message: "Oops" }, { reason: undefined, message: expect.stringContaining(": Oops") }],
    [
      "a web page",
      502,
      "<!doctype html><title>Bad Gateway</title><p>…",
      { message: "library.books.get failed with status 502: Bad Gateway" },
    ],
    ["a web page without a title", 502, "<html>", { message: expect.stringContaining("web page") }],
    ["text", 400, "no healthy upstream", { message: expect.stringContaining(": no healthy upstream") }],
    ["nothing", 500, "", { message: "library.books.get failed with status 500" }],
    ["half a body", 500, '{"error":{"message":"Hal', { status: 500, reason: undefined }],
    ["null", 500, "null", { status: 500 }],
    ["a number", 500, "7", { status: 500 }],
    [
      "wrong types everywhere",
      500,
      { error: { message: 1, status: {}, errors: [null, 2], details: "x" } },
      { status: 500, reason: undefined, details: [] },
    ],
  ])("%s", (_name, status, body, want) => {
    expect(read(status, body)).toMatchObject(want);
  });

  it("no text of a server moves the terminal", () => {
    const { message } = read(400, { error: { message: "a\u001b[31mred\u0007\r\nnext\u202eline" } });
    // oxlint-disable-next-line no-control-regex -- what must not be there
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(message).toContain("next");
  });

  it("a message is never longer than a screen", () => {
    expect(read(400, { error: { message: "x".repeat(100_000) } }).message.length).toBeLessThan(2200);
  });
});

it.each(["<title", "-eyJaaaaaa", "bearer ", "-----BEGIN PRIVATE KEY-----", "?key=", "[", '{"a":', "AIza-"])(
  "a megabyte of %s is read like any other body",
  (piece) => {
    expect(read(500, piece.repeat(2 ** 20 / piece.length)).status).toBe(500);
  },
);

describe("details", () => {
  const details = [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "API_DISABLED",
      domain: "googleapis.com",
      metadata: { service: "library" },
    },
    { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1.5s" },
    {
      "@type": "type.googleapis.com/google.rpc.BadRequest",
      fieldViolations: [
        { field: "book.name", description: "too long", reason: "LONG" },
        { field: "x", description: "y" },
        null,
      ],
    },
    { "@type": "type.googleapis.com/google.rpc.RequestInfo", requestId: "req-7", servingData: "s" },
    { "@type": "type.googleapis.com/unknown", a: 1 },
  ];

  it("are read, and kept as they came", () => {
    const error = read(403, {
      error: { code: 403, message: "m", status: "PERMISSION_DENIED", errors: [{ reason: "forbidden" }], details },
    });
    expect(error).toMatchObject({
      reason: "API_DISABLED",
      details,
      errorInfo: { reason: "API_DISABLED", domain: "googleapis.com", metadata: { service: "library" } },
      retryInfo: { retryDelay: 1500 },
      requestId: "req-7",
    });
    expect(error.fieldViolations).toEqual([
      { field: "book.name", description: "too long", reason: "LONG" },
      { field: "x", description: "y" },
    ]);
  });

  it("of quotas, help and texts for people are read too", () => {
    const error = read(429, {
      error: {
        details: [
          {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            violations: [{ subject: "project:p", description: "reads a minute" }, {}],
          },
          {
            "@type": "type.googleapis.com/google.rpc.Help",
            links: [{ description: "Ask for more", url: "https://example.com/quota" }],
          },
          { "@type": "type.googleapis.com/google.rpc.LocalizedMessage", locale: "de-DE", message: "Zu viel." },
        ],
      },
    });
    expect(error.quotaViolations).toEqual([
      { subject: "project:p", description: "reads a minute" },
      { subject: "", description: "" },
    ]);
    expect(error.helpLinks).toEqual([{ description: "Ask for more", url: "https://example.com/quota" }]);
    expect(error.localizedMessage).toEqual({ locale: "de-DE", message: "Zu viel." });
  });

  it("that are not there, or of another shape, are nothing", () => {
    const details = [
      { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: "many" },
      { "@type": "type.googleapis.com/google.rpc.LocalizedMessage" },
    ];
    for (const error of [read(500, ""), read(500, { error: { details } })]) {
      expect(error.errorInfo).toBeUndefined();
      expect(error.retryInfo).toBeUndefined();
      expect(error.localizedMessage).toBeUndefined();
      expect([error.fieldViolations, error.quotaViolations, error.helpLinks]).toEqual([[], [], []]);
    }
  });

  it.each([
    [304, "NOT_MODIFIED"],
    [412, "PRECONDITION_FAILED"],
    [404, "API_ERROR"],
    [302, "API_ERROR"],
  ])("status %i has the code %s", (status, code) => expect(read(status, "").code).toBe(code));

  it.each<[unknown, number | undefined]>([
    ["2s", 2000],
    ["0.250s", 250],
    [{ seconds: "1", nanos: 500_000_000 }, 1500],
    ["soon", undefined],
    [{ seconds: "x" }, undefined],
    [null, undefined],
  ])("a retryDelay of %o is %s ms", (retryDelay, want) => {
    const error = read(429, {
      error: { details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay }] },
    });
    expect(error.retryInfo?.retryDelay).toBe(want);
  });

  it.each<[Record<string, string>, string | undefined]>([
    [{ "x-request-id": "a", "x-goog-request-id": "b" }, "a"],
    [{ "x-goog-request-id": "b" }, "b"],
    [{ "x-guploader-uploadid": "c" }, "c"],
    [{}, undefined],
  ])("the request's id of %o is %s", (headers, want) => {
    expect(read(500, "", headers).requestId).toBe(want);
  });
});

describe("secrets", () => {
  const secrets = ["the-access-token", "header-api-key", "AN-API-KEY"];
  const echo = {
    error: { message: `no: Bearer the-access-token ${secrets.join(" ")}`, details: [{ echoed: "header-api-key" }] },
  };

  it("that a server sends back are blanked everywhere", () => {
    const error = read(400, echo, { "x-echo": "Bearer the-access-token" });
    const shown = [
      error.message,
      String(error.stack),
      JSON.stringify(error),
      inspect(error, { depth: 9, showHidden: true }),
      error.response.url,
      JSON.stringify([...error.response.headers]),
    ].join("\n");
    for (const secret of secrets) expect(shown).not.toContain(secret);
    expect(error.response.url).toBe("https://library.example.com/v1/books/b?key=[redacted]&q=1");
  });

  it("are not in what a logger shows of a real call", async () => {
    const { url } = await serve((seen, response) => {
      response.writeHead(400, { "x-echo": String(seen.headers.authorization) });
      response.end(
        JSON.stringify({ error: { message: `you sent ${String(seen.headers.authorization)} to ${seen.url}` } }),
      );
    });
    const auth = { getRequestHeaders: async () => ({ authorization: "Bearer the-access-token" }) };
    const error = await failureOf(clientOf(url, { auth }).books.get({ book: "b", key: "AN-API-KEY" }));
    expect(error).toBeInstanceOf(ApiError);
    const shown = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);
    for (const secret of secrets) expect(shown).not.toContain(secret);
  });
});

it("the answer is at hand but not in the way", () => {
  const error = read(404, "", { "x-a": "1" });
  expect(error.response).toMatchObject({ status: 404 });
  expect(error.response.headers.get("X-A")).toBe("1");
  expect(Object.keys(error)).not.toContain("response");
});
