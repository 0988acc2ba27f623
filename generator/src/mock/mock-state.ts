/** State that the handlers of one mock share. */
import type { JsonObject } from "./json.js";
import type { Contents } from "./media/contents.js";
import type { PageTokens } from "./lists/paging.js";
import type { Store } from "./resources/store.js";

/** Number of reads of each operation without states, and the properties it ends with. */
export type Outcomes = Map<string, { readonly reads: number; readonly result: JsonObject }>;

export interface MockState {
  readonly store: Store;
  /** Paths of the stored items that are samples. */
  readonly samples: Set<string>;
  readonly outcomes: Outcomes;
  readonly contents: Contents;
  /** IAM policies, by the canonical path of their resource. */
  readonly policies: Map<string, JsonObject>;
  readonly pageTokens: PageTokens;
  /** Page size if the request sets none. */
  readonly pageSize: number;
  /** Clock, in milliseconds since 1970. */
  readonly now: () => number;
}
