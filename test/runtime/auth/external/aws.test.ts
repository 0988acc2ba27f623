/** Subject tokens of AWS, from the environment and from a metadata server that requires sessions. */
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ExternalAccountCredentials } from "../../../../runtime/src/auth.js";
import { type TestServer, json, serve } from "../../support/server.js";
import { keys, verification, verified, withoutAwsVariables } from "./aws-support.js";
import { formOf, google, type Members, refusalOf, scopes } from "./support.js";

beforeEach(withoutAwsVariables);
afterEach(() => void vi.unstubAllEnvs());

const session = "session-1";

/** A metadata server, only version 2: it requires a session. The first `failures` requests fail. */
function metadata(failures = 0): Promise<TestServer> {
  return serve(({ headers, method, url }, response, index) => {
    if (index < failures) return void response.writeHead(503).end();
    if (url === "/api/token") {
      const isGood = method === "PUT" && headers["x-aws-ec2-metadata-token-ttl-seconds"] === "300";
      return void response.writeHead(isGood ? 200 : 400).end(session);
    }
    if (headers["x-aws-ec2-metadata-token"] !== session) return void response.writeHead(401).end();
    if (url === "/zone") return void response.end("eu-west-1b");
    if (url === "/keys") return void response.end("my-role\n");
    return json(response, url === "/keys/my-role" ? 200 : 404, {
      Code: "Success",
      AccessKeyId: keys.accessKeyId,
      SecretAccessKey: keys.secretAccessKey,
      Token: "temporary",
    });
  });
}

const sourceAt = (url: string): Members => ({
  environment_id: "aws1",
  region_url: `${url}zone`,
  url: `${url}keys`,
  imdsv2_session_token_url: `${url}api/token`,
  regional_cred_verification_url: verification,
});

async function subjectOf(credential_source: Members): Promise<string | undefined> {
  const { config, exchanges } = await google(/./);
  const aws = "urn:ietf:params:aws:token-type:aws4_request";
  await ExternalAccountCredentials.fromJSON(
    { ...config, subject_token_type: aws, credential_source },
    { scopes },
  ).getRequestHeaders();
  expect(formOf(exchanges[0])["subject_token_type"]).toBe(aws);
  expect(exchanges[0]?.headers["x-goog-api-client"]).toContain("source/aws");
  return formOf(exchanges[0])["subject_token"];
}

describe("the signed request", () => {
  it("is created from the environment without requests", async () => {
    vi.stubEnv("AWS_DEFAULT_REGION", "us-east-2");
    vi.stubEnv("AWS_ACCESS_KEY_ID", keys.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", keys.secretAccessKey);
    const { seen, url } = await metadata();
    const { time, ...request } = await verified(await subjectOf(sourceAt(url)));
    expect(request).toEqual({
      region: "us-east-2",
      url: "https://sts.us-east-2.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
    });
    expect(Math.abs(Date.now() - time)).toBeLessThan(60_000);
    expect(seen).toEqual([]);
  });

  it("prefers AWS_REGION, and contains the session token", async () => {
    vi.stubEnv("AWS_REGION", "eu-west-3");
    vi.stubEnv("AWS_DEFAULT_REGION", "us-east-2");
    vi.stubEnv("AWS_ACCESS_KEY_ID", keys.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", keys.secretAccessKey);
    vi.stubEnv("AWS_SESSION_TOKEN", "passing");
    const { url } = await metadata();
    expect((await verified(await subjectOf(sourceAt(url)), "passing")).region).toBe("eu-west-3");
  });

  it("is created from the metadata of the instance, in one session", async () => {
    const { seen, url } = await metadata();
    expect((await verified(await subjectOf(sourceAt(url)), "temporary")).region).toBe("eu-west-1");
    expect(seen.map((request) => `${request.method} ${request.url}`)).toEqual([
      "PUT /api/token",
      "GET /zone",
      "GET /keys",
      "GET /keys/my-role",
    ]);
  });

  it.each([
    ["us-gov-west-1a", "gov-west-1"],
    ["us-west-2-lax-1a", "us-west-2"],
    ["ap-southeast-4", "southeast-4"],
  ])("is for the region of zone %s", async (zone, region) => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", keys.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", keys.secretAccessKey);
    const { url } = await serve((_request, response) => void response.end(zone));
    const { imdsv2_session_token_url: _, ...source } = sourceAt(url);
    const token = decodeURIComponent((await subjectOf(source)) ?? "");
    expect(token).toContain(`${region}.amazonaws.com`);
  });
});

describe("a metadata server", () => {
  it("that fails temporarily is requested again", async () => {
    const { url } = await metadata(2);
    expect((await verified(await subjectOf(sourceAt(url)), "temporary")).region).toBe("eu-west-1");
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ["without a zone", { "/zone": "?" }, /\/zone is not an availability zone$/],
    ["without a role", { "/keys": "<html>" }, /\/keys is not the name of a role\. Check that the instance has one$/],
    [
      "whose role has no keys",
      { "/keys/my-role": '{"Code":"Failed","Message":"hush"}' },
      /\/keys\/my-role contains no keys$/,
    ],
    ["whose keys are not JSON", { "/keys/my-role": "hush" }, /\/keys\/my-role contains no keys$/],
  ])("%s", async (_name, responses, message) => {
    const usual: Record<string, string> = { "/zone": "eu-west-1a", "/keys": "my-role" };
    const { url } = await serve(
      (request, response) => void response.end(responses[request.url] ?? usual[request.url] ?? session),
    );
    const error = await refusalOf(subjectOf(sourceAt(url)));
    expect(error.code).toBe("TOKEN_UNAVAILABLE");
    expect(error.message).toMatch(message);
    expect(inspect(error)).not.toContain("hush");
  });

  it("that requires a session which the configuration lacks", async () => {
    const { url } = await metadata();
    const { imdsv2_session_token_url: _, ...source } = sourceAt(url);
    const error = await refusalOf(subjectOf(source));
    expect(error).toMatchObject({ code: "TOKEN_REFUSED" });
    expect(error.message).toContain("imdsv2_session_token_url");
  });

  it.each<[string, string]>([
    ["region_url", "AWS_REGION is not set"],
    ["url", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"],
  ])("that has no %s", async (member, message) => {
    const { url } = await metadata();
    const error = await refusalOf(subjectOf({ ...sourceAt(url), [member]: undefined }));
    expect(error.message).toContain(`#/credential_source/${member}: is missing, and ${message}`);
  });
});

it("rejects an invalid region", async () => {
  vi.stubEnv("AWS_REGION", "example.com/");
  const { url } = await metadata();
  expect((await refusalOf(subjectOf(sourceAt(url)))).message).toMatch(/^AWS_REGION: must be an AWS region/);
});
