/** Assertions that need no library, since those do not run on every platform. */

/** @throws if their JSON differs */
export function equal(got: unknown, want: unknown): void {
  const [gotJson, wantJson] = [JSON.stringify(got), JSON.stringify(want)];
  if (gotJson !== wantJson) throw new Error(`got ${gotJson}, want ${wantJson}`);
}

/** @throws if the bytes differ */
export function equalBytes(got: Uint8Array, want: Uint8Array): void {
  const place = got.findIndex((byte, index) => byte !== want[index]);
  if (got.length !== want.length || place !== -1)
    throw new Error(`got ${got.length} bytes, want ${want.length}; the first that differs is at ${place}`);
}

/**
 * Resolves to the error of a promise that rejects as wanted.
 *
 * @throws if it resolves, or rejects with another class, code or message
 */
export async function rejection<E extends Error>(
  promise: Promise<unknown>,
  type: new (...args: never) => E,
  { code, message = /(?:)/ }: { readonly code: string; readonly message?: RegExp },
): Promise<E> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) throw new Error(`got no error, want ${type.name} ${code}`);
  if (!(error instanceof type) || !("code" in error) || error.code !== code || !message.test(error.message))
    throw new Error(`want ${type.name} ${code} ${message}, got: ${describe(error)}`);
  return error;
}

/** An error with its class, code, message and causes. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return `${typeof error} ${String(error)}`;
  const code = "code" in error ? ` ${String(error.code)}` : "";
  const cause = error.cause === undefined ? "" : `; cause: ${describe(error.cause)}`;
  return `${error.name}${code}: ${error.message}${cause}`;
}
