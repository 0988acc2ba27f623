/** The base class of generated clients, and copies of clients with other options. */
import { type CoreHolder, Holder, coreOf } from "../call/core.js";
import type { ClientOptions } from "../call/options.js";
import type { ApiDescriptor } from "../method.js";
import type { HeadersInput } from "../request/headers.js";
import { createCore } from "./core.js";

/** A client of one API. It has no other members, because a document may use any name for a resource. */
export class ApiClient extends Holder {
  /**
   * @throws InvalidRequestError `INVALID_OPTION` with every invalid option
   * @throws AuthError `UNIVERSE_MISMATCH` for credentials of another cloud
   */
  constructor(api: ApiDescriptor, options: ClientOptions = {}) {
    super(createCore(api, options));
  }
}

/**
 * Returns a copy of a client with these options. Both clients share credentials and tokens. Headers are merged. Each of
 * dispatcher, transport and client certificate replaces the other two. Other options replace the client's.
 *
 * The same as `client.withOptions(options)`, for APIs with a member of that name.
 */
export function withOptions<Client extends ApiClient>(client: Client, options: ClientOptions): Client {
  // The constructors of generated clients, and of classes that extend them, take only options.
  const { constructor } = client as unknown as { readonly constructor: new (options: ClientOptions) => Client };
  return new constructor(mergedOptions(client, options));
}

/** Returns the options of a client, overridden by these. */
export function mergedOptions(client: CoreHolder, options: ClientOptions): ClientOptions {
  const own = coreOf(client).options;
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const { dispatcher, mtls, transport } = options;
  const sender: ClientOptions =
    dispatcher !== undefined || transport !== undefined || (mtls !== undefined && mtls !== false)
      ? { dispatcher: undefined, mtls: own.mtls === false ? false : undefined, transport: undefined }
      : {};
  const headers =
    own.headers === undefined || options.headers === undefined
      ? {}
      : { headers: { ...entriesOf(own.headers), ...entriesOf(options.headers) } };
  return { ...own, ...sender, ...given, ...headers };
}

function entriesOf(headers: HeadersInput): Record<string, string> {
  const record: Record<string, string> = {};
  const add = (value: string | undefined, name: string): void => {
    if (value !== undefined) record[name.toLowerCase()] = value;
  };
  if (typeof headers.forEach === "function") (headers as Headers).forEach(add); // a field named forEach is a string
  else for (const [name, value] of Object.entries(headers)) add(value, name);
  return record;
}
