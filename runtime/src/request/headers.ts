/** Header fields: those every request carries, and those of the caller. */
import type { Fault } from "../errors.js";
import { nodeVersion } from "../platform/node/environment.js";
import type { Headers } from "../platform-types.js";
import { isShowable, shownName } from "../redact.js";
import { version } from "../version.js";

/** Header fields by name, in any case; one that is `undefined` is left out. */
export type HeadersInput = Headers | { readonly [name: string]: string | undefined };

/** Header fields with names in lower case. */
export interface HeaderRecord {
  [name: string]: string;
}

const token: RegExp = /^[\w!#$%&'*+.^`|~-]+$/;
// oxlint-disable-next-line no-control-regex -- tab and the visible characters of Latin-1 are what a value may hold
const visible: RegExp = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** The connection's own business (RFC 9110 §7.6.1), and names that would not survive as a property. */
const reserved: ReadonlySet<string> = new Set([
  "__proto__",
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
]);

/** Reads the caller's header fields; what is wrong goes to `faults`, without the value, which may be a secret. */
export function readHeaders(input: HeadersInput | undefined, faults: Fault[]): HeaderRecord {
  const record: HeaderRecord = {};
  if (input === undefined) return record;
  const read = (value: unknown, name: string): void => {
    if (value === undefined) return;
    const line = JSON.stringify(name).slice(1, -1);
    const parameter = `headers.${isShowable(line) ? line : shownName(name)}`;
    const key = name.toLowerCase();
    if (!token.test(name)) faults.push({ parameter, message: "is no valid header name" });
    else if (reserved.has(key)) faults.push({ parameter, message: "is set by the transport" });
    else if (typeof value !== "string") faults.push({ parameter, message: "must be a string" });
    else if (!visible.test(value))
      faults.push({ parameter, message: "holds a line break or another character that no header may hold" });
    else record[key] = value;
  };
  if (typeof input !== "object" || input === null)
    faults.push({ parameter: "headers", message: "must be an object or Headers" });
  else if (typeof input.forEach === "function") (input as Headers).forEach(read); // a field of that name would be a string
  else for (const [name, value] of Object.entries(input)) read(value, name);
  return record;
}

/** The header fields that credentials gave, as a record. */
export function lowerCase(headers: Headers | Record<string, string>): HeaderRecord {
  const record: HeaderRecord = {};
  if (typeof headers.forEach === "function") {
    // A header field of that name would be a string.
    (headers as Headers).forEach((value, name) => {
      record[name.toLowerCase()] = value;
    });
    return record;
  }
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) record[name.toLowerCase()] = value;
  return record;
}

/** A header value from an option of its own. */
export function readHeader(option: string, value: string | undefined, faults: Fault[]): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && value !== "" && visible.test(value)) return value;
  faults.push({ parameter: option, message: "must be a non-empty string without line breaks" });
  return undefined;
}

/** What this package says of itself, in Google's form: runtime and client library. */
export const apiClient: string = `${nodeVersion === undefined ? "" : `gl-node/${nodeVersion} `}gdcl/${version}`;

/** Google's servers compress only for clients whose user-agent names gzip. */
export const userAgent: string = `discogen/${version} (gzip)`;
