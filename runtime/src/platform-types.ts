/**
 * Platform types that appear in public signatures.
 *
 * Each is the real type where the program has it (from `@types/node` or `lib.dom`) and a small structural stand-in
 * where it has not, so that the published types need no other types and no `lib`.
 */

/** What is used of an `AbortSignal` where the program has none. */
export interface MinimalAbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What is used of `Headers` where the program has none. */
export interface MinimalHeaders {
  get(name: string): string | null;
  has(name: string): boolean;
  forEach(callback: (value: string, name: string) => void): void;
}

/** What is used of a `Blob` where the program has none. */
export interface MinimalBlob {
  readonly size: number;
  readonly type: string;
  slice(start?: number, end?: number): MinimalBlob;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What is used of a `URL` where the program has none. */
export interface MinimalUrl {
  readonly href: string;
  readonly origin: string;
  readonly hostname: string;
  readonly pathname: string;
  readonly search: string;
}

/** `AbortSignal` of the platform. */
export type AbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer T } } ? T : MinimalAbortSignal;

/** `Headers` of the platform. */
export type Headers = typeof globalThis extends { Headers: { prototype: infer T } } ? T : MinimalHeaders;

/** `Blob` of the platform. */
export type Blob = typeof globalThis extends { Blob: { prototype: infer T } } ? T : MinimalBlob;

/** `URL` of the platform. */
export type Url = typeof globalThis extends { URL: { prototype: infer T } } ? T : MinimalUrl;

/** Environment variables, such as `process.env`. */
export interface Environment {
  readonly [name: string]: string | undefined;
}
