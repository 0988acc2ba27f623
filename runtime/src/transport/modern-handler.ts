/** Adapts an exchange to the handler interfaces of all versions of undici. */
import type { Exchange } from "./exchange.js";
import type { RawHeaders } from "./raw-headers.js";
import type { HttpHeaders } from "./transport.js";

/** The used part of undici's controller. */
interface Controller {
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
}

/** Implements both interfaces. The global dispatcher may belong to undici 6, which Node 20 contains, or to undici 8. */
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

  // undici 6 and older

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
