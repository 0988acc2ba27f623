/** Options of downloads. */
import { type Known, checkNames } from "../call/check-names.js";
import { type Fault, InvalidRequestError } from "../errors.js";
import { type CallOptions, callOptions, checkCallOptions } from "../call/options.js";
import type { PreparedCall } from "../call/prepared-call.js";
import type { Sent } from "../call/send.js";

/** Part of some content. */
export interface ByteRange {
  /** The first byte, counted from 0; below 0: so many bytes from the end. Default: 0. */
  readonly start?: number | undefined;
  /** The last byte, itself included. Default: the end. */
  readonly end?: number | undefined;
}

/** How far a download is. */
export interface DownloadProgress {
  /** Bytes that have come over the wire, which are fewer than those that are read where they came compressed. */
  readonly received: number;
  /** All that will come; `undefined` where the server does not say. */
  readonly total: number | undefined;
}

/** Options of one download. */
export interface DownloadOptions extends CallOptions {
  /** Only these bytes: `Range` (RFC 9110 §14.2). The status tells whether the server knows ranges: 206 if so. */
  readonly range?: ByteRange | undefined;
  /** Called whenever bytes have come. What it throws ends the download. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

const downloadOptions: Known<DownloadOptions> = { ...callOptions, onProgress: 1, range: 1 };
const rangeOptions: Known<ByteRange> = { end: 1, start: 1 };

export function checkDownloadOptions(methodId: string, options: DownloadOptions): void {
  checkCallOptions(methodId, options, downloadOptions);
}

/** The `Range` of these bytes. */
export function rangeField(methodId: string, range: unknown): string {
  const fault = (message: string): never => {
    throw new InvalidRequestError(methodId, [{ parameter: "range", message }]);
  };
  if (typeof range !== "object" || range === null) return fault("must be { start, end }");
  const faults: Fault[] = [];
  checkNames(range, rangeOptions, faults, "range.");
  if (faults.length > 0) throw new InvalidRequestError(methodId, faults);
  const { end, start = 0 } = range as ByteRange; // checked on the next lines
  if (!Number.isSafeInteger(start) || (end !== undefined && !Number.isSafeInteger(end)))
    return fault("must have a start and end that are integers");
  if (start < 0)
    return end === undefined ? `bytes=${String(start)}` : fault("has a start from the end, which goes without an end");
  if (end !== undefined && end < start) return fault("must not end before it starts");
  return `bytes=${String(start)}-${String(end ?? "")}`;
}

/** What reading a download needs to know. */
export interface Download {
  readonly call: PreparedCall;
  readonly sent: Sent;
  readonly onProgress: DownloadOptions["onProgress"];
}
