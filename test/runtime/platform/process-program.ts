/* oxlint-disable no-console -- the outcome is printed */
/** Makes a client and one call over fetch where `process` has the named shape. */
import type * as Auth from "../../../runtime/src/auth.js";
import type * as Library from "../support/library.js";

const [name = "", url = ""] = process.argv.slice(2);
const { versions } = process;

const refuse = (): never => {
  throw new Error('NotCapable: Requires env access to "X", run again with the --allow-env flag');
};
const refusing: object = new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse });

/** What stands for `process`. */
const shapes: { readonly [name: string]: unknown } = {
  "no process": undefined,
  "an empty object, as of a bundler": {},
  "an environment alone, as of a bundler or an edge runtime": { env: {} },
  "an environment that may not be read, as of Deno": { env: refusing, versions, platform: "linux" },
  "an environment without its functions": { env: {}, versions: {}, nextTick: () => undefined },
};

Object.defineProperty(globalThis, "process", { value: shapes[name], configurable: true });
// Loaded only now, since modules read `process` when they are loaded.
const { clientOf }: typeof Library = await import("../support/library.js");
const { applicationDefault }: typeof Auth = await import("../../../runtime/src/auth.js");
const { fetchTransport } = await import("../../../runtime/src/index.js");
const transport = fetchTransport();
const { books } = clientOf(url, { transport });
const value = await books.list();
const failure: unknown = await applicationDefault({ transport }).catch((error: unknown) => error);
console.log(JSON.stringify({ isKnown: name in shapes, value, code: Reflect.get(Object(failure), "code") }));
