/* oxlint-disable no-console -- prints the result */
/** Creates a client and makes one call over fetch with the named kind of `process`. */
import type * as Auth from "../../../runtime/src/auth.js";
import type * as Library from "../support/library.js";

const [name = "", url = ""] = process.argv.slice(2);
const { versions } = process;

const deny = (): never => {
  throw new Error('NotCapable: Requires env access to "X", run again with the --allow-env flag');
};
const denied: object = new Proxy({}, { get: deny, has: deny, ownKeys: deny });

/** The values of `process`. */
const shapes: { readonly [name: string]: unknown } = {
  "no process": undefined,
  "an empty object, as in bundles": {},
  "only an environment, as in bundles and edge runtimes": { env: {} },
  "an environment without permission, as in Deno": { env: denied, versions, platform: "linux" },
  "an environment without its functions": { env: {}, versions: {}, nextTick: () => undefined },
};

Object.defineProperty(globalThis, "process", { value: shapes[name], configurable: true });
// Imported after the change, because modules read `process` when they are loaded.
const { clientOf }: typeof Library = await import("../support/library.js");
const { applicationDefault }: typeof Auth = await import("../../../runtime/src/auth.js");
const { fetchTransport } = await import("../../../runtime/src/index.js");
const transport = fetchTransport();
const { books } = clientOf(url, { transport });
const value = await books.list();
const failure: unknown = await applicationDefault({ transport }).catch((error: unknown) => error);
console.log(JSON.stringify({ isKnown: name in shapes, value, code: Reflect.get(Object(failure), "code") }));
