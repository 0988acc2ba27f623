/** The content of a download. The code that reads it is loaded when reading starts. */
import type { Download } from "./download.js";

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
