/** AWS keys and region of an EC2 instance, from its metadata service (AIP-4117). */
import { AuthError } from "../../errors.js";
import type { Url } from "../../platform-types.js";
import { shownName } from "../../redact.js";
import { callEndpoint, type EndpointRequest, type Network } from "../endpoint.js";
import type { JsonObject } from "../credential-file.js";
import { keysIn } from "./aws-keys.js";
import type { AwsKeys } from "./sigv4.js";
import type { AwsSource } from "./subject-source.js";

/** Milliseconds for one request. */
const timeout = 5000;

/** Lifetime of the session in seconds. */
const sessionLifetime = "300";

/** The metadata service of an instance. */
export interface InstanceMetadata {
  /** @param attempts Attempts after the first. */
  region(attempts?: number): Promise<string>;
  keys(): Promise<AwsKeys>;
}

/** The metadata service, with a session (version 2) if the configuration contains its URL. */
export function instanceMetadata(
  source: string,
  { keysUrl, regionUrl, sessionUrl }: AwsSource,
  network: Network,
): InstanceMetadata {
  let session: Promise<Record<string, string>> | undefined;
  const hint = (): string | undefined =>
    sessionUrl === undefined ? "Instances that require sessions (IMDSv2) need an imdsv2_session_token_url" : undefined;
  const send = async (
    request: Pick<EndpointRequest, "headers" | "method" | "url">,
    attempts?: number,
  ): Promise<string> => {
    const limits = attempts === undefined ? { timeout } : { timeout, attempts };
    return (await callEndpoint(network, { account: source, hint, ...limits, ...request })).text.trim();
  };
  const startSession = async (attempts?: number): Promise<Record<string, string>> => {
    if (sessionUrl === undefined) return {};
    const headers = { "x-aws-ec2-metadata-token-ttl-seconds": sessionLifetime };
    return { "x-aws-ec2-metadata-token": await send({ method: "PUT", url: sessionUrl, headers }, attempts) };
  };
  const get = async (url: Url, attempts?: number): Promise<string> =>
    send({ method: "GET", url, headers: { accept: "*/*", ...(await (session ??= startSession(attempts))) } }, attempts);
  const malformedResponse = (url: Url, problem: string): AuthError =>
    new AuthError(
      "TOKEN_UNAVAILABLE",
      `${source}: the response from ${shownName(url.origin + url.pathname)} ${problem}`,
    );
  return {
    async region(attempts) {
      if (regionUrl === undefined) throw missing(source, "region_url", "AWS_REGION is");
      // An availability zone is a region and a letter. A local zone has one more part.
      const region = /^[a-z]+(?:-[a-z]+)+-\d+/.exec(await get(regionUrl, attempts))?.[0];
      if (region === undefined) throw malformedResponse(regionUrl, "is not an availability zone");
      return region;
    },
    async keys() {
      if (keysUrl === undefined) throw missing(source, "url", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are");
      const role = await get(keysUrl);
      if (!/^[\w+=,.@-]+$/.test(role))
        throw malformedResponse(keysUrl, "is not the name of a role. Check that the instance has one");
      const url = new URL(keysUrl);
      url.pathname += url.pathname.endsWith("/") ? role : `/${role}`;
      const keys = keysIn(membersOf(await get(url)));
      if (keys === undefined) throw malformedResponse(url, "contains no keys");
      return keys;
    },
  };
}

function missing(source: string, member: string, variables: string): AuthError {
  return new AuthError(
    "KEY_FIELD_MISSING",
    `${source}#/credential_source/${member}: is missing, and ${variables} not set`,
  );
}

function membersOf(text: string): JsonObject {
  try {
    return Object(JSON.parse(text)) as JsonObject; // any JSON
  } catch {
    return {};
  }
}
