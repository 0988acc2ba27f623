/** Status and headers of an answer, beside its data. */
import type { Headers as PlatformHeaders } from "../platform.js";
import { urlOf } from "../redact.js";
import type { HttpHeaders, HttpRequest } from "../transport/transport.js";

/** What `.withResponse()` and `ApiError` tell of an answer. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: PlatformHeaders;
  /** Where it came from; secret query values are blanked, and all but the host of an upload session. */
  readonly url: string;
}

/** The answer to a request; headers are read, and made `Headers`, only when they are asked for. */
export class LazyResponse implements ApiResponse {
  readonly status: number;
  readonly #request: Pick<HttpRequest, "origin" | "path" | "secretPath">;
  readonly #response: { readonly headers: HttpHeaders };
  #headers: PlatformHeaders | undefined;

  constructor(
    request: Pick<HttpRequest, "origin" | "path" | "secretPath">,
    response: { readonly status: number; readonly headers: HttpHeaders },
  ) {
    this.status = response.status;
    this.#request = request;
    this.#response = response;
  }

  get url(): string {
    return urlOf(this.#request);
  }

  get headers(): PlatformHeaders {
    if (this.#headers === undefined) {
      const headers = new Headers();
      for (const [name, value] of Object.entries(this.#response.headers)) {
        for (const one of typeof value === "string" ? [value] : (value ?? [])) headers.append(name, one);
      }
      this.#headers = headers;
    }
    return this.#headers;
  }
}
