/** The types of PATCH bodies. */

/**
 * `T` in which every property may also be `null`, at any depth and in maps. The server clears null properties and keeps
 * absent ones (RFC 7396). It replaces arrays completely.
 */
export type Patch<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Key in keyof T]: Patch<T[Key]> | null }
    : T;
