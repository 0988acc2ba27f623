/** Signs AWS requests, Signature Version 4 (AWS IAM User Guide, "Create a signed AWS API request"). */
import { createHash, createHmac } from "node:crypto";
import type { Url } from "../../platform.js";

/** Keys of AWS; those of a role come with a session token. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** What is signed. Header names in lower case; several values of one name joined by commas. */
export interface AwsRequest {
  readonly method: string;
  readonly url: Url;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
  readonly region: string;
  readonly service: string;
}

const algorithm = "AWS4-HMAC-SHA256";

/** All headers of the signed request, `authorization` among them. @param now Milliseconds since the epoch. */
export function signAwsRequest(request: AwsRequest, keys: AwsKeys, now: number): Record<string, string> {
  const { body = "", method, region, service, url } = request;
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  const headers: Record<string, string> = { ...request.headers, host: url.host, "x-amz-date": time };
  if (keys.sessionToken !== undefined) headers["x-amz-security-token"] = keys.sessionToken;
  const names = Object.keys(headers).toSorted();
  const signedHeaders = names.join(";");
  const canonicalRequest = [
    method,
    canonicalPath(url),
    canonicalQuery(url),
    ...names.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    signedHeaders,
    sha256(body),
  ].join("\n");
  const date = time.slice(0, 8);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const key = [date, region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${keys.secretAccessKey}`);
  const signature = createHmac("sha256", key)
    .update([algorithm, time, scope, sha256(canonicalRequest)].join("\n"))
    .digest("hex");
  const credential = `${keys.accessKeyId}/${scope}`;
  return {
    ...headers,
    authorization: `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** `URL` has removed dots already; what is left are doubled slashes. */
function canonicalPath({ pathname }: Url): string {
  return pathname.replace(/\/+/g, "/").split("/").map(reencode).join("/");
}

function canonicalQuery({ search }: Url): string {
  return search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const end = pair.includes("=") ? pair.indexOf("=") : pair.length;
      return [reencode(pair.slice(0, end)), reencode(pair.slice(end + 1))] as const;
    })
    .toSorted(([a, b], [c, d]) => compare(a, c) || compare(b, d))
    .map((pair) => pair.join("="))
    .join("&");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Percent-encodes all but the unreserved characters of RFC 3986, whatever was encoded before. */
function reencode(text: string): string {
  return encodeURIComponent(decodeURIComponent(text)).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
