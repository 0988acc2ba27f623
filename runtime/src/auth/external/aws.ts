/** Subject tokens of AWS: a signed GetCallerIdentity request, which Google's STS sends to AWS (AIP-4117). */
import { AuthError } from "../../errors.js";
import { environment } from "../../platform/node/environment.js";
import { shownName } from "../../redact.js";
import { callEndpoint, type EndpointRequest, type Network } from "../endpoint.js";
import type { JsonObject } from "../credential-file.js";
import type { ExternalAccount } from "./config.js";
import { type AwsKeys, signAwsRequest } from "./sigv4.js";
import type { AwsSource } from "./subject-source.js";

/** Milliseconds for one request to the instance metadata service. */
const timeout = 5000;

/** Lifetime of the session with the metadata service in seconds. */
const sessionLifetime = "300";

/** Returns the signed request as percent-encoded JSON, as Google's STS requires. */
export async function awsSubjectToken(account: ExternalAccount, source: AwsSource, network: Network): Promise<string> {
  const metadata = metadataOf(account, source, network);
  const region = regionFromEnvironment() ?? (await metadata.region());
  const keys = keysFromEnvironment() ?? (await metadata.keys());
  const url = new URL(source.verificationUrl.replaceAll("{region}", region));
  const headers = await signAwsRequest(
    // The audience is signed too, so that no other provider accepts the request.
    { method: "POST", url, headers: { "x-goog-cloud-target-resource": account.audience }, region, service: "sts" },
    keys,
    Date.now(),
  );
  const fields = Object.entries(headers).map(([name, value]) => ({
    key: name === "authorization" ? "Authorization" : name,
    value,
  }));
  return encodeURIComponent(JSON.stringify({ url: url.href, method: "POST", headers: fields }));
}

function regionFromEnvironment(): string | undefined {
  const region = environment("AWS_REGION") ?? environment("AWS_DEFAULT_REGION");
  if (region === undefined) return undefined;
  if (/^[a-z0-9-]+$/.test(region)) return region;
  throw new AuthError("KEY_FIELD_INVALID", "AWS_REGION: must be an AWS region, for example eu-west-1");
}

function keysFromEnvironment(): AwsKeys | undefined {
  const [accessKeyId, secretAccessKey] = [environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY")];
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: environment("AWS_SESSION_TOKEN") };
}

/** The instance metadata service, with a session (version 2) if the configuration contains its URL. */
function metadataOf(
  account: ExternalAccount,
  { keysUrl, regionUrl, sessionUrl }: AwsSource,
  network: Network,
): { region(): Promise<string>; keys(): Promise<AwsKeys> } {
  let session: Promise<Record<string, string>> | undefined;
  const hint = (): string | undefined =>
    sessionUrl === undefined ? "Instances that require sessions (IMDSv2) need an imdsv2_session_token_url" : undefined;
  const send = async (request: Pick<EndpointRequest, "headers" | "method" | "url">): Promise<string> =>
    (await callEndpoint(network, { account: account.source, timeout, hint, ...request })).text.trim();
  const startSession = async (): Promise<Record<string, string>> => {
    if (sessionUrl === undefined) return {};
    const headers = { "x-aws-ec2-metadata-token-ttl-seconds": sessionLifetime };
    return { "x-aws-ec2-metadata-token": await send({ method: "PUT", url: sessionUrl, headers }) };
  };
  const get = async (url: URL): Promise<string> =>
    send({ method: "GET", url, headers: { accept: "*/*", ...(await (session ??= startSession())) } });
  const missing = (member: string, variables: string): AuthError =>
    new AuthError(
      "KEY_FIELD_MISSING",
      `${account.source}#/credential_source/${member}: is missing, and ${variables} not set`,
    );
  const malformedResponse = (url: URL, problem: string): AuthError =>
    new AuthError(
      "TOKEN_UNAVAILABLE",
      `${account.source}: the response from ${shownName(url.origin + url.pathname)} ${problem}`,
    );
  return {
    async region() {
      if (regionUrl === undefined) throw missing("region_url", "AWS_REGION is");
      // An availability zone is a region and a letter. A local zone has one more part.
      const region = /^[a-z]+(?:-[a-z]+)+-\d+/.exec(await get(regionUrl))?.[0];
      if (region === undefined) throw malformedResponse(regionUrl, "is not an availability zone");
      return region;
    },
    async keys() {
      if (keysUrl === undefined) throw missing("url", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are");
      const role = await get(keysUrl);
      if (!/^[\w+=,.@-]+$/.test(role))
        throw malformedResponse(keysUrl, "is not the name of a role. Check that the instance has one");
      const url = new URL(keysUrl);
      url.pathname += url.pathname.endsWith("/") ? role : `/${role}`;
      const keys = readKeys(await get(url));
      if (keys === undefined) throw malformedResponse(url, "contains no keys");
      return keys;
    },
  };
}

function readKeys(text: string): AwsKeys | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { AccessKeyId, SecretAccessKey, Token } = Object(value) as JsonObject; // any JSON
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string") return undefined;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: typeof Token === "string" ? Token : undefined,
  };
}
