/** JSON as environment variables and secret stores pass it on. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readJson } from "../../../runtime/src/auth/json-text.js";
import { pkcs8 } from "../support/keys.js";

const key = { type: "service_account", client_email: "é@b.example", private_key: pkcs8 };
const json = JSON.stringify(key);
const indented = JSON.stringify(key, null, 2);
const base64 = Buffer.from(json).toString("base64");

describe("JSON is read", () => {
  it.each([
    ["as it is", json],
    ["with a byte order mark and blank lines", `\ufeff\n\n${indented}\r\n\0`],
    ["as a JSON string", JSON.stringify(json)],
    ["as a JSON string in a JSON string", JSON.stringify(JSON.stringify(indented))],
    ["in single quotes", `'${json}'`],
    ["in double quotes, not escaped", `"${json}"`],
    ["in backticks", `\`${indented}\``],
    ["escaped, without quotes", JSON.stringify(indented).slice(1, -1)],
    ["escaped twice, without quotes", JSON.stringify(JSON.stringify(json)).slice(3, -3)],
    ["with escaped quotes and line breaks", json.replaceAll('"', '\\"')],
    ["with raw line breaks in a string", json.replaceAll("\\n", "\n")],
    ["with raw CRLF in a string", json.replaceAll("\\n", "\n").replaceAll("\n", "\r\n")],
    ["with escaped line breaks between strings", indented.replaceAll("\n", "\\n")],
    ["in quotes with raw line breaks in a string", `'${indented.replaceAll("\\n", "\n")}'`],
    ["percent-encoded", encodeURIComponent(json)],
    ["in Base64", base64],
    ["in Base64url without padding", Buffer.from(json).toString("base64url")],
    ["in Base64 with line breaks", base64.replaceAll(/.{76}/g, "$&\n")],
    ["in Base64 with escaped line breaks", base64.replaceAll(/.{76}/g, "$&\\n")],
    ["in Base64 in quotes", `"${base64}"\n`],
    ["in Base64 twice", Buffer.from(base64).toString("base64")],
    ["in Base64, with a byte order mark inside", Buffer.from(`\ufeff${json}`).toString("base64")],
    ["as a data: URL", `data:application/json;base64,${base64}`],
    ["in Base64, of a JSON string", Buffer.from(JSON.stringify(json)).toString("base64")],
  ])("%s", (_name, text) => {
    const reading = readJson(text);
    const value = "value" in reading ? (reading.value as typeof key) : undefined; // compared below
    expect({ ...value, private_key: value?.private_key.replaceAll("\r", "") }).toEqual(key);
  });
});

it.each([
  ["a missing comma", '{\n  "a": 1\n  "b": 2}', " at line 3, column 3"],
  ["the end is missing", '{"a": 1', ""],
  ["no JSON", "hello", ""],
  ["Base64 of no JSON", Buffer.from("hello, world").toString("base64"), ""],
])("reports where JSON ends: %s", (_name, text, problem) => {
  expect(readJson(text)).toEqual({ problem });
});

it("returns JSON that is not an object unchanged", () => {
  for (const value of [7, "text", "MTIz", null, [json]]) expect(readJson(JSON.stringify(value))).toEqual({ value });
});

it("reads whatever JSON.parse reads in the same way", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.json({ maxDepth: 2 })), (value) => {
      expect(readJson(JSON.stringify(value))).toEqual({ value });
    }),
  );
});

it("takes linear time for any text", () => {
  for (const part of ['\\"', "\\", " ", '"', "\u200b", "A", "%7B", "{", "\n"])
    expect(readJson(`{"${part.repeat(Math.floor(200_000 / part.length))}x`)).toHaveProperty("problem");
});
