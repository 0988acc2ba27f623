/** Hashes that WebCrypto does not have. */

/** A hash of chunks. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** Returns the hash in Base64. */
  digest(): string;
}

/** Starts an MD5 hash. */
export function md5(): Hash | undefined {
  const hash = process.getBuiltinModule("node:crypto").createHash("md5");
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("base64") };
}
