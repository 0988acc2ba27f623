/** Status and headers of a response. */
import type { ApiResponse } from "../errors.js";
import type { Headers as PlatformHeaders } from "../platform-types.js";
import { urlOf } from "../redact.js";
import { RawResponse, type RawHeaders, readHeaders } from "../transport/raw-headers.js";
import type { HttpHeaders, HttpRequest } from "../transport/transport.js";

/** A response that reads its headers on first use. It keeps neither the request nor the body. */
export class LazyResponse implements ApiResponse {
  readonly status: number;
  readonly #origin: string;
  readonly #path: string;
  readonly #secretPath: boolean | undefined;
  readonly #raw: RawHeaders;
  #headers: PlatformHeaders | undefined;

  constructor(
    request: Pick<HttpRequest, "origin" | "path" | "secretPath">,
    response: { readonly status: number; readonly headers: HttpHeaders },
  ) {
    this.status = response.status;
    this.#origin = request.origin;
    this.#path = request.path;
    this.#secretPath = request.secretPath;
    this.#raw = response instanceof RawResponse ? response.raw : response.headers;
  }

  get url(): string {
    return urlOf({ origin: this.#origin, path: this.#path, secretPath: this.#secretPath });
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
