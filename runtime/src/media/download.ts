/** Options of downloads. */
import { type Known, checkNames } from "../call/check-names.js";
import { type Fault, InvalidRequestError } from "../errors.js";
import { type CallOptions, callOptions, checkCallOptions } from "../call/options.js";
import type { PreparedCall } from "../call/prepared-call.js";
import type { Sent } from "../call/send.js";

/** A range of bytes of the content. */
export interface ByteRange {
  /** The first byte, counted from 0. A negative number counts from the end. Default: 0. */
  readonly start?: number | undefined;
  /** The last byte, inclusive. Default: the end. */
  readonly end?: number | undefined;
}

/** The progress of a download. */
export interface DownloadProgress {
  /** Bytes received so far. For compressed content these are fewer than the bytes you read. */
  readonly received: number;
  /** The total number of bytes; `undefined` if the server does not send it. */
  readonly total: number | undefined;
}

/** Options of one download. */
export interface DownloadOptions extends CallOptions {
  /** Requests only these bytes: `Range` (RFC 9110 §14.2). The status is 206 if the server supports ranges. */
  readonly range?: ByteRange | undefined;
  /** Called when bytes are received. An error that it throws ends the download. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

const downloadOptions: Known<DownloadOptions> = { ...callOptions, onProgress: 1, range: 1 };
const rangeOptions: Known<ByteRange> = { end: 1, start: 1 };

export function checkDownloadOptions(methodId: string, options: DownloadOptions): void {
  checkCallOptions(methodId, options, downloadOptions);
}

/** Returns the value of `Range` for these bytes. */
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
    return fault("must have an integer start and end");
  if (start < 0) return end === undefined ? `bytes=${String(start)}` : fault("must have no end if start is negative");
  if (end !== undefined && end < start) return fault("must not end before it starts");
  return `bytes=${String(start)}-${String(end ?? "")}`;
}

/** A download whose response has arrived. */
export interface Download {
  readonly call: PreparedCall;
  readonly sent: Sent;
  readonly onProgress: DownloadOptions["onProgress"];
}
