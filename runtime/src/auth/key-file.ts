/** Reads and checks the key of a service account. Errors name the file and the place in it, never what stands there. */
import { AuthError, type AuthErrorCode } from "../errors.js";
import { isLoopback } from "../root-url.js";
import { defaultUniverse, isDomain } from "../universe.js";

/** The key of a service account, as the console hands it out. Further members are ignored. */
export interface ServiceAccountKey {
  readonly type?: string;
  readonly client_email: string;
  /** PEM, PKCS#8 or PKCS#1. */
  readonly private_key: string;
  readonly private_key_id?: string;
  readonly project_id?: string;
  readonly quota_project_id?: string;
  /** Where assertions are exchanged for tokens. Default: Google's. */
  readonly token_uri?: string;
  /** The cloud that the account belongs to. Default: `googleapis.com`. */
  readonly universe_domain?: string;
}

/** A checked key. */
export interface Key {
  /** The file's name, or `the key`; for messages. */
  readonly source: string;
  readonly email: string;
  readonly pem: string;
  readonly id: string | undefined;
  readonly quotaProject: string | undefined;
  readonly universeDomain: string;
  /** Scheme, host and port of the token endpoint, and its path. */
  readonly tokenOrigin: string;
  readonly tokenPath: string;
  /** The audience of assertions. */
  readonly audience: string;
}

/** What other kinds of credential files are, for those who passed one. */
const otherTypes: { readonly [type: string]: string } = {
  authorized_user: "the sign-in of a person, as gcloud leaves it",
  external_account: "a configuration for workload identity federation",
  external_account_authorized_user: "the sign-in of a federated person",
  impersonated_service_account: "a configuration for impersonation",
};

const advice = 'ServiceAccountCredentials takes the JSON key of a service account, with "type": "service_account"';

/** Reads a key file. */
export async function readKeyFile(path: string): Promise<Key> {
  const { readFile } = await import("node:fs/promises");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new AuthError("KEY_FILE_UNREADABLE", `${path}: ${reasonOf(error)}`);
  }
  return parseKey(text, path);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return "there is no such key file";
    case "EACCES":
    case "EPERM":
      return "this key file may not be read by this user";
    case "EISDIR":
      return "this is a folder, not a key file";
    default:
      return `the key file cannot be read (${typeof code === "string" ? code : "no reason given"})`;
  }
}

/** Checks a key given as an object or as JSON. */
export function parseKey(input: unknown, source: string): Key {
  const members = objectOf(typeof input === "string" ? parseJson(input, source) : input, source);
  checkType(members, source);
  const text = (name: string): string | undefined => {
    const value = members[name];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "string") return value;
    throw problem("KEY_FIELD_INVALID", source, name, "must be a string");
  };
  const required = (name: string): string => {
    const value = text(name);
    if (value === undefined) throw problem("KEY_FIELD_MISSING", source, name, `is missing or empty. ${advice}`);
    return value;
  };
  const universe = text("universe_domain") ?? defaultUniverse;
  if (!isDomain(universe))
    throw problem("KEY_FIELD_INVALID", source, "universe_domain", "must be a domain, for instance googleapis.com");
  const audience = `https://oauth2.${universe}/token`;
  const endpoint = tokenEndpoint(text("token_uri") ?? audience, source);
  return {
    source,
    email: required("client_email"),
    pem: checkPem(required("private_key"), source),
    id: text("private_key_id"),
    quotaProject: text("quota_project_id"),
    universeDomain: universe,
    tokenOrigin: endpoint.origin,
    tokenPath: endpoint.pathname + endpoint.search,
    audience,
  };
}

/** An error about one member of the key. */
export function problem(code: AuthErrorCode, source: string, member: string, message: string): AuthError {
  return new AuthError(code, `${source}#/${member}: ${message}`);
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
  } catch {
    // The parser's own message quotes the text, and the text holds the key.
    const pem = text.includes("PRIVATE KEY-----") && !text.trimStart().startsWith("{");
    throw new AuthError(
      "KEY_NOT_JSON",
      `${source}: ${text.trim() === "" ? "is empty" : pem ? "is a bare private key, not JSON" : "is not JSON, or not all of it"}. ${advice}`,
    );
  }
}

function objectOf(value: unknown, source: string): { readonly [name: string]: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new AuthError("KEY_WRONG_TYPE", `${source}: is not a JSON object. ${advice}`);
  return Object.fromEntries(Object.entries(value));
}

function checkType(members: { readonly [name: string]: unknown }, source: string): void {
  const { type } = members;
  if (type === "service_account") return;
  // Keys that were cut down to what is needed have no type.
  if (type === undefined && "client_email" in members) return;
  if ("installed" in members || "web" in members)
    throw new AuthError(
      "KEY_WRONG_TYPE",
      `${source}: is the identity of an OAuth client, which signs people in. ${advice}`,
    );
  if (type === undefined || typeof type !== "string")
    throw problem("KEY_WRONG_TYPE", source, "type", `is missing. ${advice}`);
  const known = Object.hasOwn(otherTypes, type) ? `, ${String(otherTypes[type])}` : "";
  throw problem("KEY_WRONG_TYPE", source, "type", `is ${JSON.stringify(type.slice(0, 60))}${known}. ${advice}`);
}

/** An assertion can be turned into a token by whoever gets it, so it goes over https, or to this machine. */
function tokenEndpoint(text: string, source: string): URL {
  if (!URL.canParse(text)) throw problem("KEY_FIELD_INVALID", source, "token_uri", "must be an absolute URL");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "")
    throw problem("KEY_FIELD_INVALID", source, "token_uri", "must not carry credentials");
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))) return url;
  throw problem("KEY_FIELD_INVALID", source, "token_uri", "must be https, or http to this machine");
}

/** Looks at the outside of a PEM; its inside shows when it is used. */
function checkPem(text: string, source: string): string {
  // Line breaks that went through an environment variable arrive as backslash and n.
  const pem = text.replaceAll("\\n", "\n").replaceAll("\r", "").trim();
  const fault = (message: string): AuthError => problem("KEY_BROKEN", source, "private_key", message);
  const match = /^-----BEGIN ([A-Z0-9 ]+)-----\n([\s\S]*)\n-----END \1-----$/.exec(pem);
  if (match === null)
    throw fault("is no PEM: it must begin with -----BEGIN PRIVATE KEY----- and be whole to its last line");
  const [, label = "", content = ""] = match;
  if (label === "ENCRYPTED PRIVATE KEY" || content.includes("ENCRYPTED"))
    throw fault("is encrypted; the key of a service account is not");
  if (label !== "PRIVATE KEY" && label !== "RSA PRIVATE KEY")
    throw fault(`is a PEM of the kind ${label}, not PRIVATE KEY`);
  if (!/^[A-Za-z0-9+/=\s]+$/.test(content)) throw fault("is no PEM: it holds characters that are not Base64");
  return `${pem}\n`;
}
