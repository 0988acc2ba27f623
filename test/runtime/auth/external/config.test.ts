/** Invalid and untrusted configurations: each error names the member. */
import { describe, expect, it, vi } from "vitest";
import { credentialsFromJSON } from "../../../../runtime/src/auth/external/index.js";
import { ExternalAccountAuthorizedUserCredentials, ExternalAccountCredentials } from "../../../../runtime/src/auth.js";
import type { AuthError } from "../../../../runtime/src/index.js";
import { type Members, audience, configOf, email, refusalOf, temporaryFile } from "./support.js";

const file = { file: "/token" };
const verification = "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15";
const aws = { environment_id: "aws1", regional_cred_verification_url: verification };
const iam = `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${email}:generateAccessToken`;

const load = (members: Members): Promise<unknown> =>
  Promise.resolve().then(() => ExternalAccountCredentials.fromJSON(configOf({ credential_source: file, ...members })));
const loadSource = (source: unknown): Promise<unknown> => load({ credential_source: source });

describe("rejects a configuration", () => {
  it.each<[string, Members, string, string]>([
    ["of another kind", { type: "service_account" }, "KEY_WRONG_TYPE", '#/type: is "service_account"'],
    ["without an audience", { audience: "" }, "KEY_FIELD_MISSING", "#/audience: is missing or empty"],
    ["without a type of subject token", { subject_token_type: undefined }, "KEY_FIELD_MISSING", "#/subject_token_type"],
    [
      "without a source",
      { credential_source: undefined },
      "KEY_FIELD_MISSING",
      "#/credential_source: is missing. Or pass",
    ],
    [
      "with a source that is not an object",
      { credential_source: "file" },
      "KEY_WRONG_TYPE",
      "#/credential_source: is not",
    ],
    ["with an invalid token URL", { token_url: "sts" }, "KEY_FIELD_INVALID", "#/token_url: must be an absolute URL"],
    [
      "with a token URL over http",
      { token_url: "http://sts.googleapis.com/v1/token" },
      "KEY_FIELD_INVALID",
      "#/token_url: must be https",
    ],
    [
      "with a token URL over http, at a metadata server",
      { token_url: "http://169.254.169.254/v1/token" },
      "KEY_FIELD_INVALID",
      "#/token_url: must be https",
    ],
    [
      "with an impersonation URL of another method",
      { service_account_impersonation_url: iam.replace(":generateAccessToken", ":signJwt") },
      "KEY_FIELD_INVALID",
      "#/service_account_impersonation_url: must end with",
    ],
    [
      "with an impersonation URL with invalid percent-encoding",
      { service_account_impersonation_url: iam.replace("@", "%zz@") },
      "KEY_FIELD_INVALID",
      "#/service_account_impersonation_url: must end with",
    ],
    [
      "with a lifetime that is too long",
      {
        service_account_impersonation_url: iam,
        service_account_impersonation: { token_lifetime_seconds: 50_000 },
      },
      "KEY_FIELD_INVALID",
      "#/service_account_impersonation/token_lifetime_seconds: must be a number from 600 to 43200",
    ],
    [
      "with a quota project, but no workforce pool",
      { audience, workforce_pool_user_project: "payer" },
      "KEY_FIELD_INVALID",
      "#/workforce_pool_user_project: is only for workforce pools",
    ],
    [
      "of a universe that is not a domain",
      { universe_domain: "a/b" },
      "KEY_FIELD_INVALID",
      "#/universe_domain: must be",
    ],
  ])("%s", async (_name, members, code, message) => {
    const error = await refusalOf(load(members));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(`the configuration${message}`)]);
  });

  it.each<[string, Members, string, string]>([
    [
      "is missing",
      {},
      "KEY_FIELD_INVALID",
      ": must have one of file, url, executable, certificate and environment_id, and has none",
    ],
    [
      "is ambiguous",
      { file: "/a", url: "https://a.example.com" },
      "KEY_FIELD_INVALID",
      ": must have one of file, url, executable, certificate and environment_id, and has file and url",
    ],
    [
      "has an unknown format",
      { ...file, format: { type: "xml" } },
      "KEY_FIELD_INVALID",
      "/format/type: must be text or json",
    ],
    [
      "is JSON without the name of the member",
      { ...file, format: { type: "json" } },
      "KEY_FIELD_MISSING",
      "/format/subject_token_field_name: is missing",
    ],
    ["is a URL over http", { url: "http://tokens.example.com/" }, "KEY_FIELD_INVALID", "/url: must be https"],
    [
      "has a header with a line break",
      { url: "https://a.example.com", headers: { "x-a": "b\r\nc: d" } },
      "KEY_FIELD_INVALID",
      "/headers/x-a: contains a line break",
    ],
    [
      "is a program without a name",
      { executable: { command: " " } },
      "KEY_FIELD_INVALID",
      "/executable/command: must be",
    ],
    [
      "is a program with an open quote",
      { executable: { command: 'a "b' } },
      "KEY_FIELD_INVALID",
      "/executable/command: must be",
    ],
    [
      "is a program with a short timeout",
      { executable: { command: "a", timeout_millis: 10 } },
      "KEY_FIELD_INVALID",
      "/executable/timeout_millis: must be a number from 5000 to 120000",
    ],
    [
      "is a certificate with two paths",
      { certificate: { use_default_certificate_config: true, certificate_config_location: "/a" } },
      "KEY_FIELD_INVALID",
      "/certificate/certificate_config_location: must be missing",
    ],
    [
      "is a certificate without a path",
      { certificate: {} },
      "KEY_FIELD_INVALID",
      "/certificate/certificate_config_location: must be set",
    ],
    [
      "is an unknown version of AWS",
      { ...aws, environment_id: "aws2" },
      "KEY_FIELD_INVALID",
      "/environment_id: must be aws1",
    ],
    [
      "is AWS without its STS",
      { environment_id: "aws1" },
      "KEY_FIELD_MISSING",
      "/regional_cred_verification_url: is missing",
    ],
  ])("whose source %s", async (_name, source, code, message) => {
    const error = await refusalOf(loadSource(source));
    expect([error.code, error.message]).toEqual([
      code,
      expect.stringContaining(`the configuration#/credential_source${message}`),
    ]);
  });

  it.each([
    ["a file that does not exist", "/no/such/file", "KEY_FILE_UNREADABLE"],
    ["a file that is not JSON", undefined, "KEY_NOT_JSON"],
  ])("in %s", async (_name, given, code) => {
    const path = given ?? (await temporaryFile("{"));
    const error = await refusalOf(ExternalAccountCredentials.fromFile(path));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(path)]);
  });

  it("accepts null for absent members", async () => {
    const members = { service_account_impersonation: null, client_id: null, token_url: null };
    const source = { ...file, url: null, executable: null, certificate: null, environment_id: null, format: null };
    await expect(load({ ...members, credential_source: source })).resolves.toBeInstanceOf(ExternalAccountCredentials);
  });

  it("reads a file completely, with its universe", async () => {
    const config = configOf({ credential_source: file, universe_domain: "example.cloud", client_id: "hush" });
    const auth = await ExternalAccountCredentials.fromFile(await temporaryFile(JSON.stringify(config)), {
      scopes: ["a"],
    });
    expect([auth.universeDomain, auth.scopes, auth.email]).toEqual(["example.cloud", ["a"], undefined]);
  });
});

describe("an untrusted configuration", () => {
  const found = (members: Members, allow?: { urls: string[] }): Promise<unknown> =>
    Promise.resolve().then(() =>
      credentialsFromJSON(configOf({ credential_source: file, ...members }), { source: "found.json", allow }),
    );
  const source = (members: Members): Members => ({ credential_source: members });

  it.each<[string, Members]>([
    ["only defaults", {}],
    ["the STS of a region", { token_url: "https://sts.europe-west4.rep.googleapis.com/v1/token" }],
    ["the STS of certificates", { token_url: "https://sts.mtls.googleapis.com/v1/token" }],
    ["the STS of a private connection", { token_url: "https://sts-mine.p.googleapis.com/v1/token" }],
    ["Google's IAM", { service_account_impersonation_url: iam }],
    ["the IAM of a region", { service_account_impersonation_url: iam.replace(".google", ".us-east1.rep.google") }],
    [
      "the metadata server of AWS",
      source({ ...aws, url: "http://169.254.169.254/a", region_url: "http://[fd00:ec2::254]/b" }),
    ],
    ["the metadata server of Azure", source({ url: "http://169.254.169.254/metadata/identity/oauth2/token" })],
  ])("may use %s", async (_name, members) => {
    await expect(found(members)).resolves.toBeInstanceOf(ExternalAccountCredentials);
  });

  const elsewhere = "https://sts.googleapis.com.example.com/v1/token";
  it.each<[string, string, Members]>([
    ["a token URL elsewhere", "token_url", { token_url: elsewhere }],
    ["a token URL on this machine", "token_url", { token_url: "http://127.0.0.1:8080/v1/token" }],
    [
      "a token URL at another of Google's services",
      "token_url",
      { token_url: "https://storage.googleapis.com/bucket" },
    ],
    ["a token URL at another port", "token_url", { token_url: "https://sts.googleapis.com:8443/v1/token" }],
    ["its own universe", "token_url", { universe_domain: "example.com" }],
    [
      "an IAM elsewhere",
      "service_account_impersonation_url",
      { service_account_impersonation_url: iam.replace("googleapis.com", "example.com") },
    ],
    ["a source elsewhere", "url", source({ url: "https://tokens.example.com/" })],
    ["a source at another link-local address", "url", source({ url: "http://169.254.1.1/" })],
    ["metadata of AWS elsewhere", "region_url", source({ ...aws, region_url: "https://example.com/" })],
    [
      "an STS of AWS elsewhere",
      "regional_cred_verification_url",
      source({ ...aws, regional_cred_verification_url: "https://sts.{region}.example.com" }),
    ],
  ])("may not use %s", async (_name, member, members) => {
    const error = await refusalOf(found(members));
    expect(error.code).toBe("KEY_UNTRUSTED");
    const [, place, origin = ""] = /^found\.json#\/(.+?): is at (\S+), which is not Google's/.exec(error.message) ?? [];
    expect(place?.replace("credential_source/", "")).toBe(member);
    // What the message says helps.
    expect(error.message).toContain(`allow: { urls: ["${origin}"] }, or --allow-url '${origin}' on the command line`);
    await expect(found(members, { urls: [origin] })).resolves.toBeInstanceOf(ExternalAccountCredentials);
    await expect(load(members)).resolves.toBeInstanceOf(ExternalAccountCredentials);
  });

  it("of a GitHub runner is allowed for all of GitHub's runners, whose hosts change", async () => {
    const members = source({ url: "https://run-7.actions.githubusercontent.com/token?api-version=2.0" });
    const { message } = await refusalOf(found(members));
    expect(message).toContain("is at https://run-7.actions.githubusercontent.com, which");
    const [, entry = ""] = /--allow-url '([^']+)'/.exec(message) ?? [];
    expect(entry).toBe("https://*.actions.githubusercontent.com");
    await expect(found(members, { urls: [entry] })).resolves.toBeInstanceOf(ExternalAccountCredentials);
  });

  it.each<[string, string, boolean]>([
    ["itself", elsewhere, true],
    ["its origin", "https://sts.googleapis.com.example.com", true],
    ["a folder above it", "https://sts.googleapis.com.example.com/v1", true],
    ["half of a path segment", "https://sts.googleapis.com.example.com/v", false],
    ["all subdomains", "https://*.example.com", true],
    ["another host", "https://example.com", false],
    ["another scheme", "http://sts.googleapis.com.example.com", false],
    ["a text that is not a URL", "sts.googleapis.com.example.com", false],
  ])("may use a URL that is listed by %s: %s", async (_name, listed, isAllowed) => {
    const loaded = found({ token_url: elsewhere }, { urls: [listed] });
    const code = await loaded.then(
      () => undefined,
      (error: AuthError) => error.code,
    );
    expect(code).toBe(isAllowed ? undefined : "KEY_UNTRUSTED");
  });

  it("may belong to the universe in the environment", async () => {
    vi.stubEnv("GOOGLE_CLOUD_UNIVERSE_DOMAIN", "example.cloud");
    await expect(found({ universe_domain: "example.cloud" })).resolves.toMatchObject({
      universeDomain: "example.cloud",
    });
    vi.unstubAllEnvs();
  });

  it("may be the sign-in of a user, by the same rules", async () => {
    const members = {
      type: "external_account_authorized_user",
      client_id: "id",
      client_secret: "hush",
      refresh_token: "hush-token",
    };
    await expect(found(members)).resolves.toBeInstanceOf(ExternalAccountAuthorizedUserCredentials);
    expect((await refusalOf(found({ ...members, token_url: elsewhere }))).code).toBe("KEY_UNTRUSTED");
  });
});
