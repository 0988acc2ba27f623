/** Header fields: the fixed ones of all requests, and those of the caller. */
import { type Fault, addFault } from "../errors.js";
import { nodeVersion } from "../platform/node/environment.js";
import type { Headers } from "../platform-types.js";
import { isShowable, shownName } from "../redact.js";
import { version } from "../version.js";

/** Header fields by name, in any case. A field with the value `undefined` is not sent. */
export type HeadersInput = Headers | { readonly [name: string]: string | undefined };

/** Header fields with names in lower case. */
export interface HeaderRecord {
  [name: string]: string;
}

const token: RegExp = /^[\w!#$%&'*+.^`|~-]+$/;
// oxlint-disable-next-line no-control-regex -- a value may contain tabs and the visible characters of Latin-1
const visible: RegExp = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** Fields that belong to the connection (RFC 9110 §7.6.1), and a name that does not work as a property. */
const reserved: ReadonlySet<string> = new Set([
  "__proto__",
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
]);

/** Reads the caller's header fields. Adds problems to `faults`, without values, which may be secret. */
export function readHeaders(input: HeadersInput | undefined, faults: Fault[]): HeaderRecord {
  const record: HeaderRecord = {};
  if (input === undefined) return record;
  const read = (value: unknown, name: string): void => {
    if (value === undefined) return;
    const line = JSON.stringify(name).slice(1, -1);
    const parameter = `headers.${isShowable(line) ? line : shownName(name)}`;
    const key = name.toLowerCase();
    if (!token.test(name)) addFault(faults, parameter, "is not a valid header name");
    else if (reserved.has(key)) addFault(faults, parameter, "cannot be set: the transport sets it");
    else if (typeof value !== "string") addFault(faults, parameter, "must be a string");
    else if (!visible.test(value))
      addFault(faults, parameter, "contains a line break or another character that headers do not allow");
    else record[key] = value;
  };
  if (typeof input !== "object" || input === null) addFault(faults, "headers", "must be an object or Headers");
  else if (typeof input.forEach === "function") (input as Headers).forEach(read); // a field named forEach is a string
  else for (const [name, value] of Object.entries(input)) read(value, name);
  return record;
}

/** Converts the header fields of credentials to a record. */
export function lowerCase(headers: Headers | Record<string, string>): HeaderRecord {
  const record: HeaderRecord = {};
  if (typeof headers.forEach === "function") {
    // In a record, a field named forEach is a string.
    (headers as Headers).forEach((value, name) => {
      record[name.toLowerCase()] = value;
    });
    return record;
  }
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) record[name.toLowerCase()] = value;
  return record;
}

/** Reads a header value from its own option. */
export function readHeader(option: string, value: string | undefined, faults: Fault[]): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && value !== "" && visible.test(value)) return value;
  addFault(faults, option, "must be a non-empty string without line breaks");
  return undefined;
}

/** The value of `x-goog-api-client` in Google's form: runtime and client library. */
export const apiClient: string = `${nodeVersion === undefined ? "" : `gl-node/${nodeVersion} `}gdcl/${version}`;

/** Google's servers compress responses only for clients whose user-agent contains "gzip". */
export const userAgent: string = `discogen/${version} (gzip)`;
