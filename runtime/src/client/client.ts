/** The base of generated client classes, and clones with other options. */
import { type CoreHolder, Holder, coreOf } from "../call/core.js";
import { createCore } from "./core.js";
import type { ApiDescriptor } from "../method.js";
import type { ClientOptions } from "../call/options.js";
import type { HeadersInput } from "../request/headers.js";

/** A client of one API. Holds no other member, since a document may name its resources as it likes. */
export class ApiClient extends Holder {
  /**
   * @throws InvalidRequestError with code `INVALID_OPTION`, listing every invalid option.
   * @throws AuthError with code `UNIVERSE_MISMATCH` for credentials of another cloud.
   */
  constructor(api: ApiDescriptor, options: ClientOptions = {}) {
    super(createCore(api, options));
  }
}

/**
 * A client like this one, with these options over its own; both share credentials and tokens. Headers are joined; of
 * dispatcher, transport and client certificate the one that is given replaces the others; middleware replaces middleware.
 *
 * The same as `client.withOptions(options)`, for APIs that have a member of that name themselves.
 */
export function withOptions<Client extends ApiClient>(client: Client, options: ClientOptions): Client {
  // Generated clients, and classes derived from them, are made of options alone.
  const { constructor } = client as unknown as { readonly constructor: new (options: ClientOptions) => Client };
  return new constructor(mergedOptions(client, options));
}

/** The options of a client, with those given in place of its own. */
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
  if (typeof headers.forEach === "function") (headers as Headers).forEach(add); // a field of that name would be a string
  else for (const [name, value] of Object.entries(headers)) add(value, name);
  return record;
}
