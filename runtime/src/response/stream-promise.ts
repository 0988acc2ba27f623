/** The promise of a method that streams: an array of all messages, or each message when it arrives. */
import { invalidRequest } from "../errors.js";
import { ApiPromise, type WithResponse } from "./api-promise.js";

/** Starts to read the messages of a response. */
export type OpenMessages<Item> = () => AsyncGenerator<Item, void, undefined>;

interface Settle<Item> {
  resolve(items: Item[]): void;
  reject(error: unknown): void;
}

/**
 * What a method returns that streams its responses. The method sends the request immediately. `for await` yields each
 * message when it arrives; stopping early ends the request. `await` resolves to the array of all messages. Read it in
 * one of these ways, once. Begin within `timeout` of the call, because an unread stream blocks its connection.
 *
 * `timeout` limits the time to the head of the response and then between two chunks, `totalTimeout` the complete
 * stream. A stream that breaks is not retried, since messages have been delivered.
 *
 * Both throw `ApiError`, which may follow messages, `ConnectionError`, `TimeoutError` and `AbortError`.
 */
export class StreamPromise<Item> extends ApiPromise<Item[]> implements AsyncIterable<Item> {
  readonly #head: ApiPromise<OpenMessages<Item>>;
  readonly #methodId: string;
  /** Set until the messages are awaited. */
  #settle: Settle<Item> | undefined;
  #isRead = false;

  constructor(head: ApiPromise<OpenMessages<Item>>, methodId: string) {
    let settle: Settle<Item> | undefined;
    super((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#settle = settle;
    this.#head = head;
    this.#methodId = methodId;
  }

  /** Reads all messages, unless they are being read already. `await` calls it. */
  // oxlint-disable-next-line unicorn/no-thenable -- overrides the method of promises
  override then<Value = Item[], Failure = never>(
    onFulfilled?: ((items: Item[]) => PromiseLike<Value> | Value) | null,
    onRejected?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Failure | Value> {
    const settle = this.#settle;
    if (settle !== undefined) {
      this.#settle = undefined;
      this.#collect().then(settle.resolve, settle.reject);
    }
    return super.then(onFulfilled, onRejected);
  }

  /** All messages, status and headers. Rejects as the call itself does. */
  override async withResponse(): Promise<WithResponse<Item[]>> {
    const { response } = await this.#head.withResponse();
    return { data: await this, response };
  }

  /** Each message as it arrives. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    if (this.#settle === undefined) yield* await this;
    else yield* await this.#open();
  }

  async #collect(): Promise<Item[]> {
    const items: Item[] = [];
    for await (const item of await this.#open()) items.push(item);
    return items;
  }

  async #open(): Promise<AsyncGenerator<Item, void, undefined>> {
    if (this.#isRead) {
      const message = "was read before. Iterate over it once, or await it";
      throw invalidRequest(this.#methodId, "response", message);
    }
    this.#isRead = true;
    return (await this.#head)();
  }
}
