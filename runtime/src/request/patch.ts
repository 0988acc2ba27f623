/** Bodies of PATCH. */

/**
 * `T` in which every property, at any depth and in maps too, may also be `null`: the server clears what is null and
 * leaves what is absent as it is (RFC 7396). Lists are replaced whole.
 */
export type Patch<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [Key in keyof T]: Patch<T[Key]> | null }
    : T;
