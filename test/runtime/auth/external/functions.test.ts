/** External accounts whose subject tokens or AWS keys come from functions of the caller. */
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  applicationDefault,
  type AwsSecurityCredentials,
  credentialsFromFile,
  credentialsFromJSON,
  ExternalAccountCredentials,
  type ExternalAccountOptions,
  type SubjectTokenContext,
} from "../../../../runtime/src/auth.js";
import { InvalidRequestError } from "../../../../runtime/src/index.js";
import { failureOf } from "../../support/library.js";
import { awsTokenType, awsVerifier, keys, verification, verified, withoutAwsVariables } from "./aws-support.js";
import { audience, configOf, formOf, google, jwt, type Members, refusalOf, scopes, temporaryFile } from "./support.js";

beforeEach(withoutAwsVariables);
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

const of = (config: Members, options: ExternalAccountOptions): ExternalAccountCredentials =>
  ExternalAccountCredentials.fromJSON(config, { scopes, ...options });

/** A configuration of AWS without a source, and an STS that verifies its signatures. */
async function awsGoogle(sessionToken?: string): Promise<Awaited<ReturnType<typeof google>>> {
  const all = await google(awsVerifier(sessionToken));
  return { ...all, config: { ...all.config, subject_token_type: awsTokenType } };
}

const given: AwsSecurityCredentials = { ...keys, region: "eu-west-1" };

describe("subjectToken", () => {
  it("gets the audience, the type and a signal, and may return at once", async () => {
    const { config } = await google();
    const contexts: SubjectTokenContext[] = [];
    const subjectToken = (context: SubjectTokenContext): string => {
      contexts.push(context);
      return "subject";
    };
    await of(config, { subjectToken }).getRequestHeaders();
    expect(contexts).toEqual([{ audience, subjectTokenType: jwt, signal: expect.any(AbortSignal) as AbortSignal }]);
    expect(contexts[0]?.signal.aborted).toBe(false);
  });

  it("gets a signal that aborts after a minute", async () => {
    vi.useFakeTimers();
    const { config } = await google();
    let signal: AbortSignal | undefined;
    const failure = refusalOf(
      of(config, {
        subjectToken: (context) => {
          ({ signal } = context);
          return new Promise(() => undefined);
        },
      }).getRequestHeaders(),
    );
    await vi.dynamicImportSettled();
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await failure).message).toMatch(/subjectToken\(\) returned no token within 60000 ms$/);
    expect(signal?.aborted).toBe(true);
  });

  it("gets a signal that aborts when no call waits any more", async () => {
    const { config } = await google();
    const impatient = new AbortController();
    let signal: AbortSignal | undefined;
    const subjectToken = (context: SubjectTokenContext): Promise<string> => {
      ({ signal } = context);
      impatient.abort();
      return new Promise(() => undefined);
    };
    const headers = of(config, { subjectToken }).getRequestHeaders(undefined, { signal: impatient.signal });
    expect(await failureOf(headers)).toMatchObject({ code: "ABORTED" });
    await vi.waitFor(() => expect(signal?.aborted).toBe(true));
  });

  it.each<[string, Members]>([
    ["a file", { file: "/no/such/file" }],
    ["a program", { executable: { command: "/no/such/program" } }],
    ["a URL that is not Google's", { url: "https://tokens.example.com/" }],
    ["AWS", { environment_id: "aws1", regional_cred_verification_url: verification }],
    ["a certificate", { certificate: { use_default_certificate_config: true } }],
  ])("replaces %s as the source", async (_name, credential_source) => {
    const { config, exchanges, url } = await google();
    const options = { subjectToken: () => "subject", allow: { urls: [url] } };
    await of({ ...config, credential_source }, options).getRequestHeaders();
    expect(exchanges[0]?.headers["x-goog-api-client"]).toContain("source/programmatic");
  });

  it.each<[string, (config: Members, options: ExternalAccountOptions) => Promise<{ getRequestHeaders(): unknown }>]>([
    ["credentialsFromJSON()", (config, options) => credentialsFromJSON(config, options)],
    [
      "credentialsFromFile()",
      async (config, options) => credentialsFromFile(await temporaryFile(JSON.stringify(config)), options),
    ],
    [
      "applicationDefault()",
      async (config, options) => {
        vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", await temporaryFile(JSON.stringify(config)));
        return applicationDefault(options);
      },
    ],
  ])("can be passed to %s", async (_name, load) => {
    const { config, url } = await google();
    const auth = await load(config, { scopes, subjectToken: () => "subject", allow: { urls: [url] } });
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer federated-1" });
  });

  it("is passed to the source of a configuration for impersonation", async () => {
    const { config, impersonationUrl, impersonations, url } = await google();
    const file = {
      type: "impersonated_service_account",
      service_account_impersonation_url: impersonationUrl,
      source_credentials: config,
    };
    const auth = await credentialsFromJSON(file, { scopes, subjectToken: () => "subject", allow: { urls: [url] } });
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer impersonated-1" });
    expect(impersonations[0]?.headers.authorization).toBe("Bearer federated-1");
  });

  it("does not lift the limits of a file that was found", async () => {
    const { config } = await google();
    expect((await refusalOf(credentialsFromJSON(config, { subjectToken: () => "subject" }))).code).toBe(
      "KEY_UNTRUSTED",
    );
  });
});

describe("securityCredentials", () => {
  it.each<[string, () => AwsSecurityCredentials | Promise<AwsSecurityCredentials>, string | undefined]>([
    ["at once", () => given, undefined],
    ["later", () => Promise.resolve({ ...given, sessionToken: "session" }), "session"],
  ])("returns keys %s, which sign the request for AWS", async (_name, securityCredentials, sessionToken) => {
    const { config, exchanges } = await awsGoogle(sessionToken);
    expect(await of(config, { securityCredentials }).getRequestHeaders()).toEqual({
      authorization: "Bearer federated-1",
    });
    const { region, url } = await verified(formOf(exchanges[0])["subject_token"], sessionToken);
    expect(region).toBe("eu-west-1");
    expect(url).toBe("https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15");
    expect(exchanges[0]?.headers["x-goog-api-client"]).toContain("source/programmatic");
  });

  it("gets the audience, the type and a signal", async () => {
    const { config } = await awsGoogle();
    const securityCredentials = vi.fn<(context: SubjectTokenContext) => AwsSecurityCredentials>(() => given);
    await of(config, { securityCredentials }).getRequestHeaders();
    expect(securityCredentials.mock.calls).toEqual([
      [{ audience, subjectTokenType: awsTokenType, signal: expect.any(AbortSignal) as AbortSignal }],
    ]);
  });

  it("precedes keys and containers of the environment, and impersonates", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "another");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "another");
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/");
    vi.stubEnv("AWS_REGION", "us-east-1");
    const { config, exchanges, impersonationUrl } = await awsGoogle();
    const auth = of(
      { ...config, service_account_impersonation_url: impersonationUrl },
      { securityCredentials: () => given },
    );
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer impersonated-1" });
    expect((await verified(formOf(exchanges[0])["subject_token"])).region).toBe("eu-west-1");
  });

  it("uses the rest of a configuration of AWS", async () => {
    const { config, exchanges } = await awsGoogle();
    const credential_source = {
      environment_id: "aws1",
      regional_cred_verification_url: "https://sts.amazonaws.com?a=b",
    };
    await of({ ...config, credential_source }, { securityCredentials: () => given }).getRequestHeaders();
    expect((await verified(formOf(exchanges[0])["subject_token"])).url).toBe("https://sts.amazonaws.com/?a=b");
  });

  it("may leave the region to the environment", async () => {
    vi.stubEnv("AWS_DEFAULT_REGION", "us-east-2");
    const { config, exchanges } = await awsGoogle();
    await of(config, { securityCredentials: () => keys }).getRequestHeaders();
    expect((await verified(formOf(exchanges[0])["subject_token"])).region).toBe("us-east-2");
  });

  const hour = 3_600_000;
  it.each<[string, AwsSecurityCredentials["expiration"], number]>([
    ["a Date", new Date(Date.now() + hour), 1],
    ["milliseconds", Date.now() + hour, 1],
    ["ISO 8601", new Date(Date.now() + hour).toISOString(), 1],
    ["a time that has passed", Date.now() - hour, 2],
    ["nothing", undefined, 2],
  ])("is called once for calls that wait, and again after %s", async (_name, expiration, calls) => {
    const { config, exchanges } = await awsGoogle();
    const securityCredentials = vi.fn<() => AwsSecurityCredentials>(() => ({ ...given, expiration }));
    const auth = of(config, { securityCredentials });
    const others = ["a", "b"].map((scope) => auth.withScopes([scope]));
    await Promise.all([auth, ...others].map((one) => one.getRequestHeaders()));
    expect(securityCredentials).toHaveBeenCalledTimes(1);
    await auth.withScopes(["c"]).getRequestHeaders();
    expect(securityCredentials).toHaveBeenCalledTimes(calls);
    expect(exchanges).toHaveLength(4);
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "must return an object with accessKeyId and secretAccessKey"],
    ["a text", "hush", "must return an object with accessKeyId and secretAccessKey"],
    [
      "invalid keys",
      {
        accessKeyId: "",
        secretAccessKey: "hush hush",
        sessionToken: 5,
        region: "hush.example.com/",
        expiration: "hush",
      },
      "returned invalid credentials: expiration must be a Date, milliseconds since the epoch, or ISO 8601; region must be an AWS region, for example eu-west-1; accessKeyId must be a non-empty string without spaces; secretAccessKey must be a non-empty string without spaces; sessionToken must be a non-empty string without spaces",
    ],
    ["keys without a region", keys, "returned no region, and AWS_REGION is not set"],
  ])("that returns %s is an error", async (_name, value, message) => {
    const { config, exchanges } = await awsGoogle();
    // As a caller without type checks would.
    const securityCredentials = (): AwsSecurityCredentials => value as AwsSecurityCredentials;
    const error = await refusalOf(of(config, { securityCredentials }).getRequestHeaders());
    expect(error).toMatchObject({
      code: "TOKEN_UNAVAILABLE",
      message: `the configuration: securityCredentials() ${message}`,
    });
    expect(inspect(error)).not.toMatch(/hush|wJalr/);
    expect(exchanges).toEqual([]);
  });

  it("that fails is an error without keys", async () => {
    const { config } = await awsGoogle();
    const securityCredentials = (): never => {
      throw new Error(`cannot use ${keys.secretAccessKey} of /home/me/.aws/credentials`);
    };
    const error = await refusalOf(of(config, { securityCredentials }).getRequestHeaders());
    expect(error.message).toMatch(
      /securityCredentials\(\) failed: cannot use \[redacted\] of \/home\/me\/\.aws\/credentials$/,
    );
    expect(inspect(error)).not.toContain(keys.secretAccessKey);
  });

  it("that never resolves does not block calls forever", async () => {
    vi.useFakeTimers();
    const { config } = await awsGoogle();
    const failure = refusalOf(
      of(config, { securityCredentials: () => new Promise(() => undefined) }).getRequestHeaders(),
    );
    await vi.dynamicImportSettled();
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await failure).message).toMatch(/securityCredentials\(\) returned no keys within 60000 ms$/);
  });

  it("shows no keys", async () => {
    const { config } = await awsGoogle();
    const auth = of(config, { securityCredentials: () => given });
    await auth.getRequestHeaders();
    expect(inspect(auth, { depth: null, showHidden: true }) + JSON.stringify(auth)).not.toContain("wJalr");
  });

  it.each<[string, Members, string, string]>([
    [
      "another type of token",
      { subject_token_type: jwt },
      "KEY_FIELD_INVALID",
      `the configuration#/subject_token_type: must be ${awsTokenType} with the option securityCredentials`,
    ],
    [
      "another source",
      { credential_source: { file: "/token" } },
      "KEY_FIELD_INVALID",
      "the configuration#/credential_source: is not that of AWS, so the option securityCredentials does not apply",
    ],
  ])("rejects a configuration with %s", async (_name, members, code, message) => {
    const config = configOf({ subject_token_type: awsTokenType, ...members });
    const error = await refusalOf(
      (async () => ExternalAccountCredentials.fromJSON(config, { securityCredentials: () => given }))(),
    );
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});

it.each<[string, object, string]>([
  [
    "both functions",
    { subjectToken: () => "a", securityCredentials: () => given },
    "securityCredentials cannot be used with subjectToken. Pass one of them",
  ],
  ["a token instead of a function", { subjectToken: "hush" }, "subjectToken must be a function"],
  ["keys instead of a function", { securityCredentials: given }, "securityCredentials must be a function"],
])("%s cannot be passed", (_name, options, message) => {
  const create = (): unknown => ExternalAccountCredentials.fromJSON(configOf({}), options);
  expect(create).toThrow(InvalidRequestError);
  expect(create).toThrow(`ExternalAccountCredentials: ${message}`);
});
