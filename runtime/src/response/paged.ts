/** Lists in pages: the promise of the first page, which also iterates over pages and items. */
import { DiscogenError, invalidRequest } from "../errors.js";
import type { MethodDescriptor, PagingDescriptor } from "../method.js";
import { ApiPromise, type Executor } from "./api-promise.js";

/** How to request the pages after the first. */
export interface Walk<Page> {
  readonly method: MethodDescriptor;
  /** The page token that the caller passed, if any. */
  readonly start: unknown;
  /** The parameter `fields`, if any. */
  readonly fields: unknown;
  /** Requests the page with this token. */
  fetch(token: string): Promise<Page>;
}

/**
 * What a paged method returns. The method requests the first page immediately, and only once. `await` resolves to it,
 * `for await` yields the items of all pages, {@link pages} yields the pages. Each further page is requested when it is
 * reached, with the same parameters and options. Stopping early sends no further request.
 *
 * Throws `InvalidRequestError` after the first page if `fields` does not include the token of the next page, and
 * `DiscogenError` with code `PAGE_TOKEN_REPEATED` if the server repeats a token.
 */
export class Paged<Page, Item> extends ApiPromise<Page> implements AsyncIterable<Item> {
  readonly #walk: Walk<Page> | undefined;

  constructor(executor: Executor<Page>, walk?: Walk<Page>) {
    super(executor);
    this.#walk = walk;
  }

  /** Yields every page, including the first. */
  async *pages(): AsyncGenerator<Page, void, undefined> {
    const walk = this.#walk;
    let page = (await this) as Page; // parsed JSON is not a promise, so awaiting it does not change it
    yield page;
    if (walk?.method.paging === undefined) return;
    if (typeof walk.fields === "string" && !includesField(walk.fields, walk.method.paging.next)) {
      // Without an error, the first page would look like the complete list.
      throw invalidRequest(
        walk.method.id,
        "fields",
        `does not include ${walk.method.paging.next}, which the next page needs: add it`,
      );
    }
    const seen = new Set<unknown>([walk.start]);
    for (
      let token = nextToken(page, walk.method.paging);
      token !== undefined;
      token = nextToken(page, walk.method.paging)
    ) {
      if (seen.has(token)) {
        throw new DiscogenError(
          "PAGE_TOKEN_REPEATED",
          `${walk.method.id}: the server returned the same ${walk.method.paging.next} twice, so the pages would never end`,
        );
      }
      seen.add(token);
      page = await walk.fetch(token);
      yield page;
    }
  }

  /** Yields every item of every page. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    const method = this.#walk?.method;
    if (method?.paging?.items === undefined) {
      throw invalidRequest(method?.id ?? "Paged", "pages", "have no single list of items: iterate over .pages()");
    }
    for await (const page of this.pages()) yield* itemsOf<Item>(page, method.paging.items);
  }
}

/** Whether a selection includes this field at the top level. */
function includesField(fields: string, name: string): boolean {
  let top = fields.replaceAll(/\s/g, "");
  for (let before = ""; before !== top;) {
    before = top;
    top = top.replaceAll(/\([^()]*\)/g, "");
  }
  return top.split(",").some((field) => field === name || field === "*");
}

function member(page: unknown, name: string): unknown {
  // Any object can be read by name.
  return typeof page === "object" && page !== null ? (page as { readonly [name: string]: unknown })[name] : undefined;
}

/** Returns the token of the next page. */
function nextToken(page: unknown, paging: PagingDescriptor): string | undefined {
  const token = member(page, paging.next);
  return typeof token === "string" && token !== "" ? token : undefined;
}

/** Returns the items of a page. For a map, its values. */
function itemsOf<Item>(page: unknown, name: string): readonly Item[] {
  const items = member(page, name);
  if (typeof items !== "object" || items === null) return [];
  // The document declares this type for the property.
  return (Array.isArray(items) ? items : Object.values(items)) as readonly Item[];
}
