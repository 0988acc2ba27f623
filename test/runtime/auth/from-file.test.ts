/** Credential files of each type. */
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
import { iamServer, rerouted, temporaryFile } from "../support/authentication.js";

const key = keyFor("http://127.0.0.1:1/token");
const user = { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "r" };
const account = "/v1/projects/-/serviceAccounts/robot@example-123.iam.gserviceaccount.com:generateAccessToken";
const impersonated = (url: string, rest: object = {}) => ({
  type: "impersonated_service_account",
  service_account_impersonation_url: url,
  source_credentials: user,
  ...rest,
});

it.each<[object, { readonly prototype: object }]>([
  [key, ServiceAccountCredentials],
  [user, AuthorizedUserCredentials],
  [impersonated(`https://iamcredentials.googleapis.com${account}`), ImpersonatedCredentials],
])("$type", async (json, kind) => {
  expect(await credentialsFromFile(await temporaryFile("a.json", json))).toBeInstanceOf(kind);
  expect(await credentialsFromJSON({ ...json })).toBeInstanceOf(kind);
  expect(await credentialsFromJSON(JSON.stringify(json))).toBeInstanceOf(kind);
});

it.each<[string, object, string, string]>([
  ["no type", { ...key, type: undefined }, "KEY_WRONG_TYPE", "#/type: is missing"],
  ["an unknown type", { type: "toString" }, "KEY_WRONG_TYPE", "#/type: is unknown"],
  [
    "an error in a source",
    impersonated(`https://iamcredentials.googleapis.com${account}`, {
      source_credentials: { ...user, client_id: 7 },
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
    "an account with invalid percent-encoding",
    impersonated(`https://iamcredentials.googleapis.com${account.replace("robot@", "robot%zz@")}`),
    "KEY_FIELD_INVALID",
    "#/service_account_impersonation_url: must end",
  ],
  [
    "invalid delegates",
    impersonated(`https://iamcredentials.googleapis.com${account}`, { delegates: [7] }),
    "KEY_FIELD_INVALID",
    "#/delegates: must be an array",
  ],
])("rejects a file with %s and names the member", async (_name, json, code, message) => {
  const path = await temporaryFile("a.json", json);
  const error = await failureOf(credentialsFromFile(path));
  expect(error).toMatchObject({ code, message: expect.stringContaining(`${path}${message}`) as unknown });
});

describe("impersonation", () => {
  it("uses the source in the file for the account in its URL", async () => {
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
    expect(iam.requests).toMatchObject([
      {
        account: "robot@example-123.iam.gserviceaccount.com",
        method: "generateAccessToken",
        authorization: "Bearer token-1",
        body: { scope: ["a"], delegates: ["projects/-/serviceAccounts/a@example.com"] },
      },
    ]);
  });

  it("acts for a user", async () => {
    const tokens = await tokenServer();
    const iam = await iamServer();
    const transport = rerouted({
      [new URL(iam.url).origin]: iam.url,
      [new URL(tokens.url).origin]: tokens.url,
      "https://oauth2.googleapis.com": tokens.url,
    });
    const auth = await credentialsFromJSON(
      impersonated(`${iam.url.slice(0, -1)}${account}`, { source_credentials: keyFor(tokens.url) }),
      { scopes: ["a"], subject: "user@example.com", transport },
    );
    await auth.getRequestHeaders();
    expect(tokens.assertions[1]?.claims).toMatchObject({ sub: "user@example.com", scope: "a" });
  });

  it.each<[string, string, readonly string[] | undefined, string]>([
    ["Google's", "https://iamcredentials.googleapis.com", undefined, "trusted"],
    ["Google's for a region", "https://iamcredentials.us-east1.rep.googleapis.com", undefined, "trusted"],
    ["another host", "https://iamcredentials.googleapis.com.example.com", undefined, "KEY_UNTRUSTED"],
    ["another host that is listed", "https://iam.example.com", ["https://iam.example.com/"], "trusted"],
    ["another path of a listed host", "https://iam.example.com", ["https://iam.example.com/v2/"], "KEY_UNTRUSTED"],
    ["http", "http://iamcredentials.googleapis.com", undefined, "KEY_FIELD_INVALID"],
  ])("sends the source's token only to trusted endpoints: %s", async (_name, origin, urls, expected) => {
    const made = credentialsFromJSON(impersonated(`${origin}${account}`), { allow: { urls } });
    expect(
      await made.then(
        () => "trusted",
        (error: AuthError) => error.code,
      ),
    ).toBe(expected);
  });
});

describe.skipIf(process.platform === "win32")("the warning about a file that other users can read", () => {
  afterEach(() => void vi.restoreAllMocks());

  it.each<[string, object, number, number]>([
    ["with a key, readable by all", key, 0o644, 1],
    ["with a key, readable by its group", key, 0o640, 1],
    ["with a refresh token", user, 0o604, 1],
    ["with a key, readable only by its owner", key, 0o600, 0],
    ["without a secret", { type: "external_account" }, 0o644, 0],
  ])("is printed once: %s", async (_name, json, mode, expected) => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const path = await temporaryFile("a.json", json, mode);
    for (let i = 0; i < 2; i++) await credentialsFromFile(path).catch(() => undefined);
    const warning = [
      `${path} contains a secret and can be read by other users of this machine. Run chmod 600 on it`,
      { code: "DISCOGEN_KEY_FILE_OPEN" },
    ];
    expect(warnings.mock.calls).toEqual(Array.from({ length: expected }, () => warning));
  });
});
