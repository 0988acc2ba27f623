/**
 * AWS keys of a container: Amazon ECS, Fargate and EKS Pod Identity set variables that name a local endpoint (AWS SDKs and
 * Tools Reference Guide, "Container credential provider"). Its hosts are those that the AWS SDKs allow.
 */
import { AuthError } from "../../errors.js";
import { environment } from "../../platform/node/environment.js";
import { readTextFile } from "../../platform/node/files.js";
import type { Url } from "../../platform-types.js";
import { shownName } from "../../redact.js";
import {
  callEndpoint,
  dateOf,
  type EndpointRequest,
  malformedResponse,
  type Network,
  readMembers,
} from "../endpoint.js";
import { type IssuedKeys, keysIn, readTime } from "./aws-keys.js";

const relativeUri = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const fullUri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const tokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
const tokenVariable = "AWS_CONTAINER_AUTHORIZATION_TOKEN";

/** The address of the ECS agent. */
const ecsOrigin = "http://169.254.170.2";

/** Hosts of ECS, EKS and this machine. They may use http, since the connection does not leave the machine. */
const plainHosts: RegExp =
  /^(?:169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\]|localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Milliseconds for one request. */
const timeout = 5000;

/** An endpoint, and the variable that names it, for messages. */
export interface ContainerEndpoint {
  readonly url: Url;
  readonly variable: string;
}

/** The endpoint that the environment names. The relative URI takes precedence, as in the AWS SDKs. */
export function containerEndpoint(): ContainerEndpoint | undefined {
  const relative = environment(relativeUri);
  if (relative !== undefined) {
    // Without the slash, it could be the end of another host name.
    if (relative.startsWith("/")) return { url: new URL(ecsOrigin + relative), variable: relativeUri };
    throw new AuthError(
      "KEY_FIELD_INVALID",
      `${relativeUri}: must begin with a slash, as ECS sets it. For a complete URL, set ${fullUri}`,
    );
  }
  const full = environment(fullUri);
  return full === undefined ? undefined : { url: checkedUrl(full), variable: fullUri };
}

function checkedUrl(text: string): Url {
  if (!URL.canParse(text)) throw new AuthError("KEY_FIELD_INVALID", `${fullUri}: must be an absolute URL`);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "")
    throw new AuthError("KEY_FIELD_INVALID", `${fullUri}: must not contain credentials`);
  if (url.protocol === "https:" || (url.protocol === "http:" && plainHosts.test(url.hostname))) return url;
  throw new AuthError(
    "KEY_UNTRUSTED",
    `${fullUri}: is at ${shownName(url.origin === "null" ? url.protocol : url.origin)}, which would get the container's authorization token. It must be https, or http to this machine (localhost, 127.0.0.0/8, [::1]), ECS (169.254.170.2) or EKS (169.254.170.23, [fd00:ec2::23]). Correct or unset the variable, or pass the option securityCredentials`,
  );
}

/** Requests the keys of the container's role. */
export async function containerKeys(
  source: string,
  { url, variable }: ContainerEndpoint,
  network: Network,
): Promise<IssuedKeys> {
  const authorization = await readAuthorization();
  const request: EndpointRequest = {
    account: `${source} (${variable})`,
    method: "GET",
    url,
    // The path of ECS identifies the task's role to everything in the task.
    secretPath: true,
    headers: authorization === undefined ? {} : { authorization },
    timeout,
    hint: () =>
      `Check that the container has an IAM role, and ${authorization === undefined ? `whether ${tokenFile} must be set` : "that its authorization token is current"}`,
  };
  const { headers, text } = await callEndpoint(network, request);
  const members = readMembers(request, text);
  const keys = keysIn(members);
  if (keys === undefined) throw malformedResponse(request, "contains no AccessKeyId and SecretAccessKey");
  const obtained = Date.now();
  // By the endpoint's clock, since that of this machine may be wrong.
  const lifetime = readTime(members["Expiration"]) - (dateOf(headers) ?? obtained);
  return { keys, obtained, expires: obtained + (lifetime > 0 ? lifetime : 0) };
}

/** The `authorization` of requests. Reads the file each time, since EKS replaces its token. */
async function readAuthorization(): Promise<string | undefined> {
  const path = environment(tokenFile);
  if (path === undefined) return checkedToken(tokenVariable, environment(tokenVariable));
  const text = await readTextFile(
    path,
    (message) => new AuthError("TOKEN_UNAVAILABLE", `${tokenFile}: ${shownName(path)} ${message}`),
  );
  return checkedToken(tokenFile, text);
}

function checkedToken(variable: string, token: string | undefined): string | undefined {
  if (token === undefined || /^[\u0020-\u007e]*[\u0021-\u007e][\u0020-\u007e]*$/.test(token)) return token;
  const problem = /[\r\n]/.test(token)
    ? "contains a line break. It must be one line, without a line break at its end"
    : token.trim() === ""
      ? "is empty"
      : "contains a character that a header must not contain";
  throw new AuthError("KEY_FIELD_INVALID", `${variable}: the authorization token ${problem}`);
}
