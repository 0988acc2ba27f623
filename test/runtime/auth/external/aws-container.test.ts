/** AWS keys of containers (ECS, Fargate, EKS), whose endpoint the environment names. AWS verifies what they sign. */
import { writeFile } from "node:fs/promises";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ExternalAccountCredentials } from "../../../../runtime/src/auth.js";
import { type HttpRequest, type Transport, undiciTransport } from "../../../../runtime/src/index.js";
import { type Handler, json, serve, type TestServer } from "../../support/server.js";
import { awsTokenType, awsVerifier, keys, verification, verified, withoutAwsVariables } from "./aws-support.js";
import { formOf, google, type Members, refusalOf, scopes, temporaryFile } from "./support.js";

beforeEach(() => {
  withoutAwsVariables();
  vi.stubEnv("AWS_REGION", "eu-west-1");
});
afterEach(() => void vi.unstubAllEnvs());

const hour = 3_600_000;
const soon = (): string => new Date(Date.now() + hour).toISOString();

const roleKeys = {
  AccessKeyId: keys.accessKeyId,
  SecretAccessKey: keys.secretAccessKey,
  Token: "session",
};

/** The endpoint of a container's keys. */
const container = (handler?: Handler): Promise<TestServer> =>
  serve(handler ?? ((_request, response) => json(response, 200, { ...roleKeys, Expiration: soon() })));

const aws: Members = { environment_id: "aws1", regional_cred_verification_url: verification };

interface Options {
  readonly config: Members;
  readonly source?: Members;
  readonly transport?: Transport;
}

const credentials = ({ config, source = aws, ...options }: Options): ExternalAccountCredentials =>
  ExternalAccountCredentials.fromJSON(
    { ...config, subject_token_type: awsTokenType, credential_source: source },
    { scopes, ...options },
  );

/** Sends requests to Google's origin there, and all others to the container's endpoint. */
function routed(server: TestServer, googleUrl: string): { transport: Transport; sent: HttpRequest[] } {
  const real = undiciTransport();
  const sent: HttpRequest[] = [];
  const send: Transport["send"] = (request) => {
    if (request.origin === new URL(googleUrl).origin) return real.send(request);
    sent.push(request);
    return real.send({ ...request, origin: new URL(server.url).origin });
  };
  return { transport: { send }, sent };
}

const relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const token = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const tokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

describe("the endpoint", () => {
  it.each<[string, Record<string, string>, string]>([
    ["of ECS and Fargate", { [relative]: "/v2/credentials/a?b=c" }, "http://169.254.170.2/v2/credentials/a?b=c"],
    ["of ECS before a full URL", { [relative]: "/a", [full]: "https://keys.example.com/" }, "http://169.254.170.2/a"],
    ["whose path looks like a host", { [relative]: "//example.com/" }, "http://169.254.170.2//example.com/"],
    ["of EKS", { [full]: "http://169.254.170.23/v1/credentials" }, "http://169.254.170.23/v1/credentials"],
    ["of EKS over IPv6", { [full]: "http://[fd00:ec2::23]/v1/credentials" }, "http://[fd00:ec2::23]/v1/credentials"],
    ["of ECS as a full URL", { [full]: "http://169.254.170.2/get" }, "http://169.254.170.2/get"],
    ["on localhost", { [full]: "http://localhost:1234/get" }, "http://localhost:1234/get"],
    ["on 127.0.0.0/8", { [full]: "http://127.9.8.7/get" }, "http://127.9.8.7/get"],
    ["on [::1]", { [full]: "http://[0:0:0:0:0:0:0:1]:81/get" }, "http://[::1]:81/get"],
    ["over https anywhere", { [full]: "https://keys.example.com:8443/get" }, "https://keys.example.com:8443/get"],
  ])("%s is used", async (_name, environment, url) => {
    for (const [name, value] of Object.entries({ [token]: "Basic abcd", ...environment })) vi.stubEnv(name, value);
    const { config, exchanges, url: googleUrl } = await google(awsVerifier("session"));
    const { sent, transport } = routed(await container(), googleUrl);
    expect(await credentials({ config, transport }).getRequestHeaders()).toEqual({
      authorization: "Bearer federated-1",
    });
    expect(sent.map(({ method, origin, path }) => [method, origin + path])).toEqual([["GET", url]]);
    expect(sent[0]?.headers["authorization"]).toBe("Basic abcd");
    expect(exchanges[0]?.headers["x-goog-api-client"]).toContain("source/aws");
  });

  it.each<[string, string, string, string]>([
    [full, "http://example.com/get", "KEY_UNTRUSTED", "is at http://example.com, which would get"],
    [full, "http://169.254.169.254/get", "KEY_UNTRUSTED", "is at http://169.254.169.254"],
    [full, "http://169.254.170.22/get", "KEY_UNTRUSTED", "is at http://169.254.170.22"],
    [full, "http://10.0.0.1/get", "KEY_UNTRUSTED", "is at http://10.0.0.1"],
    [full, "http://[::2]/get", "KEY_UNTRUSTED", "is at http://[::2]"],
    [full, "http://[fd00:ec2::254]/get", "KEY_UNTRUSTED", "is at http://[fd00:ec2::254]"],
    [full, "http://[::ffff:10.0.0.1]/get", "KEY_UNTRUSTED", "is at http://[::ffff:a00:1]"],
    [full, "http://127.0.0.1.example.com/get", "KEY_UNTRUSTED", "is at http://127.0.0.1.example.com"],
    [full, "http://localhost.example.com/get", "KEY_UNTRUSTED", "is at http://localhost.example.com"],
    [full, "http://any.localhost/get", "KEY_UNTRUSTED", "is at http://any.localhost"],
    [full, "ftp://localhost/get", "KEY_UNTRUSTED", "is at ftp://localhost"],
    [full, "file:///etc/keys", "KEY_UNTRUSTED", "is at file:"],
    [full, "http://hush:hush@localhost/get", "KEY_FIELD_INVALID", "must not contain credentials"],
    [full, "localhost/get", "KEY_FIELD_INVALID", "must be an absolute URL"],
    [relative, ".example.com/get", "KEY_FIELD_INVALID", "must begin with a slash"],
    [relative, "@example.com/get", "KEY_FIELD_INVALID", "must begin with a slash"],
    [relative, "http://localhost/get", "KEY_FIELD_INVALID", `For a complete URL, set ${full}`],
  ])("in %s may not be %s", async (variable, value, code, message) => {
    vi.stubEnv(variable, value);
    vi.stubEnv(token, "hush-hush");
    const { config, seen, url } = await google();
    const { sent, transport } = routed(await container(), url);
    const error = await refusalOf(credentials({ config, transport }).getRequestHeaders());
    expect(error.code).toBe(code);
    expect(error.message).toMatch(new RegExp(`^${variable}: `));
    expect(error.message).toContain(message);
    expect(inspect(error)).not.toContain("hush");
    expect([sent.length, seen.length]).toEqual([0, 0]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    [
      "is not used if the environment has keys",
      {
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
        AWS_SESSION_TOKEN: "session",
      },
      [],
    ],
    ["precedes the metadata of the instance", {}, ["/get"]],
    ["precedes it if the environment has only one half of a key", { AWS_ACCESS_KEY_ID: "A" }, ["/get"]],
  ])("%s", async (_name, environment, paths) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const { seen, url } = await container();
    vi.stubEnv(full, `${url}get`);
    const { config } = await google(awsVerifier("session"));
    await credentials({ config, source: { ...aws, url: `${url}keys` } }).getRequestHeaders();
    expect(seen.map((request) => request.url)).toEqual(paths);
  });
});

describe("the authorization token", () => {
  it("is read from its file for each request, and precedes the variable", async () => {
    const { seen, url } = await container((_request, response) => json(response, 200, roleKeys));
    const path = await temporaryFile("first");
    vi.stubEnv(full, url);
    vi.stubEnv(token, "unused");
    vi.stubEnv(tokenFile, path);
    const { config } = await google(awsVerifier("session"));
    const auth = credentials({ config });
    await auth.getRequestHeaders();
    await writeFile(path, "second");
    auth.invalidate();
    await auth.getRequestHeaders();
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["first", "second"]);
  });

  it("is not sent if no variable has one", async () => {
    const { seen, url } = await container();
    vi.stubEnv(full, url);
    const { config } = await google(awsVerifier("session"));
    await credentials({ config }).getRequestHeaders();
    expect(seen[0]?.headers.authorization).toBeUndefined();
  });

  it.each<[string, string, string, RegExp]>([
    [
      "with a line feed at its end",
      tokenFile,
      "hush\n",
      /the authorization token contains a line break\. It must be one/,
    ],
    ["with a second header", token, "hush\r\nhost: example.com", /contains a line break/],
    ["with a carriage return", token, "hush\rhush", /contains a line break/],
    ["with another character", token, "hush\u0007", /contains a character that a header must not contain$/],
    ["that is empty", tokenFile, "", /is empty$/],
  ])("%s is rejected, in %s", async (_name, variable, value, message) => {
    const { seen, url } = await container();
    vi.stubEnv(full, url);
    vi.stubEnv(variable, variable === tokenFile ? await temporaryFile(value) : value);
    const { config } = await google();
    const error = await refusalOf(credentials({ config }).getRequestHeaders());
    expect(error.code).toBe("KEY_FIELD_INVALID");
    expect(error.message).toMatch(new RegExp(`^${variable}: the authorization token .*`));
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain("hush");
    expect(seen).toEqual([]);
  });

  it("in a file that cannot be read is an error with its path", async () => {
    vi.stubEnv(full, "http://127.0.0.1:1/");
    vi.stubEnv(tokenFile, "/no/such/token");
    const { config } = await google();
    expect(await refusalOf(credentials({ config }).getRequestHeaders())).toMatchObject({
      code: "TOKEN_UNAVAILABLE",
      message: `${tokenFile}: /no/such/token cannot be read (ENOENT)`,
    });
  });
});

describe("a response", () => {
  it.each<[string, number, unknown, string, RegExp]>([
    ["that is not JSON", 200, "<html>", "TOKEN_UNAVAILABLE", /is not JSON$/],
    ["that is a list", 200, [], "TOKEN_UNAVAILABLE", /contains no AccessKeyId and SecretAccessKey$/],
    [
      "with one half of a key",
      200,
      { AccessKeyId: "hush-id" },
      "TOKEN_UNAVAILABLE",
      /contains no AccessKeyId and SecretAccessKey$/,
    ],
    [
      "with a key of another type",
      200,
      { ...roleKeys, SecretAccessKey: 5 },
      "TOKEN_UNAVAILABLE",
      /contains no AccessKeyId and SecretAccessKey$/,
    ],
    [
      "of ECS that refuses",
      400,
      { code: "InvalidIdInRequest", message: "CredentialsV2Request: ID not found", HTTPErrorCode: 400 },
      "TOKEN_REFUSED",
      /^the configuration \(AWS_CONTAINER_CREDENTIALS_FULL_URI\): http\S+ .*\(status 400\): InvalidIdInRequest: CredentialsV2Request: ID not found\. Check that the container has an IAM role/,
    ],
    [
      "of another endpoint that refuses",
      403,
      { Code: "AccessDenied", Message: "token hush-token is not known" },
      "TOKEN_REFUSED",
      /\(status 403\): AccessDenied: token \[redacted\] is not known\. .* its authorization token is current$/,
    ],
    [
      "of EKS as text",
      404,
      "no association for hush-token at /v2/hush-credentials-id",
      "TOKEN_REFUSED",
      /no association for \[redacted\] at/,
    ],
  ])("%s is an error", async (_name, status, body, code, message) => {
    const { url } = await container((_request, response) =>
      typeof body === "string" ? void response.writeHead(status).end(body) : json(response, status, body),
    );
    vi.stubEnv(full, `${url}v2/hush-credentials-id`);
    vi.stubEnv(token, "Basic hush-token");
    const { config } = await google();
    const error = await refusalOf(credentials({ config }).getRequestHeaders());
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(inspect(error)).not.toContain("hush");
  });

  it("is awaited again while the endpoint fails", async () => {
    const { seen, url } = await container((_request, response, index) =>
      index === 0 ? json(response, 500, {}) : json(response, 200, roleKeys),
    );
    vi.stubEnv(full, url);
    const { config } = await google(awsVerifier("session"));
    await credentials({ config }).getRequestHeaders();
    expect(seen).toHaveLength(2);
  });
});

describe("the keys", () => {
  /** Requests three tokens at once, and one later. */
  async function fourTokens(handler: Handler): Promise<number> {
    const { seen, url } = await container(handler);
    vi.stubEnv(full, url);
    const { config, exchanges } = await google(awsVerifier("session"));
    const auth = credentials({ config });
    const others = ["a", "b"].map((scope) => auth.withScopes([scope]));
    await Promise.all([auth, ...others].map((one) => one.getRequestHeaders()));
    expect(seen).toHaveLength(1);
    await auth.withScopes(["c"]).getRequestHeaders();
    expect(exchanges).toHaveLength(4);
    return seen.length;
  }

  const expiring =
    (clock: number, lifetime: number): Handler =>
    (_request, response) => {
      const now = Date.now() + clock;
      const date = new Date(now).toUTCString();
      return json(response, 200, { ...roleKeys, Expiration: new Date(now + lifetime).toISOString() }, { date });
    };

  it.each<[string, Handler, number]>([
    ["are cached until they expire", expiring(0, hour), 1],
    ["that have expired are requested again", expiring(0, -1000), 2],
    ["without an expiration are requested again", (_request, response) => json(response, 200, roleKeys), 2],
    ["are cached by the clock of the endpoint, which is behind", expiring(-2 * hour, hour), 1],
    ["are not cached by a clock that is ahead", expiring(2 * hour, -hour), 2],
  ])("%s", async (_name, handler, requests) => {
    expect(await fourTokens(handler)).toBe(requests);
  });

  it("that AWS rejects are requested again for the next token", async () => {
    const { seen, url } = await container((_request, response, index) =>
      json(response, 200, { ...roleKeys, ...(index === 0 ? { Token: "revoked" } : {}), Expiration: soon() }),
    );
    vi.stubEnv(full, url);
    const { config, exchanges } = await google(awsVerifier("session"));
    const auth = credentials({ config });
    expect(await refusalOf(auth.getRequestHeaders())).toMatchObject({ code: "TOKEN_REFUSED" });
    await auth.getRequestHeaders();
    expect([seen.length, exchanges.length]).toEqual([2, 2]);
  });
});

describe("the region", () => {
  const regionUnset = (): void => void vi.stubEnv("AWS_REGION", "");

  it("is that of the instance, which ECS may reach", async () => {
    regionUnset();
    const { url } = await container((request, response) =>
      request.url === "/zone" ? void response.end("ap-south-1c") : json(response, 200, roleKeys),
    );
    vi.stubEnv(full, url);
    const { config, exchanges } = await google(awsVerifier("session"));
    await credentials({ config, source: { ...aws, region_url: `${url}zone` } }).getRequestHeaders();
    expect((await verified(formOf(exchanges[0])["subject_token"], "session")).region).toBe("ap-south-1");
  });

  it.each<[string, Members, RegExp]>([
    ["the configuration has no URL of it", {}, /region_url: is missing, and AWS_REGION is not set\. Set AWS_REGION/],
    [
      "the metadata of the instance cannot be reached",
      { region_url: "http://127.0.0.1:1/zone" },
      /no token from http:\/\/127\.0\.0\.1:1: .*\. Set AWS_REGION in the container's environment$/,
    ],
  ])("must be set if %s", async (_name, members, message) => {
    regionUnset();
    const { url } = await container();
    vi.stubEnv(full, url);
    const { config } = await google();
    const error = await refusalOf(credentials({ config, source: { ...aws, ...members } }).getRequestHeaders());
    expect(error.message).toMatch(message);
  });
});

describe("a local clock", () => {
  it.each([
    ["an hour behind", hour],
    ["an hour ahead", -hour],
    ["half an hour behind", hour / 2],
  ])("%s is corrected by that of the STS, once", async (_name, offset) => {
    const { seen, url } = await container();
    vi.stubEnv(full, url);
    const now = (): number => Date.now() + offset;
    const { config, exchanges } = await google(awsVerifier("session", now), now);
    const auth = credentials({ config });
    expect(await auth.getRequestHeaders()).toEqual({ authorization: "Bearer federated-2" });
    await auth.withScopes(["a"]).getRequestHeaders();
    expect([exchanges.length, seen.length]).toEqual([3, 1]);
  });

  it.each([
    ["is right", 0],
    ["differs by less than AWS accepts", 4 * 60_000],
  ])("is not corrected if it %s", async (_name, offset) => {
    const { url } = await container();
    vi.stubEnv(full, url);
    const { config, exchanges } = await google(
      async () => "not today",
      () => Date.now() + offset,
    );
    expect(await refusalOf(credentials({ config }).getRequestHeaders())).toMatchObject({ code: "TOKEN_REFUSED" });
    expect(exchanges).toHaveLength(1);
  });

  it("that is not the cause of a refusal is corrected once", async () => {
    const { url } = await container();
    vi.stubEnv(full, url);
    const { config, exchanges } = await google(
      async () => "not today",
      () => Date.now() + hour,
    );
    const auth = credentials({ config });
    for (const requests of [2, 3]) {
      expect(await refusalOf(auth.getRequestHeaders())).toMatchObject({ code: "TOKEN_REFUSED" });
      expect(exchanges).toHaveLength(requests);
    }
  });
});
