/** The used parts of `fetch`. */

/** The used part of `fetch`. The platform's function has this type, and so does undici's. */
export type Fetch = (url: string, init: object) => Promise<FetchResponse>;

/** The used part of a `Response`. */
export interface FetchResponse {
  readonly status: number;
  readonly headers: { forEach(callback: (value: string, name: string) => void): void };
  readonly body: { getReader(): FetchReader } | null;
}

/** The used part of the reader of a body. */
export interface FetchReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
}
