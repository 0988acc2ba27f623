/** Credentials in an environment variable. */
import { inspect } from "node:util";
import { afterEach, expect, it, vi } from "vitest";
import {
  AuthorizedUserCredentials,
  credentialsFromEnv,
  ExternalAccountCredentials,
  ServiceAccountCredentials,
} from "../../../runtime/src/auth.js";
import { keyFor, pkcs8, tokenServer } from "../support/keys.js";
import { failureOf } from "../support/library.js";
import { configOf } from "./external/support.js";

afterEach(() => void vi.unstubAllEnvs());

const key = keyFor("http://127.0.0.1:1/token");
const user = { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "r" };
const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64");

it.each<[string, string, { readonly prototype: object }]>([
  ["JSON of a key", JSON.stringify(key), ServiceAccountCredentials],
  ["JSON of a user", JSON.stringify(user), AuthorizedUserCredentials],
  ["Base64 of a key", base64(key), ServiceAccountCredentials],
  [
    "Base64 of a configuration",
    base64(configOf({ credential_source: { file: "/token" } })),
    ExternalAccountCredentials,
  ],
  ["JSON with raw line breaks", JSON.stringify(key).replaceAll("\\n", "\n"), ServiceAccountCredentials],
])("accepts %s", async (_name, value, kind) => {
  vi.stubEnv("TEST_CREDENTIALS", value);
  expect(await credentialsFromEnv("TEST_CREDENTIALS", { scopes: ["s"] })).toBeInstanceOf(kind);
});

it("passes options on", async () => {
  const { assertions, url } = await tokenServer();
  vi.stubEnv("TEST_CREDENTIALS", base64(keyFor(url)));
  const auth = await credentialsFromEnv("TEST_CREDENTIALS", { scopes: ["a"], subject: "user@example.com" });
  await auth.getRequestHeaders();
  expect(assertions[0]?.claims).toMatchObject({ scope: "a", sub: "user@example.com" });
});

it.each<[string, string | undefined, string, string]>([
  ["is not set", undefined, "NO_CREDENTIALS", "the environment variable TEST_CREDENTIALS is not set"],
  ["is empty", "", "NO_CREDENTIALS", "the environment variable TEST_CREDENTIALS is empty"],
  ["is blank", " \n", "NO_CREDENTIALS", "the environment variable TEST_CREDENTIALS is empty"],
  [
    "contains a path",
    "/etc/keys/service.json",
    "NO_CREDENTIALS",
    "contains a path, not JSON. Pass the path to credentialsFromFile()",
  ],
  ["contains a path on Windows", '"C:\\keys\\my key.json"', "NO_CREDENTIALS", "contains a path, not JSON"],
  ["contains a relative path", "service.json", "NO_CREDENTIALS", "contains a path, not JSON"],
  ["contains a cut off key", JSON.stringify(key).slice(0, 900), "KEY_NOT_JSON", "TEST_CREDENTIALS: is cut off"],
  ["contains only a private key", pkcs8, "KEY_NOT_JSON", "TEST_CREDENTIALS: is a bare private key"],
  [
    "contains cut off Base64",
    base64(key).slice(0, 900),
    "KEY_NOT_JSON",
    "TEST_CREDENTIALS: is Base64, but not of JSON, or is incomplete",
  ],
  [
    "contains an API key",
    `AIza${"a".repeat(35)}`,
    "KEY_NOT_JSON",
    "TEST_CREDENTIALS: is an API key. Pass it to new ApiKeyCredentials()",
  ],
  [
    "contains a broken key",
    JSON.stringify({ ...key, private_key: pkcs8.slice(0, 900) }),
    "KEY_BROKEN",
    "TEST_CREDENTIALS#/private_key: is cut off",
  ],
])("names a variable that %s", async (_name, value, code, message) => {
  vi.stubEnv("TEST_CREDENTIALS", value);
  const error = await failureOf(credentialsFromEnv("TEST_CREDENTIALS"));
  expect(error).toMatchObject({ code, message: expect.stringContaining(message) as unknown });
  const secret = (value ?? "").slice(40, 60) || "no secret";
  expect(inspect(error, { depth: 9 })).not.toContain(secret);
});

it("points out applicationDefault() for the path of Google's variable", async () => {
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "/etc/key.json");
  expect(String(await failureOf(credentialsFromEnv("GOOGLE_APPLICATION_CREDENTIALS")))).toContain(
    "applicationDefault()",
  );
});

it.each([[JSON.stringify(key)], [base64(key)], [pkcs8], [""]])("rejects a value in place of a name", async (value) => {
  const error = await failureOf(credentialsFromEnv(value));
  expect(error).toMatchObject({
    code: "NO_CREDENTIALS",
    message: "credentialsFromEnv() takes the name of an environment variable, not its value",
  });
});
