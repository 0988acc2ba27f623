/** The type of undici's dispatchers. */

/**
 * An object with undici's `dispatch`: `Agent`, `Pool`, `ProxyAgent`, `MockAgent` and others of undici 6, 7 or 8. A
 * structural type, so programs do not need undici's types and can use any of its versions.
 */
export interface Dispatcher {
  dispatch(options: object, handler: object): boolean;
}
