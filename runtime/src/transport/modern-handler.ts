/** Makes an exchange the handler of dispatchers of any make: undici 8 knows only `onRequestStart` and its kin. */
import type { Exchange } from "./exchange.js";
import type { RawHeaders } from "./raw-headers.js";
import type { HttpHeaders } from "./transport.js";

/** What is used of undici's controller. */
interface Controller {
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
}

/** Speaks both interfaces, since the global dispatcher may be the undici 6 that Node 20 brings. */
export class ModernHandler {
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  // undici 7 and 8

  onRequestStart(controller: Controller): void {
    this.#exchange.onConnect((reason) => controller.abort(reason));
  }

  onResponseStart(controller: Controller, status: number, headers: HttpHeaders, statusText?: string): void {
    if (!this.#exchange.onHeaders(status, headers, () => controller.resume(), statusText)) controller.pause();
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (!this.#exchange.onData(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.#exchange.onComplete();
  }

  onResponseError(_controller: unknown, error: unknown): void {
    this.#exchange.onError(error);
  }

  // undici 6 and before

  onConnect(abort: (reason: Error) => void): void {
    this.#exchange.onConnect(abort);
  }

  onHeaders(status: number, raw: RawHeaders, resume: () => void, statusText?: string): boolean {
    return this.#exchange.onHeaders(status, raw, resume, statusText);
  }

  onData(chunk: Buffer): boolean {
    return this.#exchange.onData(chunk);
  }

  onComplete(): void {
    this.#exchange.onComplete();
  }

  onError(error: unknown): void {
    this.#exchange.onError(error);
  }
}
