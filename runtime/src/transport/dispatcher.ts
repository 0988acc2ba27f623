/** What connects: undici's dispatchers, and whatever has their shape. */

/**
 * Anything with undici's `dispatch`: `Agent`, `Pool`, `ProxyAgent`, `MockAgent`, … of undici 6, 7 or 8. Structural, so
 * that undici's own types are not needed and its versions do not clash.
 */
export interface Dispatcher {
  dispatch(options: object, handler: object): boolean;
}
