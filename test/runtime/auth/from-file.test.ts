/** Credential files whose type says of what kind they are. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { AuthError } from "../../../runtime/src/index.js";
import {
  AuthorizedUserCredentials,
  credentialsFromFile,
  credentialsFromJSON,
  ImpersonatedCredentials,
  ServiceAccountCredentials,
} from "../../../runtime/src/auth.js";
import { keyFor, tokenServer } from "../support/keys.js";
import { failureOf } from "../support/library.js";
import { iamServer, rerouted, temporaryFile } from "../support/sign-in.js";

const key = keyFor("http://127.0.0.1:1/token");
const person = { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "r" };
const account = "/v1/projects/-/serviceAccounts/robot@example-123.iam.gserviceaccount.com:generateAccessToken";
const impersonated = (url: string, rest: object = {}) => ({
  type: "impersonated_service_account",
  service_account_impersonation_url: url,
  source_credentials: person,
  ...rest,
});

it.each<[object, { readonly prototype: object }]>([
  [key, ServiceAccountCredentials],
  [person, AuthorizedUserCredentials],
  [impersonated(`https://iamcredentials.googleapis.com${account}`), ImpersonatedCredentials],
])("$type", async (json, kind) => {
  expect(await credentialsFromFile(await temporaryFile("a.json", json))).toBeInstanceOf(kind);
  expect(await credentialsFromJSON({ ...json })).toBeInstanceOf(kind);
  expect(await credentialsFromJSON(JSON.stringify(json))).toBeInstanceOf(kind);
});

it.each<[string, object, string, string]>([
  ["no type", { ...key, type: undefined }, "KEY_WRONG_TYPE", "#/type: is missing"],
  ["a type that nobody knows", { type: "toString" }, "KEY_WRONG_TYPE", "#/type: is of no kind that is known"],
  [
    "a fault in a source",
    impersonated(`https://iamcredentials.googleapis.com${account}`, {
      source_credentials: { ...person, client_id: 7 },
    }),
    "KEY_FIELD_INVALID",
    "#/source_credentials/client_id: must be a string",
  ],
  [
    "no source",
    impersonated(`https://iamcredentials.googleapis.com${account}`, { source_credentials: undefined }),
    "KEY_FIELD_MISSING",
    "#/source_credentials: is missing",
  ],
  [
    "no account",
    impersonated("https://iamcredentials.googleapis.com/v1/x"),
    "KEY_FIELD_INVALID",
    "#/service_account_impersonation_url: must end",
  ],
  [
    "an account whose percent-encoding is broken",
    impersonated(`https://iamcredentials.googleapis.com${account.replace("robot@", "robot%zz@")}`),
    "KEY_FIELD_INVALID",
    "#/service_account_impersonation_url: must end",
  ],
  [
    "delegates that are none",
    impersonated(`https://iamcredentials.googleapis.com${account}`, { delegates: [7] }),
    "KEY_FIELD_INVALID",
    "#/delegates: must be a list",
  ],
])("%s is told with the place", async (_name, json, code, message) => {
  const path = await temporaryFile("a.json", json);
  const error = await failureOf(credentialsFromFile(path));
  expect(error).toMatchObject({ code, message: expect.stringContaining(`${path}${message}`) as unknown });
});

describe("impersonation", () => {
  it("goes from the source in the file to the account in its URL", async () => {
    const tokens = await tokenServer();
    const iam = await iamServer();
    const auth = await credentialsFromJSON(
      impersonated(`${iam.url.slice(0, -1)}${account}`, {
        source_credentials: keyFor(tokens.url),
        delegates: ["projects/-/serviceAccounts/a@example.com"],
        quota_project_id: "payer",
      }),
      { scopes: ["a"] },
    );
    expect(await auth.getRequestHeaders()).toEqual({
      authorization: "Bearer impersonated-0",
      "x-goog-user-project": "payer",
    });
    expect(tokens.assertions[0]?.claims.scope).toBe("https://www.googleapis.com/auth/cloud-platform");
    expect(iam.asked).toMatchObject([
      {
        account: "robot@example-123.iam.gserviceaccount.com",
        method: "generateAccessToken",
        authorization: "Bearer token-1",
        body: { scope: ["a"], delegates: ["projects/-/serviceAccounts/a@example.com"] },
      },
    ]);
  });

  it("acts for a person", async () => {
    const tokens = await tokenServer();
    const iam = await iamServer();
    const transport = rerouted({
      [new URL(iam.url).origin]: iam.url,
      [new URL(tokens.url).origin]: tokens.url,
      "https://oauth2.googleapis.com": tokens.url,
    });
    const auth = await credentialsFromJSON(
      impersonated(`${iam.url.slice(0, -1)}${account}`, { source_credentials: keyFor(tokens.url) }),
      { scopes: ["a"], subject: "person@example.com", transport },
    );
    await auth.getRequestHeaders();
    expect(tokens.assertions[1]?.claims).toMatchObject({ sub: "person@example.com", scope: "a" });
  });

  it.each<[string, string, readonly string[] | undefined, string]>([
    ["Google's", "https://iamcredentials.googleapis.com", undefined, "trusted"],
    ["a regional one of Google's", "https://iamcredentials.us-east1.rep.googleapis.com", undefined, "trusted"],
    ["a stranger's", "https://iamcredentials.googleapis.com.example.com", undefined, "KEY_UNTRUSTED"],
    ["a stranger's that is listed", "https://iam.example.com", ["https://iam.example.com/"], "trusted"],
    [
      "a stranger's beside the one that is listed",
      "https://iam.example.com",
      ["https://iam.example.com/v2/"],
      "KEY_UNTRUSTED",
    ],
    ["one over http", "http://iamcredentials.googleapis.com", undefined, "KEY_FIELD_INVALID"],
  ])("sends the source's token to no endpoint but a trusted one: %s", async (_name, origin, urls, want) => {
    const made = credentialsFromJSON(impersonated(`${origin}${account}`), { allow: { urls } });
    expect(
      await made.then(
        () => "trusted",
        (error: AuthError) => error.code,
      ),
    ).toBe(want);
  });
});

describe.skipIf(process.platform === "win32")("a file that others can read", () => {
  afterEach(() => void vi.restoreAllMocks());

  it.each<[string, object, number, number]>([
    ["with a key, by all", key, 0o644, 1],
    ["with a key, by its group", key, 0o640, 1],
    ["with a refresh token", person, 0o604, 1],
    ["with a key, by its owner alone", key, 0o600, 0],
    ["without a secret", { type: "external_account" }, 0o644, 0],
  ])("is warned of once: %s", async (_name, json, mode, want) => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const path = await temporaryFile("a.json", json, mode);
    for (let i = 0; i < 2; i++) await credentialsFromFile(path).catch(() => undefined);
    const warning = [
      `${path} holds a secret and can be read by other users of this machine: chmod 600 it`,
      { code: "DISCOGEN_KEY_FILE_OPEN" },
    ];
    expect(warnings.mock.calls).toEqual(Array.from({ length: want }, () => warning));
  });
});
