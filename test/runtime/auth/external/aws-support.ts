/** Verification of what AWS would receive: a signed GetCallerIdentity request. */
import { expect, vi } from "vitest";
import { signAwsRequest } from "../../../../runtime/src/auth/external/sigv4.js";
import { audience, type Verify } from "./support.js";

export const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

export const verification = "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15";

export const awsTokenType = "urn:ietf:params:aws:token-type:aws4_request";

/** Removes AWS's variables from the environment. */
export function withoutAwsVariables(): void {
  for (const name of [
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  ])
    vi.stubEnv(name, "");
}

interface SignedRequest {
  readonly url: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** The request in a subject token. It must be signed with these keys. */
export async function verified(subjectToken: string | undefined, sessionToken?: string): Promise<SignedRequest> {
  const request = JSON.parse(decodeURIComponent(subjectToken ?? "")) as {
    readonly url: string;
    readonly method: string;
    readonly headers: readonly { readonly key: string; readonly value: string }[];
  };
  expect(request.method).toBe("POST");
  const headers = Object.fromEntries(request.headers.map(({ key, value }) => [key, value]));
  const date = headers["x-amz-date"] ?? "";
  const time = Date.parse(date.replace(/(....)(..)(..T..)(..)(..Z)/, "$1-$2-$3:$4:$5"));
  const region = /\/(\w+-\w+-\d)\/sts\/aws4_request/.exec(headers["Authorization"] ?? "")?.[1] ?? "";
  const { authorization, ...signed } = await signAwsRequest(
    {
      method: "POST",
      url: new URL(request.url),
      headers: { "x-goog-cloud-target-resource": audience },
      region,
      service: "sts",
    },
    { ...keys, sessionToken },
    time,
  );
  expect(headers).toEqual({ ...signed, Authorization: authorization });
  return { url: request.url, region, time };
}

/** Verifies subject tokens as AWS does: the signature, and the time by a clock that may differ from the local one. */
export function awsVerifier(sessionToken?: string, now: () => number = Date.now): Verify {
  return async (token) => {
    try {
      const { time } = await verified(token, sessionToken);
      return Math.abs(now() - time) < 15 * 60_000 ? undefined : "Signature expired (15 min.)";
    } catch {
      return "The request signature does not match";
    }
  };
}
