/** Invalid key files: each error names the file and the member, never its value. */
import { generateKeyPairSync } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { AuthError } from "../../../runtime/src/index.js";
import { ServiceAccountCredentials } from "../../../runtime/src/auth.js";
import { keyFor, pkcs8 } from "../support/keys.js";
import { failureOf } from "../support/library.js";

const key = keyFor("http://127.0.0.1:1/token");
const without = (name: string): string => JSON.stringify({ ...key, [name]: undefined });
const withMember = (name: string, value: unknown): string => JSON.stringify({ ...key, [name]: value });
const lines = pkcs8.trim().split("\n");

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "discogen-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

async function errorOf(text: string): Promise<{ readonly error: AuthError; readonly path: string }> {
  const path = join(await folder(), "service.json");
  await writeFile(path, text, { mode: 0o600 });
  const error = await failureOf(
    ServiceAccountCredentials.fromFile(path, { scopes: ["s"] }).then((auth) => auth.getRequestHeaders()),
  );
  if (!(error instanceof AuthError)) throw error;
  return { error, path };
}

describe("a key file", () => {
  it.each<[string, string, string, string, RegExp]>([
    ["that is empty", "", "KEY_NOT_JSON", "", /is empty/],
    [
      "that is cut off",
      JSON.stringify(key).slice(0, 400),
      "KEY_NOT_JSON",
      "",
      /is cut off: it is JSON without its end/,
    ],
    ["that is a bare private key", pkcs8, "KEY_NOT_JSON", "", /bare private key/],
    ["that contains an array", "[]", "KEY_WRONG_TYPE", "", /not a JSON object/],
    ["that contains a string", '"x"', "KEY_WRONG_TYPE", "", /not a JSON object/],
    [
      "of a user",
      withMember("type", "authorized_user"),
      "KEY_WRONG_TYPE",
      "#/type",
      /"authorized_user", the sign-in of a user/,
    ],
    [
      "of an external account",
      withMember("type", "external_account"),
      "KEY_WRONG_TYPE",
      "#/type",
      /workload identity federation/,
    ],
    ["of an unknown kind", withMember("type", "toString"), "KEY_WRONG_TYPE", "#/type", /is unknown\./],
    ["of an OAuth client", JSON.stringify({ installed: { client_id: "x" } }), "KEY_WRONG_TYPE", "", /OAuth client/],
    ["without a type", "{}", "KEY_WRONG_TYPE", "#/type", /is missing/],
    ["without an address", without("client_email"), "KEY_FIELD_MISSING", "#/client_email", /missing/],
    ["with an empty address", withMember("client_email", ""), "KEY_FIELD_MISSING", "#/client_email", /empty/],
    ["without a key", without("private_key"), "KEY_FIELD_MISSING", "#/private_key", /missing/],
    ["with a number for a key", withMember("private_key", 7), "KEY_FIELD_INVALID", "#/private_key", /must be a string/],
    [
      "with text for a key",
      withMember("private_key", "secret-text"),
      "KEY_BROKEN",
      "#/private_key",
      /not a private key in PEM/,
    ],
    [
      "with a key cut off",
      withMember("private_key", lines.slice(0, 10).join("\n")),
      "KEY_BROKEN",
      "#/private_key",
      /is cut off: its last line, -----END PRIVATE KEY-----, is missing or damaged, and only 432 of its 1,21\d bytes/,
    ],
    [
      "with a key without its middle",
      withMember("private_key", [...lines.slice(0, 5), ...lines.slice(9)].join("\n")),
      "KEY_BROKEN",
      "#/private_key",
      /is incomplete: only 1,02\d of its 1,21\d bytes are there/,
    ],
    [
      "with invalid characters in the key",
      withMember("private_key", pkcs8.replace("\nM", "\n*")),
      "KEY_BROKEN",
      "#/private_key",
      /not Base64/,
    ],
    [
      "with a certificate for a key",
      withMember("private_key", pkcs8.replaceAll("PRIVATE KEY", "CERTIFICATE")),
      "KEY_BROKEN",
      "#/private_key",
      /is a certificate, not a private key/,
    ],
    [
      "with an encrypted key",
      withMember("private_key", pkcs8.replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY")),
      "KEY_BROKEN",
      "#/private_key",
      /encrypted/,
    ],
    [
      "with a key of another kind",
      withMember(
        "private_key",
        generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }),
      ),
      "KEY_BROKEN",
      "#/private_key",
      /is not an RSA private key but one for EC/,
    ],
    [
      "with an endpoint over http",
      withMember("token_uri", "http://example.com/token"),
      "KEY_FIELD_INVALID",
      "#/token_uri",
      /must be https/,
    ],
    ["with an invalid endpoint", withMember("token_uri", "token"), "KEY_FIELD_INVALID", "#/token_uri", /absolute URL/],
    [
      "with credentials in its endpoint",
      withMember("token_uri", "https://a:secret-text@h/"),
      "KEY_FIELD_INVALID",
      "#/token_uri",
      /must not contain/,
    ],
    [
      "with an invalid universe",
      withMember("universe_domain", "a/b"),
      "KEY_FIELD_INVALID",
      "#/universe_domain",
      /must be a domain/,
    ],
  ])("%s", async (_name, text, code, pointer, message) => {
    const { error, path } = await errorOf(text);
    expect(error.code).toBe(code);
    expect(error.message.startsWith(`${path}${pointer}: `)).toBe(true);
    expect(error.message).toMatch(message);
    const shown = inspect(error, { depth: 9, showHidden: true });
    expect(shown).not.toContain("secret-text");
    for (const line of lines.slice(1, -1)) expect(shown).not.toContain(line.slice(0, 40));
  });

  it("that does not exist", async () => {
    const path = join(await folder(), "nowhere.json");
    expect(await failureOf(ServiceAccountCredentials.fromFile(path))).toMatchObject({
      code: "KEY_FILE_UNREADABLE",
      message: `${path}: the key file does not exist`,
    });
  });

  it("that is a folder", async () => {
    expect(await failureOf(ServiceAccountCredentials.fromFile(await folder()))).toMatchObject({
      code: "KEY_FILE_UNREADABLE",
      message: expect.stringContaining("an empty folder, not a key file"),
    });
  });

  it.skipIf(process.getuid?.() === 0)("that cannot be read", async () => {
    const path = join(await folder(), "service.json");
    await writeFile(path, "{}", { mode: 0o600 });
    await chmod(path, 0);
    expect(await failureOf(ServiceAccountCredentials.fromFile(path))).toMatchObject({
      code: "KEY_FILE_UNREADABLE",
      message: expect.stringContaining("may not read the key file"),
    });
  });
});

it("names a key without a file `the key`", () => {
  expect(() => ServiceAccountCredentials.fromJSON(without("client_email"))).toThrow(/^the key#\/client_email: /);
});

it("accepts a key with only the necessary members", () => {
  const { email } = ServiceAccountCredentials.fromJSON({ client_email: "a@b.c", private_key: pkcs8 });
  expect(email).toBe("a@b.c");
});
