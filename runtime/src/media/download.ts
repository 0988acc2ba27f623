/** Options of downloads, and the content, whose code is loaded when reading starts. */
import { type Known, checkNames } from "../check-names.js";
import type { Core } from "../core.js";
import { type Fault, InvalidRequestError } from "../errors.js";
import { type CallOptions, callOptions, checkCallOptions } from "../options.js";
import type { PreparedCall } from "../policy/prepared-call.js";
import type { Sent } from "../policy/send.js";

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
  readonly core: Core;
  readonly call: PreparedCall;
  readonly sent: Sent;
  readonly onProgress: DownloadOptions["onProgress"];
}

/** The bytes of a download. The code that receives and decodes them is loaded with the first read. */
export class Content implements AsyncIterableIterator<Uint8Array> {
  readonly #download: Download;
  #chunks: AsyncIterator<Uint8Array> | undefined;

  constructor(download: Download) {
    this.#download = download;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    return this.#chunks === undefined ? this.#open().then((chunks) => chunks.next()) : this.#chunks.next();
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    const { body } = this.#download.sent.response;
    if (this.#chunks !== undefined) await this.#chunks.return?.();
    else if (typeof body === "object" && Symbol.asyncIterator in body) await body[Symbol.asyncIterator]().return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #open(): Promise<AsyncIterator<Uint8Array>> {
    const { openContent } = await import("./content.js");
    return (this.#chunks ??= openContent(this.#download));
  }
}
