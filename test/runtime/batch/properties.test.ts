// slow: property tests over a socket.
/** Properties of every batch request and response. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeBatch, indexOfContentId, sharedHeaders } from "../../../runtime/src/batch/encode.js";
import { boundaryOf, parseParts } from "../../../runtime/src/batch/parse.js";
import type { HttpRequest } from "../../../runtime/src/index.js";
import { partsOf, partText } from "./server.js";

const id = "0f0e0d0c-0b0a-4908-8706-050403020100";
const name = fc.stringMatching(/^x-[a-z0-9-]{1,12}$/);
const value = fc.stringMatching(/^[!-~](?:[ -~]{0,20}[!-~])?$/);
const request: fc.Arbitrary<HttpRequest> = fc.record({
  method: fc.constantFrom("DELETE", "GET", "PATCH", "POST", "PUT"),
  origin: fc.constant("https://library.example.com"),
  path: fc.webPath().map((path) => `/${path.replace(/^\//, "")}`),
  headers: fc.dictionary(name, value),
  body: fc.option(fc.string({ unit: "grapheme", minLength: 1 }), { nil: undefined }),
  timeout: fc.constant(1),
});

describe("a batch", () => {
  it("contains every request unchanged, for a parser of the protocol", () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 5 }), (requests) => {
        const { body, contentType } = encodeBatch(requests, id);
        const parts = partsOf({ body, headers: { "content-type": contentType } });
        expect(parts).toEqual(
          requests.map((one, index) => ({
            method: one.method,
            path: one.path,
            body: (one.body as string | undefined) ?? "", // bodies are strings here
            contentId: `<${id} + ${String(index)}>`,
            headers: {
              host: "library.example.com",
              ...one.headers,
              ...(one.body === undefined
                ? {}
                : { "content-length": String(new TextEncoder().encode(one.body as string).length) }),
            },
          })),
        );
      }),
    );
  });

  it("has only headers that every part has", () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 3 }), (requests) => {
        for (const field of Object.keys(sharedHeaders(requests)))
          expect(requests.every(({ headers }) => field in headers)).toBe(true);
      }),
    );
  });
});

describe("a response", () => {
  it("is split into parts with any bodies", () => {
    const body = fc.json();
    const response = fc.record({
      status: fc.integer({ min: 200, max: 599 }),
      headers: fc.dictionary(name, value),
      body,
    });
    fc.assert(
      fc.property(fc.array(response, { maxLength: 5 }), (responses) => {
        const texts = responses.map((one, index) => `--b\r\n${partText(`<${id} + ${String(index)}>`, one)}\r\n`);
        const parts = parseParts(`${texts.join("")}--b--\r\n`, "b");
        expect(parts.map(({ contentId }) => indexOfContentId(contentId ?? "", id))).toEqual([...responses.keys()]);
        expect(parts.map(({ response }) => response)).toMatchObject(
          responses.map((one) => ({ status: one.status, headers: one.headers, body: one.body.trimEnd() })),
        );
      }),
    );
  });

  it("never throws, and has valid header fields", () => {
    const fragment = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "--b",
        "--b--",
        "\r\n",
        "\n",
        "HTTP/1.1 200 OK",
        "Content-ID: <a + 1>",
        ":",
        " ",
        "\t",
        "__proto__: 1",
      ),
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 60 }), (fragments) => {
        const parts = parseParts(fragments.join(""), "b");
        const fields = parts.flatMap(({ response }) => Object.entries(response?.headers ?? {}));
        for (const [field, values] of fields)
          for (const one of [values ?? []].flat()) expect(() => new Headers().append(field, one)).not.toThrow();
        for (const { contentId } of parts) expect(indexOfContentId(contentId ?? "", id)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  // In quadratic time, a megabyte would take minutes.
  it.each([
    ["only delimiters", "--b\r\n"],
    ["delimiters after a space", " --b"],
    ["delimiters with more characters", "\n--bb"],
    ["fields", "--b\r\na: b\r\n"],
    ["folds", " a\r\n"],
    ["names", "a+"],
    ["spaces", " "],
    ["line breaks", "\n"],
    ["one name for many parts", `--b\nContent-ID: <${id} + 0>\n\nHTTP/1.1 200 OK\n\n{}\n`],
  ])("of a megabyte of %s is read in linear time", (_name, fragment) => {
    const text = fragment.repeat(2 ** 20 / fragment.length);
    parseParts(`--b\r\n${text}`, "b");
    parseParts(`--b\r\nContent-ID: ${text}\r\n\r\nHTTP/1.1 500 No\r\nX: ${text}\r\n\r\n${text}`, "b");
    expect(indexOfContentId(text, "another")).toBeUndefined();
  });
});

describe("the boundary", () => {
  it.each([
    ["multipart/mixed; boundary=abc", "abc"],
    ['multipart/mixed; boundary="a b:c"', "a b:c"],
    ['Multipart/Mixed; charset=UTF-8; BOUNDARY = "a\\"b"', 'a"b'],
    ["multipart/mixed;boundary=a;x=y", "a"],
    ["multipart/related; boundary=batch_1-2_3", "batch_1-2_3"],
    ["multipart/mixed", undefined],
    ["multipart/mixed; boundary=", undefined],
    ['multipart/mixed; boundary=""', undefined],
    ["multipart/mixed; noboundary=a", undefined],
    ["application/json; boundary=a", undefined],
    ["", undefined],
  ])("of %j is %j", (type, boundary) => {
    expect(boundaryOf(type)).toBe(boundary);
  });
});
