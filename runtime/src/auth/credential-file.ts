/** Credential files: JSON objects with a `type`. Errors name the file and the member, never its value. */
import { AuthError, type AuthErrorCode } from "../errors.js";
import type { Url } from "../platform-types.js";
import { adviceForKey, quotedName, shownName } from "../redact.js";
import { isLoopback } from "../request/root-url.js";
import { emitWarning } from "../platform/node/environment.js";
import { modeOf, readTextFile, unreadableReason } from "../platform/node/files.js";
import { readJson } from "./json-text.js";
import { describeMembers, describeText } from "./other-files.js";
import { defaultUniverse, isDomain } from "./universe.js";

/** A JSON object, as `JSON.parse` returns it. */
export interface JsonObject {
  readonly [name: string]: unknown;
}

/** Descriptions of the `type` of a file, for messages. */
const types: { readonly [type: string]: string } = {
  authorized_user: "the sign-in of a user, as gcloud writes it",
  external_account: "a configuration for workload identity federation",
  external_account_authorized_user: "the sign-in of a federated user",
  gdch_service_account: "a service identity of Google Distributed Cloud, which this library does not support",
  impersonated_service_account: "a configuration for impersonation",
  service_account: "the key of a service account",
};

/** The files that a kind of credentials takes. */
export interface FileKind {
  readonly type: string;
  /** The message about other files: `X takes …`. */
  readonly advice: string;
  /** The function that takes JSON text, for messages about text that was passed as a path. */
  readonly fromJson: string;
}

/** Reads the members of a credential file. Errors name the member. */
export class CredentialFile {
  /** The file's name, or another name such as `the key`; for messages. */
  readonly source: string;
  readonly members: JsonObject;
  readonly #advice: string;

  constructor(source: string, members: JsonObject, advice: string) {
    this.source = source;
    this.members = members;
    this.#advice = advice;
  }

  get type(): unknown {
    return this.members["type"];
  }

  /** The members, for a function that takes a typed key and checks it itself. */
  unchecked<Key>(): Key {
    return this.members as Key; // the function checks every member
  }

  /** Whether a member is present; `null` counts as absent. */
  has(name: string): boolean {
    return this.members[name] !== undefined && this.members[name] !== null;
  }

  /** A string, or `undefined` if it is absent or empty. */
  text(name: string): string | undefined {
    const value = this.members[name];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "string") return value;
    throw this.problem("KEY_FIELD_INVALID", name, "must be a string");
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw this.problem("KEY_FIELD_MISSING", name, `is missing or empty. ${this.#advice}`);
    return value;
  }

  /** The URL of an endpoint that receives secrets: https, or http to this machine. */
  endpoint(name: string, fallback: string): Url {
    return endpointOf(this.text(name) ?? fallback, (message) => this.problem("KEY_FIELD_INVALID", name, message));
  }

  universe(): string {
    const universe = this.text("universe_domain") ?? defaultUniverse;
    if (isDomain(universe)) return universe;
    throw this.problem("KEY_FIELD_INVALID", "universe_domain", "must be a domain, for example googleapis.com");
  }

  /** The object in this member. */
  nested(name: string): CredentialFile {
    const value = this.members[name];
    const source = this.#place(name);
    if (value === undefined || value === null)
      throw this.problem("KEY_FIELD_MISSING", name, `is missing. ${this.#advice}`);
    return new CredentialFile(source, objectOf(value, source, this.#advice), this.#advice);
  }

  /** Creates an error about one member. */
  problem(code: AuthErrorCode, member: string, message: string): AuthError {
    return new AuthError(code, `${this.#place(member)}: ${message}`);
  }

  #place(member: string): string {
    return `${this.source}${this.source.includes("#/") ? "/" : "#/"}${member}`;
  }

  /** Throws if the file is of another kind. */
  expect({ advice, type }: FileKind): void {
    if (this.type !== type) throw this.wrongType(advice);
  }

  /** The error about a file of another kind. */
  wrongType(advice: string): AuthError {
    const { type } = this;
    const known = typeof type === "string" && Object.hasOwn(types, type) ? types[type] : undefined;
    const other = known === undefined ? describeMembers(this.members) : undefined;
    if (other !== undefined) return new AuthError("KEY_WRONG_TYPE", `${this.source}: ${other}. ${advice}`);
    if (typeof type !== "string") return this.problem("KEY_WRONG_TYPE", "type", `is missing. ${advice}`);
    if (known !== undefined)
      return this.problem("KEY_WRONG_TYPE", "type", `is ${quotedName(type)}, ${known}. ${advice}`);
    // Other words may be a part of a key, in a file that was put together wrongly.
    const name = /^[a-z]{1,20}(?:_[a-z]{1,20}){0,3}$/.test(type)
      ? `is ${quotedName(type)}, which is unknown`
      : "is unknown";
    return this.problem("KEY_WRONG_TYPE", "type", `${name}. ${advice}`);
  }
}

/** Reads a file of credentials. */
export async function readCredentialFile(
  path: string,
  { advice, fromJson }: Pick<FileKind, "advice" | "fromJson">,
): Promise<CredentialFile> {
  const text = await readTextFile(path, (message, code) => {
    const reason = adviceForKey(path, fromJson) ?? reasonOf(path, code, fromJson) ?? `the key file ${message}`;
    return new AuthError("KEY_FILE_UNREADABLE", `${shownName(path)}: ${reason}`);
  });
  const file = parseCredentials(text, path, advice);
  if (["private_key", "refresh_token", "source_credentials"].some((name) => name in file.members))
    await warnIfOpen(path);
  return file;
}

/** Reads credentials from an object or JSON text. */
export function parseCredentials(input: unknown, name: string, advice: string): CredentialFile {
  const source = shownName(name);
  const value = typeof input === "string" ? parseJson(input, source, advice) : input;
  return new CredentialFile(source, objectOf(value, source, advice), advice);
}

/**
 * Reads a URL that receives secrets: https, or http to this machine.
 *
 * @param problem Creates the error from a message: `must be …`.
 */
export function endpointOf(text: string, problem: (message: string) => Error): Url {
  if (!URL.canParse(text)) throw problem("must be an absolute URL");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") throw problem("must not contain credentials");
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))) return url;
  throw problem("must be https, or http to this machine");
}

function reasonOf(path: string, code: string | undefined, fromJson: string): string | undefined {
  if (code === "ENOSYS") return `this platform has no files. Pass the JSON text to ${fromJson}()`;
  return unreadableReason(path, code);
}

function parseJson(text: string, source: string, advice: string): unknown {
  const reading = readJson(text);
  if ("value" in reading) return reading.value;
  const problem = describeText(text) ?? `is not JSON, or is damaged${reading.problem}`;
  throw new AuthError("KEY_NOT_JSON", `${source}: ${problem}. ${advice}`);
}

function objectOf(value: unknown, source: string, advice: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new AuthError("KEY_WRONG_TYPE", `${source}: is not a JSON object. ${advice}`);
  return Object.fromEntries(Object.entries(value));
}

const warned: Set<string> = new Set();

/** Warns once for each key file that other users of this machine can read. */
async function warnIfOpen(path: string): Promise<void> {
  if (warned.has(path)) return;
  // If the file was deleted since it was read, there is nothing to warn about.
  const mode = (await modeOf(path)) ?? 0;
  if ((mode & 0o044) === 0) return;
  warned.add(path);
  emitWarning(
    `${shownName(path)} contains a secret and can be read by other users of this machine. Run chmod 600 on it`,
    "DISCOGEN_KEY_FILE_OPEN",
  );
}
