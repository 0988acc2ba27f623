/** Removes secrets from everything that is shown: messages, causes, URLs. */

/** The part of a request that may contain secrets. */
interface Request {
  readonly origin: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  /** The path itself is a secret. */
  readonly secretPath?: boolean | undefined;
}

const blank = "[redacted]";
const secretHeaders: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "x-goog-api-key",
  // Encryption keys that callers of Cloud Storage supply.
  "x-goog-copy-source-encryption-key",
  "x-goog-encryption-key",
]);
const secretQuery: RegExp =
  /([?&](?:access_token|assertion|bearer_token|client_secret|id_token|key|oauth_token|refresh_token|(?:x-goog-)?signature|upload_id)=)(?!REDACTED(?:[&#]|$))([^&#\s]*)/gi;
// Each takes linear time: the text may be a megabyte from a hostile server.
const secretShapes: readonly RegExp[] = [
  /\bbearer\s+[^\s"',;]+/gi,
  /\bya29\.[\w.-]+/g,
  /\bAIza[\w-]{30,}/g,
  /\bGOCSPX-[\w-]+/g,
  /\b1\/\/0[\w-]{8,}/g,
  /(?<![\w-])eyJ[\w-]{5,}\.[\w-]+\.?[\w-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:assertion|client_secret|refresh_token)=[^&\s"']+/gi,
];

/** Returns the secrets of a request. Messages about it must not contain them. */
export function secretsOf(request: Request): string[] {
  const secrets: string[] = [];
  const add = (secret: string | undefined): void => {
    // Removing one or two letters everywhere would make messages unreadable and protect nothing.
    if (secret !== undefined && secret.length > 3) secrets.push(secret);
  };
  for (const [name, value] of Object.entries(request.headers)) {
    if (!secretHeaders.has(name)) continue;
    add(value);
    for (const part of value.split(/[\s,;]+/).slice(1)) add(part);
  }
  for (const match of request.path.matchAll(secretQuery)) {
    add(match[2]);
    add(decode(match[2] ?? ""));
  }
  if (request.secretPath === true) {
    for (const part of [request.path, ...request.path.split(/[/?&=]/)]) if (part.length >= 12) add(part);
  }
  // DNS errors contain the host.
  const host = request.origin.replace(/^\w+:\/\//, "");
  if (!isShowable(host)) add(host);
  return secrets.toSorted((a, b) => b.length - a.length);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Returns the text without the given secrets and without anything that looks like a secret. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, blank);
  for (const shape of secretShapes) clean = clean.replace(shape, blank);
  return redactQuery(clean);
}

/** Returns a URL without the values of secret query parameters. */
export function redactQuery(url: string): string {
  return url.replace(secretQuery, `$1${blank}`);
}

/** Returns header fields without secret values. */
export function redactHeaders(headers: { readonly [name: string]: string }): { readonly [name: string]: string } {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    secretHeaders.has(name) ? blank : redact(value),
  ]);
  return Object.fromEntries(entries);
}

/** Returns the URL of a request for messages: without secret query values, and without a secret path. */
export function urlOf(request: Omit<Request, "headers">): string {
  return request.origin + (request.secretPath === true ? `/${blank}` : redactQuery(request.path));
}

const base64Run: RegExp = /[A-Za-z0-9+/=]{40,}/g;
/** Base64 for URLs. Without upper case it is a long name with hyphens, such as Google's names of key files. */
const base64UrlRun: RegExp = /(?=[\w-]*[A-Z])[\w-]{40,}/g;
/** A part of a path that is not Base64: `/home/runner/work/repository/service`. */
const word: RegExp = /^(?:[A-Z]?[a-z]{0,20}|\d{1,8})$/;
const jsonStart: RegExp = /^\ufeff?\s*(?:\{|"|%7b|\[\s*["[{\]])/i;
const pem: RegExp = /BEGIN|PRIVATE KEY/;

/**
 * Returns a path, file name, URL or other name for messages. The name is from the caller or the environment. If it may
 * be a misplaced secret, returns a description instead: `a JSON text of 2,314 characters`.
 */
export function shownName(name: unknown): string {
  if (typeof name !== "string") return name instanceof URL ? shownName(name.href) : `a value of type ${typeof name}`;
  return isShowable(name) ? name : `${kindOf(name)} of ${name.length.toLocaleString("en-US")} characters`;
}

/** Returns the same as {@link shownName}, but puts a name into quotation marks. */
export function quotedName(name: unknown): string {
  return typeof name === "string" && isShowable(name) ? JSON.stringify(name) : shownName(name);
}

/** Returns whether a name is one line that does not look like a key, token or password. */
export function isShowable(name: string): boolean {
  return (
    name.length <= 255 &&
    printable(name) === name.trim() &&
    !jsonStart.test(name) &&
    !pem.test(name) &&
    !/\{|%7b|^\s*data:|\/\/[^/\s]*@/i.test(name) &&
    !hasBase64(name) &&
    redact(name) === name
  );
}

function hasBase64(text: string): boolean {
  return base64In(text).length > 0;
}

/** Returns the parts of a text that look like Base64 of at least 40 characters, such as keys. */
export function base64In(text: string): string[] {
  const isOdd = (run: string): boolean => !run.split(/[/_-]/).every((part) => word.test(part));
  return [...(text.match(base64Run) ?? []), ...(text.match(base64UrlRun) ?? [])].filter(isOdd);
}

function kindOf(secret: string): string {
  if (jsonStart.test(secret)) return "a JSON text";
  if (pem.test(secret)) return "a PEM text";
  if (/^\s*data:/i.test(secret)) return "a data: URL";
  if (/^[\w+/=\s-]{40,}$/.test(secret) && hasBase64(secret)) return "a Base64 text";
  return "a text";
}

/** Returns advice about a key or token that was passed as a path. `undefined` if the path does not look like one. */
export function adviceForKey(path: unknown, fromJson: string): string | undefined {
  if (typeof path !== "string") return undefined;
  const text = path.trim().replace(/^data:[^,]*,/i, "");
  if (/^(?:bearer\s+)?ya29\./i.test(text))
    return "It looks like an access token, not the path of a file. Pass it to new AccessTokenCredentials()";
  const is = "It looks like the key itself, not the path of a file.";
  if (jsonStart.test(text) || pem.test(text)) return `${is} Pass the JSON to ${fromJson}()`;
  const start = decoded(text);
  if (!jsonStart.test(start) && !pem.test(start)) return undefined;
  return `${is} Decode it from Base64 and pass the JSON to ${fromJson}()`;
}

/** Decodes the beginning of a Base64 text. */
function decoded(text: string): string {
  try {
    return atob(text.replace(/\s/g, "").replaceAll("-", "+").replaceAll("_", "/").slice(0, 40));
  } catch {
    return "";
  }
}

/** Returns one line that is safe to print, without control characters and at most `length` characters long. */
export function printable(text: string, length = 2000): string {
  // oxlint-disable-next-line no-control-regex -- removes control characters
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/**
 * Returns a copy of an error that is safe as a `cause`: its message, stack and code without secrets. Leaves out other
 * properties, where some libraries store complete requests.
 */
export function safeCause(error: unknown, secrets: readonly string[] = []): Error {
  const message = error instanceof Error ? error.message : String(error);
  const copy = new Error(printable(redact(message, secrets)));
  if (error instanceof Error) {
    Object.defineProperty(copy, "name", { value: printable(redact(error.name, secrets)), configurable: true });
    copy.stack = redact(error.stack ?? "", secrets) || `${copy.name}: ${copy.message}`;
  }
  const code = codeOf(error);
  if (code !== undefined) Object.defineProperty(copy, "code", { value: code, enumerable: true });
  return copy;
}

/** Returns the message of a file system error, with its path if that may be shown. Redacts other messages. */
export function fileProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (codeOf(error)?.startsWith("ERR_INVALID_ARG") === true) return "the path is invalid";
  const [, problem] = /^([A-Z][A-Z0-9]+: [^,']+), [a-z]+(?: '|$)/.exec(message) ?? [];
  if (problem === undefined) return printable(redact(message), 200);
  return error instanceof Error && "path" in error ? `${problem}: ${shownName(error.path)}` : problem;
}

/** Returns the `code` of a system, undici or fetch error, if there is one. */
export function codeOf(error: unknown, depth: number = 0): string | undefined {
  if (typeof error !== "object" || error === null || depth > 5) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return "cause" in error ? codeOf(error.cause, depth + 1) : undefined;
}
