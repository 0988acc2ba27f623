/** The file of an OAuth client, `client_secret.json`, which the Google Cloud console offers for download. */
import { AuthError } from "../../errors.js";
import type { Url } from "../../platform-types.js";
import { isLoopback } from "../../request/root-url.js";
import { type CredentialFile, type FileKind, parseCredentials } from "../credential-file.js";
import { defaultUniverse } from "../universe.js";

/** What is known about an OAuth client. */
export interface ClientSettings {
  /** The name of the client in messages. */
  readonly source: string;
  readonly type: "installed" | "web";
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** The registered redirect URIs. */
  readonly redirectUris: readonly string[];
  readonly authUri: Url;
  readonly tokenUri: Url;
  readonly revokeUri: Url;
  /** Whether the endpoints are Google's. */
  readonly isGoogle: boolean;
  readonly universeDomain: string;
}

const advice =
  'OAuthClient takes the JSON file of an OAuth client with "installed" or "web". Create one of the type "Desktop app" or "Web application" on the page Clients of the Google Cloud console, and download it';

export const clientFile: Pick<FileKind, "advice" | "fromJson"> = { advice, fromJson: "OAuthClient.fromJSON" };

/** @throws AuthError `KEY_…` */
export function parseClient(json: unknown, source: string): ClientSettings {
  const file = parseCredentials(json, source, advice);
  const type = ["installed", "web"].find((name) => file.has(name));
  if (type !== "installed" && type !== "web") throw wrongFile(file);
  return clientIn(file.nested(type), file.source, type);
}

/** Reads a client from its members, which have the names that the file uses. */
export function clientIn(client: CredentialFile, source: string, type: "installed" | "web"): ClientSettings {
  const universeDomain = client.universe();
  const isDefault = universeDomain === defaultUniverse;
  if (!isDefault) client.required("auth_uri");
  const clientId = client.required("client_id");
  // Google issues secrets to installed clients too, but not to those of mobile apps.
  const clientSecret = type === "web" ? client.required("client_secret") : client.text("client_secret");
  const tokenUri = client.endpoint("token_uri", `https://oauth2.${universeDomain}/token`);
  // Other servers have both endpoints in one folder.
  const isGoogle = tokenUri.hostname.endsWith(`.${universeDomain}`) || tokenUri.hostname === "accounts.google.com";
  const revokeUri = isGoogle ? `https://oauth2.${universeDomain}/revoke` : new URL("revoke", tokenUri.href).href;
  return {
    source,
    type,
    clientId,
    clientSecret,
    redirectUris: redirectUris(client),
    authUri: client.endpoint("auth_uri", "https://accounts.google.com/o/oauth2/v2/auth"),
    tokenUri,
    revokeUri: client.endpoint("revoke_uri", revokeUri),
    isGoogle,
    universeDomain,
  };
}

/** Whether a redirect URI leads to a server on this machine (RFC 8252 §7.3). */
export function isLoopbackUri(uri: string): boolean {
  return URL.canParse(uri) && new URL(uri).protocol === "http:" && isLoopback(new URL(uri).hostname);
}

function redirectUris(client: CredentialFile): readonly string[] {
  const list: unknown = client.members["redirect_uris"] ?? [];
  if (Array.isArray(list) && list.every((uri): uri is string => typeof uri === "string" && URL.canParse(uri)))
    return Object.freeze([...list]);
  throw client.problem("KEY_FIELD_INVALID", "redirect_uris", "must be an array of absolute URLs");
}

function wrongFile(file: CredentialFile): AuthError {
  if (file.type !== undefined) {
    try {
      file.expect({ ...clientFile, type: "" });
    } catch (error) {
      if (error instanceof AuthError) return error;
    }
  }
  return new AuthError("KEY_WRONG_TYPE", `${file.source}: is not the file of an OAuth client. ${advice}`);
}
