/** Status and headers of an answer, beside its data. */
import type { Headers as PlatformHeaders } from "../platform.js";
import { redactQuery } from "../redact.js";
import { Answer, type RawHeaders, readHeaders } from "../transport/raw-headers.js";
import type { HttpHeaders } from "../transport/transport.js";

/** What `.withResponse()` and `ApiError` tell of an answer. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: PlatformHeaders;
  /** Where it came from; secret query values are blanked. */
  readonly url: string;
}

/** The response to a request. Reads the headers on first use; keeps neither the request nor the body. */
export class LazyResponse implements ApiResponse {
  readonly status: number;
  readonly #url: string;
  readonly #raw: RawHeaders;
  #headers: PlatformHeaders | undefined;

  constructor(
    request: { readonly origin: string; readonly path: string },
    response: { readonly status: number; readonly headers: HttpHeaders },
  ) {
    this.status = response.status;
    this.#url = request.origin + request.path;
    this.#raw = response instanceof Answer ? response.raw : response.headers;
  }

  get url(): string {
    return redactQuery(this.#url);
  }

  get headers(): PlatformHeaders {
    if (this.#headers === undefined) {
      const headers = new Headers();
      for (const [name, value] of Object.entries(readHeaders(this.#raw))) {
        for (const one of typeof value === "string" ? [value] : (value ?? [])) headers.append(name, one);
      }
      this.#headers = headers;
    }
    return this.#headers;
  }
}
