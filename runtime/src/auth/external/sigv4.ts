/** Signs AWS requests, Signature Version 4 (AWS IAM User Guide, "Create a signed AWS API request"). */
import type { Url } from "../../platform-types.js";

/** AWS keys. Keys of a role have a session token. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A request to sign. Header names are in lower case; several values of one name are joined with commas. */
export interface AwsRequest {
  readonly method: string;
  readonly url: Url;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
  readonly region: string;
  readonly service: string;
}

const encoder = new TextEncoder();

const algorithm = "AWS4-HMAC-SHA256";

/** Returns all headers of the signed request, including `authorization`. @param now Milliseconds since the epoch. */
export async function signAwsRequest(request: AwsRequest, keys: AwsKeys, now: number): Promise<Record<string, string>> {
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
    await sha256(body),
  ].join("\n");
  const date = time.slice(0, 8);
  const scope = `${date}/${region}/${service}/aws4_request`;
  let key: Uint8Array<ArrayBuffer> = encoder.encode(`AWS4${keys.secretAccessKey}`);
  for (const part of [date, region, service, "aws4_request"]) key = await hmac(key, part);
  const signature = hex(await hmac(key, [algorithm, time, scope, await sha256(canonicalRequest)].join("\n")));
  const credential = `${keys.accessKeyId}/${scope}`;
  return {
    ...headers,
    authorization: `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
}

async function sha256(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Removes doubled slashes. `URL` has already removed dot segments. */
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

/** Percent-encodes all but the unreserved characters of RFC 3986, even if they were encoded before. */
function reencode(text: string): string {
  return encodeURIComponent(decodeURIComponent(text)).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
