/** What the behaviours of one mock share. */
import type { JsonObject } from "./json.js";
import type { Contents } from "./media/contents.js";
import type { Outcomes } from "./resources/progress.js";
import type { PageTokens } from "./lists/paging.js";
import type { Store } from "./resources/store.js";

export interface World {
  readonly store: Store;
  readonly outcomes: Outcomes;
  readonly contents: Contents;
  /** IAM policies, by the canonical path of the resource each is of. */
  readonly policies: Map<string, JsonObject>;
  readonly pageTokens: PageTokens;
  /** Items of a page where the request does not say. */
  readonly pageSize: number;
  /** Milliseconds. */
  readonly now: () => number;
}
