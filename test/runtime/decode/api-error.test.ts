/** Error responses of every form that Google's servers and proxies send. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ApiError } from "../../../runtime/src/index.js";
import { apiError } from "../../../runtime/src/decode/api-error.js";
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

/** Google's page for an unknown path, shortened. */
const googlePage = `<!DOCTYPE html>
<html lang=en>
  <meta charset=utf-8>
  <title>Error 404 (Not Found)!!1</title>
  <style>
    *{margin:0;padding:0}p{margin:11px 0 22px;overflow:hidden}
  </style>
  <a href=//www.google.com/><span id=logo aria-label=Google></span></a>
  <p><b>404.</b> <ins>That’s an error.</ins>
  <p>The requested URL <code>/v9/books</code> was not found on this server.  <ins>That’s all we know.</ins>
`;

function read(status: number, body: unknown, headers: Record<string, string> = {}): ApiError {
  return apiError(request, status, headers, typeof body === "string" ? body : JSON.stringify(body));
}

describe("reads", () => {
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
      "only an older list",
      403,
      { error: { errors: [{ reason: "quotaExceeded", message: "Too much." }], code: 403 } },
      { reason: "quotaExceeded", message: expect.stringContaining("Too much.") },
    ],
    [
      "an older list that is not an array",
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
      "an array of errors",
      400,
      [{ error: { code: 400, message: "First.", status: "INVALID_ARGUMENT" } }],
      { reason: "INVALID_ARGUMENT", message: expect.stringContaining("First.") },
    ],
    ["only a message", 500, { message: "Oops" }, { reason: undefined, message: expect.stringContaining(": Oops") }],
    [
      "a web page",
      502,
      "<!doctype html><title>Bad Gateway</title><p>…",
      { message: "library.books.get failed with status 502: Bad Gateway" },
    ],
    ["a web page without a title", 502, "<html>", { message: expect.stringContaining("web page") }],
    ["text", 400, "no healthy upstream", { message: expect.stringContaining(": no healthy upstream") }],
    ["an empty body", 500, "", { message: "library.books.get failed with status 500" }],
    ["an incomplete body", 500, '{"error":{"message":"Hal', { status: 500, reason: undefined }],
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

  const denied = { reason: "AccessDenied", serverMessage: "Access denied." };

  it.each<[string, string, Record<string, unknown>]>([
    [
      "of Cloud Storage",
      "<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code><Message>Access denied.</Message><Details>Anonymous caller does not have storage.objects.get access.</Details></Error>",
      {
        ...denied,
        message:
          "library.books.get failed with status 403 (AccessDenied): Access denied. Anonymous caller does not have storage.objects.get access.",
        errors: [
          {
            reason: "AccessDenied",
            message: "Access denied.",
            details: "Anonymous caller does not have storage.objects.get access.",
          },
        ],
      },
    ],
    ["without a declaration", "<Error><Code>AccessDenied</Code><Message>Access denied.</Message></Error>", denied],
    [
      "with a namespace, attributes and lines",
      `<?xml version="1.0"?>
        <!-- <Code>NotThis</Code> -->
        <s:Error xmlns:s="urn:x" id="1">
          <s:Code type="string"> AccessDenied </s:Code>
          <s:Message xml:lang="en">Access
            denied.</s:Message>
        </s:Error>`,
      denied,
    ],
    [
      "with CDATA",
      "<Error><Code><![CDATA[AccessDenied]]></Code><Message><![CDATA[Access <b>denied</b> & done]]></Message></Error>",
      { reason: "AccessDenied", serverMessage: "Access <b>denied</b> & done" },
    ],
    [
      "with entities",
      "<Error><Code>Bad</Code><Message>a &amp; b &lt;c&gt; &quot;d&quot; &#39;e&#x27; &apos;f&apos; &amp;lt; &#99999999; &bogus;</Message></Error>",
      { reason: "Bad", serverMessage: "a & b <c> \"d\" 'e' 'f' &lt; &#99999999; &bogus;" },
    ],
    [
      "with a byte order mark",
      "\ufeff<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access denied.</Message></Error>",
      denied,
    ],
    [
      "in an envelope",
      "<ErrorResponse xmlns='https://sts.amazonaws.com/'><Error><Type>Sender</Type><Code>InvalidToken</Code><Message>No.</Message></Error><RequestId>r</RequestId></ErrorResponse>",
      { reason: "InvalidToken", serverMessage: "No." },
    ],
    [
      "of older Google Data APIs",
      "<errors xmlns='http://schemas.google.com/g/2005'><error><domain>GData</domain><code>invalid</code><internalReason>Bad query</internalReason></error></errors>",
      { reason: "invalid", serverMessage: "Bad query" },
    ],
    [
      "with only a code",
      "<Error><Code>NoSuchBucket</Code></Error>",
      { reason: "NoSuchBucket", serverMessage: undefined },
    ],
    [
      "with a code that is a sentence",
      "<Error><Code>no such thing</Code><Message>x</Message></Error>",
      { reason: undefined, serverMessage: "x" },
    ],
    [
      "of an unknown shape",
      "<response><status>failed</status><why>no disk</why></response>",
      { serverMessage: "failed no disk" },
    ],
    ["without text", "<a/>", { serverMessage: undefined, message: expect.stringContaining("XML") }],
    ["that ends early", "<Error><Code>AccessDenied</Code><Message>Access denied.", denied],
    [
      "with control characters",
      "<Error><Code>Bad</Code><Message>a&#27;[31mb&#10;c&#x202e;d</Message></Error>",
      { serverMessage: "a [31mb c d" },
    ],
  ])("XML %s", (_name, body, want) => {
    expect(read(403, body, { "content-type": "application/xml; charset=UTF-8" })).toMatchObject(want);
  });

  it.each<[string, string, string]>([
    ["with a title", "<html><head><title>502 Bad Gateway</title></head><body><h1>x</h1>", "502 Bad Gateway"],
    ["with entities and lines", "<html><title>\n Caf&eacute; &amp; Bar\n</title>", "Caf&eacute; & Bar"],
    [
      "of Google, with only a status in the title",
      googlePage,
      "Error 404 (Not Found)!!1: The requested URL /v9/books was not found on this server. That’s all we know.",
    ],
    [
      "with only a heading",
      "<html><body><h1>Service Unavailable</h1><p>Try later.</p></body></html>",
      "Service Unavailable",
    ],
    ["whose title and heading are numbers", "<html><title>503</title><h1>503</h1><p>Try later.</p>", "503: Try later."],
    ["with only a paragraph", "<p>Too <b>many</b> requests</p>", "Too many requests"],
    [
      "with only text",
      "<html><style>p{}</style><script>if (a < b) alert(1)</script><body>Backend error</body>",
      "Backend error",
    ],
    ["with attributes", '<HTML><HEAD><TITLE lang="en" data-x="y">Sorry</TITLE>', "Sorry"],
  ])("a web page %s", (_name, body, serverMessage) => {
    const error = read(502, body, { "content-type": "text/html" });
    expect(error).toMatchObject({ serverMessage, reason: undefined, body });
    expect(error.message).toBe(`library.books.get failed with status 502: ${serverMessage}`);
  });

  it.each<[string, unknown, string | undefined, string | undefined]>([
    // body, serverMessage, reason
    ["msg", { msg: "no disk" }, "no disk", undefined],
    ["Message", { Message: "no disk", Code: "DiskFull" }, "no disk", "DiskFull"],
    ["errors with details", { errors: [{ detail: "no disk", status: "507" }] }, "no disk", undefined],
    ["errors of strings", { errors: ["no disk", "no tape", "x", "y"] }, "no disk; no tape; x", undefined],
    [
      "an older list without a message",
      { error: { errors: [{ reason: "full", message: "no disk" }] } },
      "no disk",
      "full",
    ],
    [
      "an older list outside the error",
      { errors: [{ reason: "full", message: "no disk" }], code: 507 },
      "no disk",
      "full",
    ],
    ["a description", { error: "server_error", error_description: "no disk" }, "no disk", "server_error"],
    ["an error that is a sentence", { error: "There is no disk." }, "There is no disk.", undefined],
    ["an error that is a name", { error: "disk_full" }, undefined, "disk_full"],
    ["a message in an object", { error: { message: { lang: "en", value: "no disk" } } }, "no disk", undefined],
    ["a message of an unknown shape", { error: { message: { en: "no disk" } } }, '{"en":"no disk"}', undefined],
    [
      "a problem (RFC 9457)",
      { type: "about:blank", title: "Full", detail: "no disk", status: 507 },
      "Full: no disk",
      undefined,
    ],
    ["a google.rpc.Status", { code: 8, message: "no disk", details: [] }, "no disk", "RESOURCE_EXHAUSTED"],
    ["Apigee", { fault: { faultstring: "no disk", detail: { errorcode: "x" } } }, "no disk", undefined],
    ["Maps", { error_message: "no disk", results: [], status: "REQUEST_DENIED" }, "no disk", "REQUEST_DENIED"],
    ["Spring", { status: 507, error: "Not Found", message: "no disk", path: "/" }, "no disk", undefined],
    ["an array of strings", ["no disk"], "no disk", undefined],
    [
      "an array of messages and an error",
      [{ name: "b" }, { error: { message: "no disk", status: "INTERNAL" } }],
      "no disk",
      "INTERNAL",
    ],
    ["an unknown shape", { foo: { bar: 1 } }, '{"foo":{"bar":1}}', undefined],
    ["an empty object", {}, undefined, undefined],
    ["an empty array", [], undefined, undefined],
    ["only a code", { error: { code: 403, message: "", status: "PERMISSION_DENIED" } }, undefined, "PERMISSION_DENIED"],
  ])("JSON: %s", (_name, body, serverMessage, reason) => {
    const error = read(507, body);
    expect(error).toMatchObject({ serverMessage, reason, body });
    const end = serverMessage === undefined ? "" : `: ${serverMessage}`;
    expect(error.message).toBe(
      `library.books.get failed with status 507${reason === undefined ? "" : ` (${reason})`}${end}`,
    );
  });

  it.each([
    ["a JSON string", '"no disk"', "no disk"],
    ["a prefix against use as a script", `)]}'\n{"message":"no disk"}`, "no disk"],
    ["a byte order mark", '\ufeff{"message":"no disk"}', "no disk"],
    ["lines of text", "no disk\r\n\tno tape\n", "no disk no tape"],
  ])("%s", (_name, body, serverMessage) => {
    expect(read(500, body)).toMatchObject({ serverMessage });
  });

  it("removes control characters from the text of a server", () => {
    const { message } = read(400, { error: { message: "a\u001b[31mred\u0007\r\nnext\u202eline" } });
    // oxlint-disable-next-line no-control-regex -- the characters that must be removed
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(message).toContain("next");
  });

  it("limits the length of a message", () => {
    expect(read(400, { error: { message: "x".repeat(100_000) } }).message.length).toBeLessThan(2200);
  });
});

describe("an ApiError", () => {
  const errors = [
    {
      domain: "calendar",
      reason: "timeRangeEmpty",
      message: "The range is empty.",
      locationType: "parameter",
      location: "timeMax",
      extendedHelp: "https://example.com/help",
    },
    { domain: "global", reason: "authError", message: "No.", locationType: "header", location: "Authorization" },
  ];

  it("keeps the members of the older list, and derives details, violations and links from it", () => {
    const error = read(400, { error: { code: 400, message: "The range is empty.", errors } });
    expect(error).toMatchObject({ serverMessage: "The range is empty.", reason: "timeRangeEmpty" });
    expect(error.errors).toEqual(errors);
    expect(error.details).toEqual(errors);
    expect(error.fieldViolations).toEqual([
      { field: "timeMax", description: "The range is empty.", reason: "timeRangeEmpty" },
    ]);
    expect(error.helpLinks).toEqual([{ description: "", url: "https://example.com/help" }]);
  });

  it("prefers details of the newer form", () => {
    const fieldViolations = [{ field: "end", description: "too early" }];
    const details = [{ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations }];
    const error = read(400, { error: { message: "m", errors, details } });
    expect(error.errors).toEqual(errors);
    expect(error.details).toEqual(details);
    expect(error.fieldViolations).toEqual(fieldViolations);
  });

  it.each([
    ["outside the error", { error: { message: "m" }, details: [{ a: 1 }] }],
    ["in an object", { error: { message: "m", details: { a: 1 } } }],
    ["under another name", { error: { message: "m", errorDetails: [{ a: 1 }] } }],
    ["of a google.rpc.Status", { code: 3, message: "m", details: [{ a: 1 }] }],
  ])("finds details %s", (_name, body) => {
    expect(read(400, body).details).toEqual([{ a: 1 }]);
  });

  it("has the body as a property that is not enumerable", () => {
    const body = { error: { code: 404, message: "No such book.", errors } };
    const error = read(404, body);
    expect(error.body).toEqual(body);
    expect(error.body).toBe(error.body);
    expect(Object.keys(error).toSorted()).toEqual(
      ["code", "details", "reason", "requestId", "rpcStatus", "serverMessage", "status"].toSorted(),
    );
    expect(read(500, "").body).toBeUndefined();
    expect(read(500, "no JSON").body).toBe("no JSON");
    expect(read(500, '"7"').body).toBe("7");
  });

  it("created by a test has the given properties", () => {
    const { response } = read(404, "");
    const error = new ApiError({ message: "m", status: 404, response, serverMessage: "No.", errors, body: { a: 1 } });
    expect(error).toMatchObject({ serverMessage: "No.", errors, details: errors, body: { a: 1 } });
    expect(new ApiError({ message: "m", status: 404, response, body: '{"a":1}' }).body).toEqual({ a: 1 });
    const bare = new ApiError({ message: "m", status: 404, response });
    expect(bare).toMatchObject({ serverMessage: undefined, errors: [], details: [], fieldViolations: [] });
    expect(bare.body).toBeUndefined();
  });
});

const repeated = [
  "<title",
  "-eyJaaaaaa",
  "bearer ",
  "-----BEGIN PRIVATE KEY-----",
  "?key=",
  "[",
  '{"a":',
  "AIza-",
].concat(
  [
    "<",
    "<![CDATA[",
    "<!--",
    "<a ",
    "<p>",
    "<Error><Code>",
    "</code>",
    "&#1",
    "<title>Error 404 (",
    '{"message":',
    '["a",',
  ],
  ['"\\u0041bcd",', "<!doctype ", ")]}'", "\n"],
);
it.each(repeated)("reads a megabyte of %s", (part) => {
  expect(read(500, part.repeat(2 ** 20 / part.length)).status).toBe(500);
});

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

  it("are read, and kept unchanged", () => {
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

  it("include quotas, help links and localized messages", () => {
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

  it("that are missing or malformed are ignored", () => {
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
  ])("reads the request id of %o: %s", (headers, want) => {
    expect(read(500, "", headers).requestId).toBe(want);
  });
});

describe("secrets", () => {
  const secrets = ["the-access-token", "header-api-key", "AN-API-KEY"];
  const echo = {
    error: { message: `no: Bearer the-access-token ${secrets.join(" ")}`, details: [{ echoed: "header-api-key" }] },
  };

  it("in the response are redacted everywhere", () => {
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

  it.each([
    [
      "JSON",
      JSON.stringify({
        error: {
          message: `no: ${secrets.join(" ")}`,
          errors: [{ reason: "the-access-token", location: "header-api-key" }],
        },
      }),
    ],
    [
      "JSON with escapes",
      '{"error":{"message":"no: the\\u002daccess-token","errors":[{"reason":"header\\u002dapi-key"}]}}',
    ],
    ["JSON of an unknown shape", '{"foo":"the\\u002daccess-token"}'],
    ["XML", "<Error><Code>x</Code><Message>no: the&#45;access-token</Message><Details>AN-API-KEY</Details></Error>"],
    ["a web page", "<html><title>no: the-access-token</title><p>header-api-key"],
    ["text", "no: the-access-token"],
  ])("are in no member if the body is %s", (_name, body) => {
    const error = read(400, body);
    const { details, errors, fieldViolations, reason, serverMessage } = error;
    const shown = JSON.stringify([error.message, serverMessage, reason, errors, details, fieldViolations, error.stack]);
    const all = shown + inspect(error, { depth: 9, showHidden: true, getters: true });
    for (const secret of secrets) expect(all).not.toContain(secret);
    for (const secret of secrets) expect(JSON.stringify(error.body)).not.toContain(secret);
  });

  it("are not in the inspected error of a real call", async () => {
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

it("has the response as a property that is not enumerable", () => {
  const error = read(404, "", { "x-a": "1" });
  expect(error.response).toMatchObject({ status: 404 });
  expect(error.response.headers.get("X-A")).toBe("1");
  expect(Object.keys(error)).not.toContain("response");
});
