/** Lists that come in pages: one promise that is the first page, all pages, and all items. */
import { DiscogenError, invalidRequest } from "../errors.js";
import type { MethodDescriptor, PagingDescriptor } from "../method.js";
import { ApiPromise, type Executor } from "./api-promise.js";

/** How the pages after the first are got. */
export interface Walk<Page> {
  readonly method: MethodDescriptor;
  /** The token that the caller began with, if any. */
  readonly start: unknown;
  /** The parameter `fields`, if any. */
  readonly fields: unknown;
  /** Requests the page of this token. */
  fetch(token: string): Promise<Page>;
}

/**
 * What a paged method returns. The first page is requested at once, and once: `await` gives it, `for await` gives the
 * items of it and all further pages, {@link pages} gives the pages. Further pages are requested as they are reached,
 * with the same parameters and options; stopping early sends nothing further.
 *
 * Throws an `InvalidRequestError` after the first page where the parameter `fields` leaves the next page's token out,
 * and a `DiscogenError` with code `PAGE_TOKEN_REPEATED` where the server would go round in circles.
 */
export class Paged<Page, Item> extends ApiPromise<Page> implements AsyncIterable<Item> {
  readonly #walk: Walk<Page> | undefined;

  constructor(executor: Executor<Page>, walk?: Walk<Page>) {
    super(executor);
    this.#walk = walk;
  }

  /** Every page, the first included. */
  async *pages(): AsyncGenerator<Page, void, undefined> {
    const walk = this.#walk;
    let page = (await this) as Page; // parsed JSON is never a promise, so awaiting it changes nothing
    yield page;
    if (walk?.method.paging === undefined) return;
    if (typeof walk.fields === "string" && !asksFor(walk.fields, walk.method.paging.next)) {
      // Ending here would look like the end of the list.
      throw invalidRequest(
        walk.method.id,
        "fields",
        `leaves out ${walk.method.paging.next}, without which no further page can be found: add it`,
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
          `${walk.method.id}: the server gave the same ${walk.method.paging.next} twice; its pages would never end`,
        );
      }
      seen.add(token);
      page = await walk.fetch(token);
      yield page;
    }
  }

  /** Every item of every page. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    const method = this.#walk?.method;
    if (method?.paging?.items === undefined) {
      throw invalidRequest(method?.id ?? "Paged", "pages", "have no single list of items: iterate over .pages()");
    }
    for await (const page of this.pages()) yield* itemsOf<Item>(page, method.paging.items);
  }
}

/** Whether a selection of fields holds this one, at the top. */
function asksFor(fields: string, name: string): boolean {
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

/** The token of the page after this one. */
function nextToken(page: unknown, paging: PagingDescriptor): string | undefined {
  const token = member(page, paging.next);
  return typeof token === "string" && token !== "" ? token : undefined;
}

/** The items of a page; a map gives its values. */
function itemsOf<Item>(page: unknown, name: string): readonly Item[] {
  const items = member(page, name);
  if (typeof items !== "object" || items === null) return [];
  // The document says that this is what the property holds.
  return (Array.isArray(items) ? items : Object.values(items)) as readonly Item[];
}
