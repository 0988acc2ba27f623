/** Copies of undici in every version that users may have: installed, and bundled. */
import { createRequire } from "node:module";
import { build } from "esbuild";
import type { Dispatcher } from "../../../runtime/src/index.js";

type MakeDispatcher = new (options?: object | string) => Dispatcher & {
  compose(interceptor: (dispatch: unknown) => unknown): Dispatcher;
};

/** The part of a copy that tests use. */
export interface UndiciCopy {
  readonly Agent: MakeDispatcher;
  readonly EnvHttpProxyAgent: MakeDispatcher;
  readonly MockAgent: MakeDispatcher;
  readonly Pool: MakeDispatcher;
  readonly ProxyAgent: MakeDispatcher;
  readonly setGlobalDispatcher: (dispatcher: Dispatcher) => void;
}

const require = createRequire(import.meta.url);

/** Modules of the copy, since undici 8's index does not load on Node 20. */
const text = (name: string): string => `
  exports.Agent = require("${name}/lib/dispatcher/agent.js");
  exports.EnvHttpProxyAgent = require("${name}/lib/dispatcher/env-http-proxy-agent.js");
  exports.MockAgent = require("${name}/lib/mock/mock-agent.js");
  exports.Pool = require("${name}/lib/dispatcher/pool.js");
  exports.ProxyAgent = require("${name}/lib/dispatcher/proxy-agent.js");
  exports.setGlobalDispatcher = require("${name}/lib/global.js").setGlobalDispatcher;
`;

function evaluate(code: string): UndiciCopy {
  const exports = {};
  new Function("exports", "require", "module", code)(exports, require, { exports });
  return exports as UndiciCopy; // the text above exports them
}

async function minified(name: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: text(name), resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

/** Every copy with its name. Loading one sets the global dispatcher if none is set. */
export async function undiciCopies(): Promise<readonly (readonly [string, UndiciCopy])[]> {
  const names = ["undici-6", "undici", "undici-8"];
  const bundles = await Promise.all(names.map(async (name) => [`${name}, minified`, await minified(name)] as const));
  return [...names.map((name) => [name, text(name)] as const), ...bundles].map(([name, code]) => [
    name,
    evaluate(code),
  ]);
}

const keys = ["undici.globalDispatcher.1", "undici.globalDispatcher.2"].map((key) => Symbol.for(key));

/** Restores both global dispatchers, or sets them to these. */
export function restoreGlobals(values: readonly unknown[]): void {
  for (const [index, key] of keys.entries()) Reflect.set(globalThis, key, values[index]);
}

export function currentGlobals(): readonly unknown[] {
  return keys.map((key): unknown => Reflect.get(globalThis, key));
}
