/**
 * Platform types in public signatures.
 *
 * Each is the real type if the program has it (from `@types/node` or `lib.dom`), else a small structural type. So the
 * published types need no other types and no `lib`.
 */

/** The used part of an `AbortSignal`, for programs without that type. */
export interface MinimalAbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The used part of `Headers`, for programs without that type. */
export interface MinimalHeaders {
  get(name: string): string | null;
  has(name: string): boolean;
  forEach(callback: (value: string, name: string) => void): void;
}

/** The used part of a `Blob`, for programs without that type. */
export interface MinimalBlob {
  readonly size: number;
  readonly type: string;
  slice(start?: number, end?: number): MinimalBlob;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The used part of a `URL`, for programs without that type. */
export interface MinimalUrl {
  readonly href: string;
  readonly origin: string;
  readonly hostname: string;
  readonly pathname: string;
  readonly search: string;
}

/** The platform's `AbortSignal`. */
export type AbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer T } } ? T : MinimalAbortSignal;

/** The platform's `Headers`. */
export type Headers = typeof globalThis extends { Headers: { prototype: infer T } } ? T : MinimalHeaders;

/** The platform's `Blob`. */
export type Blob = typeof globalThis extends { Blob: { prototype: infer T } } ? T : MinimalBlob;

/** The platform's `URL`. */
export type Url = typeof globalThis extends { URL: { prototype: infer T } } ? T : MinimalUrl;

/** Environment variables, such as `process.env`. */
export interface Environment {
  readonly [name: string]: string | undefined;
}
