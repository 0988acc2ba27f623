/** Handles list methods: filters, sorts and pages the items of a collection. */
import type { Call, Handler } from "../call.js";
import { responseType, listedItems, type RoleOf } from "../resources/collections.js";
import { readFilter } from "./filter.js";
import { isInt64 } from "../requests/check-value.js";
import { withKinds } from "../resources/kinds.js";
import { checkParent, type CollectionFacts, itemAt } from "../resources/lookup.js";
import { type ListSelection, selectionOf } from "./list-parameters.js";
import { type Order, type Place, readOrder } from "./order.js";
import { type PageRequest, pageRequest } from "./paging.js";
import { summaryOf } from "../resources/projection.js";
import { advance, progressOf } from "../resources/progress.js";
import { itemPath } from "../routes.js";
import { isMarkedDeleted } from "../resources/soft-delete.js";
import type { Entry } from "../resources/store.js";
import type { MockState } from "../mock-state.js";

export function listHandler({ entry }: RoleOf, facts: CollectionFacts, mockState: MockState): Handler {
  const { api, method } = entry;
  const { store, samples, pageTokens, pageSize } = mockState;
  const { collection, parent, isOpen } = facts;
  const progress = progressOf(collection);
  const listed = listedItems(method, api);
  const { paging } = method;
  // Lists of changes start with a token from another method (Drive's getStartPageToken).
  const needsToken = method.parameters.some(({ name, required }) => required && name === paging?.token);
  const isText = (wanted: string) =>
    method.parameters.some(
      ({ name, type, repeated }) => name === wanted && type.kind === "string" && type.enum === undefined && !repeated,
    );
  const [filters, orders] = [isText("filter"), isText("orderBy")];
  return (call) => {
    const { path, query } = call;
    if (isOpen(path) && store.list(path).length === 0) addSamples(call, facts, mockState);
    const entries = store.list(path);
    const hasSamples = isOpen(path) && entries.every(([one]) => samples.has(one));
    // Samples ignore filter and order, because their values are arbitrary.
    const filter = (filters && !hasSamples && query.get("filter")) || "";
    const orderBy = (orders && !hasSamples && query.get("orderBy")) || "";
    const test = readFilter(filter, collection.item, api.schemas);
    const order = readOrder(orderBy, collection.item, api.schemas);
    const items = entries.map(([, item]) => item);
    const selection = hasSamples ? ALL_ITEMS : selectionOf(entry, query, collection, items);
    // The operations of a deleted item can still be listed.
    if (entries.length === 0) checkParent(path, parent, store);
    const hidden = collection.isUndeletable && query.get("showDeleted") !== "true" ? isMarkedDeleted : () => false;
    const rows = sorted(
      entries.filter(([, item]) => !hidden(item) && selection.test(item) && test(item)),
      order,
    );
    const list = JSON.stringify([path, filter, orderBy, selection.text]);
    const pages = { list, tokens: pageTokens, defaultSize: pageSize, isOpen: needsToken };
    const { page, next } =
      paging?.in === "query"
        ? pageOf(rows, pageRequest(query, paging.token, pages), order)
        : { page: rows, next: undefined };
    const shown = page.map(({ item }) => summaryOf(item, collection.item, listed?.type, api.schemas));
    if (progress !== undefined) for (const row of page) advance(row.path, progress, mockState);
    // Google omits empty arrays.
    const body = {
      ...(listed === undefined || shown.length === 0 ? {} : { [listed.property]: shown }),
      ...(next === undefined || paging === undefined ? {} : { [paging.next]: pageTokens.write(list, next) }),
    };
    return { status: 200, body: withKinds(body, responseType(method), api.schemas) };
  };
}

const ALL_ITEMS: ListSelection = { test: () => true, text: "" };

/** More than fit on one page, so that every program gets a second page. */
const SAMPLE_KEYS = ["1", "2", "3"];

/** Adds sample items. A `-` in the path counts as `sample-1`. */
function addSamples(call: Call, facts: CollectionFacts, mockState: MockState): void {
  const segments = call.path.split("/").map((segment) => (segment === "-" ? "sample-1" : segment));
  const { properties, keyProperty } = facts.collection;
  const type = properties.find(({ name }) => name === keyProperty)?.type;
  const prefix = type?.kind === "string" && isInt64(type.format) ? "" : "sample-";
  for (const key of SAMPLE_KEYS) itemAt(itemPath(segments.join("/"), prefix + key), facts, call, mockState);
}

interface Row {
  readonly path: string;
  readonly item: Entry[1];
  readonly place: Place;
}

function sorted(entries: readonly Entry[], order: Order): readonly Row[] {
  return entries
    .map(([path, item]) => ({ path, item, place: order.placeOf(item, path) }))
    .toSorted((a, b) => order.compare(a.place, b.place));
}

/** Returns the rows of one page, and the place after which the next page starts, if there is one. */
function pageOf(
  rows: readonly Row[],
  { size, after }: PageRequest,
  order: Order,
): { readonly page: readonly Row[]; readonly next: string | undefined } {
  // The token is signed, so it contains a place that this module wrote.
  const last: Place | undefined = after === undefined ? undefined : JSON.parse(after);
  const rest = last === undefined ? rows : rows.filter(({ place }) => order.compare(place, last) > 0);
  const page = rest.slice(0, size);
  return { page, next: rest.length > size ? JSON.stringify(page.at(-1)?.place) : undefined };
}
