/** Methods that stream their responses: one promise that is the list of all messages, and the messages as they arrive. */
import { InvalidRequestError } from "../errors.js";
import { ApiPromise, type WithResponse } from "./api-promise.js";

/** Opens the messages of a response whose head has arrived; once. */
export type OpenMessages<Item> = () => AsyncGenerator<Item, void, undefined>;

/**
 * What a method returns that streams its responses. The request is sent at once. `for await` yields each message as soon
 * as it has arrived, and stopping early ends the request; `await` resolves to all messages. Read it one way or the
 * other: until then the connection waits.
 *
 * `timeout` limits the time to the head of the response and then between two chunks, `totalTimeout` the complete
 * stream. A stream that breaks is not retried, since messages have been delivered.
 *
 * Reading throws `ApiError` (an error may follow messages), `ConnectionError`, `TimeoutError` or `AbortError`.
 */
export class StreamPromise<Item> extends ApiPromise<Item[]> implements AsyncIterable<Item> {
  readonly #head: ApiPromise<OpenMessages<Item>>;
  #settle: { resolve(items: Item[]): void; reject(error: unknown): void } | undefined;
  #isIterated = false;

  constructor(head: ApiPromise<OpenMessages<Item>>) {
    let settle: StreamPromise<Item>["#settle"];
    super((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#settle = settle;
    this.#head = head;
  }

  /** Reads all messages, when they are awaited first. */
  override then<Value = Item[], Failure = never>(
    onFulfilled?: ((items: Item[]) => PromiseLike<Value> | Value) | null,
    onRejected?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Failure | Value> {
    const settle = this.#settle;
    if (settle !== undefined) {
      this.#settle = undefined;
      this.#collected().then(settle.resolve, settle.reject);
    }
    return super.then(onFulfilled, onRejected);
  }

  override async withResponse(): Promise<WithResponse<Item[]>> {
    const { response } = await this.#head.withResponse();
    return { data: await this, response };
  }

  /** Each message as it arrives. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    if (this.#settle === undefined) {
      // Awaited before: the messages are there, or will be.
      yield* await this;
      return;
    }
    this.#refuseTwice();
    yield* (await this.#head)();
  }

  async #collected(): Promise<Item[]> {
    this.#refuseTwice();
    const items: Item[] = [];
    for await (const item of (await this.#head)()) items.push(item);
    return items;
  }

  #refuseTwice(): void {
    if (this.#isIterated) {
      const fault = { parameter: "messages", message: "are read already: iterate over the stream once, or await it" };
      throw new InvalidRequestError("StreamPromise", [fault]);
    }
    this.#isIterated = true;
  }
}
