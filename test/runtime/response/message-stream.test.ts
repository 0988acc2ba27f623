/** Bodies of streamed responses are split into messages, wherever chunks are cut. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ApiDescriptor, type ApiError } from "../../../runtime/src/index.js";
import { messagesOf } from "../../../runtime/src/response/message-stream.js";
import type { HttpRequest } from "../../../runtime/src/transport/transport.js";

const api: ApiDescriptor = { descriptors: 2, id: "a:v1", rootUrl: "https://a/", servicePath: "", scopes: [] };
const request: HttpRequest = {
  method: "POST",
  origin: "https://a",
  path: "/",
  headers: {},
  timeout: 1,
  methodId: "a.b",
};

interface Outcome {
  readonly messages: unknown[];
  readonly code: string | undefined;
}

/** Reads a body in these chunks. */
async function read(
  chunks: Iterable<Uint8Array>,
  type = "application/json",
  maxResponseBytes?: number,
): Promise<Outcome> {
  const response = { status: 200, headers: { "content-type": type }, body: "" };
  const messages: unknown[] = [];
  try {
    const body = (async function* () {
      yield* chunks;
    })();
    for await (const message of messagesOf(api, { request: { ...request, maxResponseBytes }, response }, body))
      messages.push(message);
  } catch (error) {
    return { messages, code: (error as ApiError).code };
  }
  return { messages, code: undefined };
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A body in chunks of this many bytes. */
function* cut(body: Uint8Array, size: number): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

/** A body that is cut at these fractions of its length. */
function* cutAt(body: Uint8Array, shares: readonly number[]): Generator<Uint8Array, void, undefined> {
  const places = shares.map((share) => Math.floor(share * body.length)).sort((a, b) => a - b);
  for (const [index, place] of [0, ...places].entries()) yield body.subarray(place, places[index] ?? body.length);
}

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
const deep = `${'{"a":['.repeat(300)}1${"]}".repeat(300)}`;
const odd = '{"s":"\\"}]\\\\{[\\u0022 \\ud83d\\ude00 😀 é \u2028"}';

describe.each<[string, string, readonly unknown[]]>([
  ["no body", "", []],
  ["spaces", " \r\n\t", []],
  ["an empty array", "[]", []],
  ["an empty array with spaces", " [ \n ] \n", []],
  ["one message", '[{"n":1}]', [{ n: 1 }]],
  ["some messages", '[{"n":1},{"n":2},{"n":3}]', [{ n: 1 }, { n: 2 }, { n: 3 }]],
  ["a pretty-printed array", '[{\n  "n": 1\n}\n,\r\n{\n  "n": 2\n}\n]\n', [{ n: 1 }, { n: 2 }]],
  ["a byte order mark", '\ufeff[{"n":1}]', [{ n: 1 }]],
  ["one object instead of an array", '{"n":1}', [{ n: 1 }]],
  ["an object per line", '{"n":1}\n{"n":2}\r\n', [{ n: 1 }, { n: 2 }]],
  ["a sequence of objects", '{"n":1}{"n":2}', [{ n: 1 }, { n: 2 }]],
  ["brackets, quotes and escapes in strings", `[${odd},${odd}]`, [JSON.parse(odd), JSON.parse(odd)]],
  ["arrays as messages", "[[1,[2]],[]]", [[1, [2]], []]],
  ["values that are not objects", '[1,-2e3,"a,]",true,null]', [1, -2000, "a,]", true, null]],
  ["one number", "12", [12]],
  ["deep nesting", `[${deep}]`, [JSON.parse(deep)]],
  ["an error of RPC codes, which may be a message", '[{"error":{"code":5}}]', [{ error: { code: 5 } }]],
  ["an error next to data", '[{"error":{"code":503},"n":1}]', [{ error: { code: 503 }, n: 1 }]],
])("%s", (_name, body, want) => {
  it.each([1, 2, 3, 7, 1 << 20])("is read in chunks of %i bytes", async (size) => {
    expect(await read(cut(bytesOf(body), size))).toEqual({ messages: want, code: undefined });
  });
});

it.each<[string, string, readonly unknown[]]>([
  ["an open array", "[", []],
  ["an array that ends after a message", '[{"n":1}', [{ n: 1 }]],
  ["an array that ends after a comma", '[{"n":1},', [{ n: 1 }]],
  ["a comma before the end", '[{"n":1},]', [{ n: 1 }]],
  ["a comma at the start", '[,{"n":1}]', []],
  ["two commas", '[{"n":1},,{"n":2}]', [{ n: 1 }]],
  ["no comma", '[{"n":1}{"n":2}]', [{ n: 1 }]],
  ["a comma between lines", '{"n":1},{"n":2}', [{ n: 1 }]],
  ["content after the array", '[{"n":1}]x', [{ n: 1 }]],
  ["an object after the array", '[{"n":1}]{"n":2}', [{ n: 1 }]],
  ["an extra bracket", '[{"n":1}]]', [{ n: 1 }]],
  ["the wrong bracket", '[{"n":1}}', [{ n: 1 }]],
  ["brackets that do not match", '[{"n":[1}]]', []],
  ["an open object", '{"n":{}', []],
  ["an open string", '"a', []],
  ["an open string of an object", '[{"n":"\\"}]', []],
  ["a literal that is not JSON", "[nope]", []],
  ["a web page", "<html>", []],
])("is INVALID_RESPONSE: %s", async (_name, body, want) => {
  for (const size of [1, 2, 1000]) {
    expect(await read(cut(bytesOf(body), size))).toEqual({ messages: want, code: "INVALID_RESPONSE" });
  }
});

it("reads any array like JSON.parse, cut anywhere", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.constantFrom(0, 2), shares, async (values, indent, places) => {
      const text = JSON.stringify(values, undefined, indent);
      expect(await read(cutAt(bytesOf(text), places))).toEqual({ messages: JSON.parse(text), code: undefined });
    }),
    { numRuns: 300 },
  );
});

it("accepts the arrays that JSON.parse accepts, and no others", async () => {
  const token = fc.constantFrom(...'[]{},:"\\ 1a', "\n", '"a":', "true", "null", "{}", '{"a":1}', "😀", "\\u00e9");
  await fc.assert(
    fc.asyncProperty(fc.array(token, { maxLength: 8 }), shares, async (tokens, places) => {
      const text = `[${tokens.join("")}`;
      let want: unknown;
      try {
        want = JSON.parse(text);
      } catch {
        want = undefined;
      }
      const { code, messages } = await read(cutAt(bytesOf(text), places));
      expect(code === undefined ? messages : code).toEqual(want ?? "INVALID_RESPONSE");
    }),
    { numRuns: 2000 },
  );
});

describe("server-sent events", () => {
  const type = "text/event-stream; charset=utf-8";

  it.each<[string, string, readonly unknown[]]>([
    ["no body", "", []],
    ["only comments", ": hi\n\n:\n\n", []],
    ["events", 'data: {"n":1}\n\ndata: {"n":2}\n\n', [{ n: 1 }, { n: 2 }]],
    ["no space after the colon", 'data:{"n":1}\n\n', [{ n: 1 }]],
    ["carriage returns", 'data: {"n":1}\r\rdata: {"n":2}\r\r', [{ n: 1 }, { n: 2 }]],
    ["both line ends", 'data: {"n":1}\r\n\r\ndata: {"n":2}\r\n\r\n', [{ n: 1 }, { n: 2 }]],
    ["data on several lines", 'data: {\ndata: "n": 1\ndata: }\n\n', [{ n: 1 }]],
    ["other fields", 'id: 1\nevent: x\nretry: 5\ndatabase: y\ndata: {"n":1}\n\n', [{ n: 1 }]],
    ["an event without data", 'event: ping\n\ndata\n\ndata:\n\ndata: {"n":1}\n\n', [{ n: 1 }]],
    ["a last event without an empty line", 'data: {"n":1}\n\ndata: {"n":2}', [{ n: 1 }, { n: 2 }]],
    ["a byte order mark", '\ufeffdata: {"n":1}\n\n', [{ n: 1 }]],
    ["JSON without events", '[{"n":1}]', [{ n: 1 }]],
    ["JSON without events after an event", 'data: {"n":1}\n\n{"n":2}\n', [{ n: 1 }, { n: 2 }]],
  ])("are read in chunks of any size: %s", async (name, body, want) => {
    for (const size of [1, 2, 3, 1000]) {
      const { code, messages } = await read(cut(bytesOf(body), size), type);
      expect([name, messages, code]).toEqual([name, want, undefined]);
    }
  });

  it("are read cut anywhere", async () => {
    const ends = fc.constantFrom("\n", "\r", "\r\n");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.jsonValue(), ends)), shares, async (events, places) => {
        const body = events.map(([value, end]) => `: c${end}data: ${JSON.stringify(value)}${end}${end}`).join("");
        const want = events.map(([value]) => JSON.parse(JSON.stringify(value)));
        expect(await read(cutAt(bytesOf(body), places), type)).toEqual({ messages: want, code: undefined });
      }),
    );
  });

  it("that end within an event are INVALID_RESPONSE", async () => {
    const { code, messages } = await read([bytesOf('data: {"n":1}\n\ndata: {"n"')], type);
    expect([messages, code]).toEqual([[{ n: 1 }], "INVALID_RESPONSE"]);
  });
});

it.each([
  ["application/json", (message: string) => `[{"n":1},${message}`],
  ["text/event-stream", (message: string) => `data: {"n":1}\n\ndata: ${message}`],
])("limits the bytes of one message, not of the stream: %s", async (type, bodyOf) => {
  const long = bodyOf(`{"text":"${"é".repeat(500)}"`);
  for (const size of [1, 10_000]) {
    const outcome = await read(cut(bytesOf(long), size), type, 1000);
    expect(outcome).toEqual({ messages: [{ n: 1 }], code: "RESPONSE_TOO_LARGE" });
  }
  const many = type === "application/json" ? `[${'{"n":1},'.repeat(500)}{}]` : 'data: {"n":1}\n\n'.repeat(501);
  expect((await read(cut(bytesOf(many), 100), type, 1000)).messages).toHaveLength(501);
});

it("reads a message of any depth", async () => {
  const { code, messages } = await read(cut(bytesOf(`[${"[".repeat(1e5)}${"]".repeat(1e5)}]`), 1000));
  expect([code, messages.length]).toEqual([undefined, 1]);
});

it("reads a long message in small chunks in time that grows with its length alone", async () => {
  const text = JSON.stringify([{ text: "x".repeat(8 << 20) }]);
  const { messages } = await read(cut(bytesOf(text), 64));
  expect(messages).toHaveLength(1);
});
