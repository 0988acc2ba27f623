/** What the behaviours of one mock share. */
import type { PageTokens } from "./paging.js";
import type { Store } from "./store.js";

export interface World {
  readonly store: Store;
  readonly pageTokens: PageTokens;
  /** Items of a page where the request does not say. */
  readonly pageSize: number;
  /** Milliseconds. */
  readonly now: () => number;
}
