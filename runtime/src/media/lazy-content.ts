/** The content of a download. The code that reads it is loaded when reading starts. */
import type { Download } from "./download.js";

/** The bytes of a download. What is done to them on their way is loaded when they are first read. */
export class Content implements AsyncIterableIterator<Uint8Array> {
  readonly #download: Download;
  #pieces: AsyncIterator<Uint8Array> | undefined;

  constructor(download: Download) {
    this.#download = download;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    return this.#pieces === undefined ? this.#open().then((pieces) => pieces.next()) : this.#pieces.next();
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    const { body } = this.#download.sent.response;
    if (this.#pieces !== undefined) await this.#pieces.return?.();
    else if (typeof body === "object" && Symbol.asyncIterator in body) await body[Symbol.asyncIterator]().return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #open(): Promise<AsyncIterator<Uint8Array>> {
    const { openContent } = await import("./content.js");
    return (this.#pieces ??= openContent(this.#download));
  }
}
