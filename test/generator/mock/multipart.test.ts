/** The multipart parser: bodies as clients write them, and malformed ones. */
import { describe, expect, it } from "vitest";
import { GoogleError } from "../../../generator/src/mock/google-error.js";
import { type Part, readParts } from "../../../generator/src/mock/media/multipart.js";

const read = (contentType: string, body: Buffer | string): readonly Part[] =>
  readParts(contentType, Buffer.from(body), ["related", "mixed"], (why) => new GoogleError(400, why));

/** Returns the content type and the text of each part. */
const textsOf = (contentType: string, body: Buffer | string) =>
  read(contentType, body).map(({ headers, bytes }) => [headers.get("content-type"), bytes.toString("latin1")]);

const b = "multipart/related; boundary=b";
const crlf = (text: string) => text.replaceAll("\n", "\r\n");
const two = "--b\nContent-Type: a/b\n\none\n--b\nContent-Type: c/d\n\ntwo\n--b--";
const both = [
  ["a/b", "one"],
  ["c/d", "two"],
];

describe("a multipart body", () => {
  it.each<[string, string, string, (readonly (string | undefined)[])[]]>([
    ["with CRLF", b, crlf(two), both],
    ["with LF", b, two, both],
    ["with CRLF, and a line break at the end", b, `${crlf(two)}\r\n`, both],
    ["with LF, and a line break at the end", b, `${two}\n`, both],
    ["with a CRLF before the first delimiter", b, `\r\n${crlf(two)}`, both],
    ["with a preamble and an epilogue", b, `This is\r\nmultipart --b\r\n${crlf(two)}\r\n--b\r\nend`, both],
    ["with LF in headers, and CRLF around parts", b, crlf(two).replaceAll("\r\n\r\n", "\n\n"), both],
    ["with CRLF in headers, and LF around parts", b, two.replaceAll(/(Content-Type: ...)\n\n/g, "$1\r\n\r\n"), both],
    ["with padding after the delimiters", b, crlf(two).replaceAll(/--b(--)?/g, "$& \t "), both],
    ["with a quoted boundary", 'multipart/mixed; boundary="b"', two, both],
    ["with a quoted boundary with an escape", String.raw`multipart/mixed; boundary="\b"`, two, both],
    [
      "with a boundary of Python, in quotes",
      'multipart/mixed; boundary="===============12=="',
      two.replaceAll("--b", "--===============12=="),
      both,
    ],
    [
      "with a boundary of Python, without quotes",
      "multipart/mixed; boundary================12==",
      two.replaceAll("--b", "--===============12=="),
      both,
    ],
    [
      "with a boundary in single quotes",
      "multipart/related; boundary='===============12=='",
      two.replaceAll("--b", "--===============12=="),
      both,
    ],
    ["with a boundary that has single quotes", "multipart/related; boundary='b'", two.replaceAll("--b", "--'b'"), both],
    ["with parameters around the boundary", 'Multipart/Related; type="a/b"; BOUNDARY=b; start=x', two, both],
    [
      "with characters of regular expressions in the boundary",
      "multipart/mixed; boundary=a.(+b",
      two.replaceAll("--b", "--a.(+b"),
      both,
    ],
    ["with a part without headers", b, "--b\r\n\r\none\r\n--b--", [[undefined, "one"]]],
    ["with a part without headers, with LF", b, "--b\n\none\n--b--", [[undefined, "one"]]],
    ["with headers in any case", b, "--b\r\ncontent-TYPE : a/b\r\n\r\n1\r\n--b--", [["a/b", "1"]]],
    ["with a folded header", b, "--b\r\nContent-Type:\r\n a/b;\r\n\tc=d\r\n\r\n1\r\n--b--", [["a/b; c=d", "1"]]],
    ["with an empty part", b, "--b\r\nContent-Type: a/b\r\n\r\n\r\n--b--", [["a/b", ""]]],
    ["with an empty part without a line of its own", b, "--b\r\nContent-Type: a/b\r\n\r\n--b--", [["a/b", ""]]],
    ["with a part of headers only", b, "--b\nContent-Type: a/b\n--b--", [["a/b", ""]]],
    ["with an empty part, with LF", b, "--b\nContent-Type: a/b\n\n\n--b--", [["a/b", ""]]],
    ["with no parts", b, "--b--", []],
    [
      "with text like the delimiter in a part",
      b,
      "--b\r\n\r\n--bc\r\n --b\r\n--b-\r\nx--b\r\n--b--",
      [[undefined, "--bc\r\n --b\r\n--b-\r\nx--b"]],
    ],
    ["with line breaks at both ends of a part", b, "--b\r\n\r\n\r\n1\r\n\r\n--b--", [[undefined, "\r\n1\r\n"]]],
    ["with a CR at the end of a part, with LF", b, "--b\nA: b\n\n1\r\n--b--", [[undefined, "1\r"]]],
    ["with a CR at the end of a part, with CRLF", b, "--b\r\nA: b\r\n\r\n1\r\r\n--b--", [[undefined, "1\r"]]],
    ["in Base64", b, "--b\nContent-Transfer-Encoding: BASE64\n\naGVs\nbG8=\n--b--", [[undefined, "hello"]]],
    [
      "in Base64 without padding",
      b,
      "--b\nContent-Transfer-Encoding: base64\n\naGVsbG8\n--b--",
      [[undefined, "hello"]],
    ],
  ])("%s is read", (_name, contentType, body, want) => {
    expect(textsOf(contentType, body)).toEqual(want);
  });

  it.each(["\n", "\r\n"])("keeps every byte between delimiters that end with %j", (end) => {
    const bytes = Buffer.from([...Array.from({ length: 256 }, (_, byte) => byte), 13, 10, 13, 10, 45, 45, 98, 10, 13]);
    const content = Buffer.concat([bytes.subarray(0, 260), Buffer.from("--x\r\n--bb"), Buffer.from([0, 255, 13])]);
    const head = Buffer.from(["--b", "Content-Type: a/b", "", ""].join(end));
    const body = Buffer.concat([head, content, Buffer.from(`${end}--b--`)]);
    expect(read(b, body)[0]?.bytes.equals(content)).toBe(true);
  });

  it.each([
    [
      "of another type",
      "text/plain; boundary=b",
      two,
      "expected the content type multipart/related or multipart/mixed",
    ],
    ["of another subtype", "multipart/digest; boundary=b", two, "expected the content type"],
    ["without a boundary", "multipart/related", two, "the content type has no boundary"],
    ["with an empty boundary", 'multipart/related; boundary=""', two, "the content type has no boundary"],
    ["with another boundary", "multipart/related; boundary=x", two, "it does not contain its boundary"],
    ["without content", b, "", "it does not contain its boundary"],
    ["without the closing delimiter", b, two.slice(0, -5), "the closing delimiter is missing"],
    ["that is cut in its closing delimiter", b, two.slice(0, -1), "the closing delimiter is missing"],
    ["with a line that is no header", b, "--b\r\nhello\r\n\r\n1\r\n--b--", "a part has no valid headers"],
    ["with invalid Base64", b, "--b\nContent-Transfer-Encoding: base64\n\n?\n--b--", "a part is not valid Base64"],
    [
      "with an unknown encoding",
      b,
      "--b\nContent-Transfer-Encoding: x\n\n1\n--b--",
      "unknown Content-Transfer-Encoding",
    ],
  ])("%s is rejected", (_name, contentType, body, message) => {
    expect(() => read(contentType, body)).toThrow(message);
  });
});
