// Compiles the part of undici that the runtime uses into its builds for Node, from the exactly pinned version.
//
// undici is CommonJS. Its `require("node:…")` become calls of `process.getBuiltinModule`: it works in ES modules and
// CommonJS alike, also after a bundler has put everything into one file, and a module is loaded when it is needed.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { deflateRawSync } from "node:zlib";

const inside = /[\\/]undici[\\/]lib[\\/].+\.js$/;

/** What only proxies need. */
const ofProxies = /[\\/](?:abort-signal|api-connect|env-http-proxy-agent|proxy-agent|socks5-[a-z0-9-]+)\.js$/;

/**
 * Chunks of the output: what every request needs, and what only proxies need. Only undici needs the bundler's helpers
 * for CommonJS, which would be a file of their own.
 */
export const undiciChunks = [
  {
    name: "undici",
    test: (id) =>
      (inside.test(id) && !ofProxies.test(id)) ||
      /[\\/]undici[\\/]inner\.ts$/.test(id) ||
      id.endsWith("rolldown/runtime.js"),
    priority: 2,
  },
  { name: "proxies", test: (id) => inside.test(id) && ofProxies.test(id), priority: 1 },
];

/** Modules that are replaced: by their path, text that is loaded instead, made of the original. */
const replaced = {
  // HTTP/2, which an agent without `allowH2` does not speak. Users pass a dispatcher of their own undici for it.
  "dispatcher/client-h2.js": () => "module.exports = undefined;",
  // Bodies of fetch, such as FormData, which we never send.
  "web/fetch/body.js": () => "module.exports = {};",
  // The parser for processors without SIMD.
  "llhttp/llhttp-wasm.js": () => "module.exports = undefined;",
  "llhttp/llhttp_simd-wasm.js": packedParser,
  // Two of its fifty tables are used.
  "llhttp/constants.js": (_source, id) => {
    const { ERROR, TYPE } = createRequire(import.meta.url)(id);
    return `module.exports = ${JSON.stringify({ ERROR, TYPE })};`;
  },
};

/** Text that is replaced: by the path of the module, the text and its replacement. Each text must occur. */
const edited = {
  "dispatcher/client-h1.js": [
    // Reading variables throws in Deno without a permission. There is one parser only.
    ["process.env.JEST_WORKER_ID", "undefined"],
    ["process.env.UNDICI_NO_WASM_SIMD", "undefined"],
  ],
  // Loading node:http takes milliseconds. Agents that are not given the limit load it when they read the default.
  "dispatcher/client.js": [
    ["require('node:http')", "{ get maxHeaderSize () { return process.getBuiltinModule('node:http').maxHeaderSize } }"],
    ["http &&\n  http.maxHeaderSize &&\n  Number.isInteger(http.maxHeaderSize) &&\n  http.maxHeaderSize > 0", "http"],
  ],
  // It is compared with the class of a body, and we send no incoming messages.
  "core/util.js": [["const { IncomingMessage } = require('node:http')", "const IncomingMessage = undefined"]],
};

/** The plugins that compile undici, for any format of output. */
export function compileUndici() {
  return [{ name: "undici", load: { filter: { id: inside }, handler: moduleOf } }];
}

async function moduleOf(id) {
  const path = id.replaceAll("\\", "/").replace(/^.*\/undici\/lib\//, "");
  let code = await readFile(id, "utf8");
  if (Object.hasOwn(replaced, path)) return { code: replaced[path](code, id), moduleType: "js" };
  for (const [text, replacement] of edited[path] ?? []) {
    if (!code.includes(text)) throw unknownVersion(`${id} has no ${text}`);
    code = code.replaceAll(text, () => replacement);
  }
  code = code.replaceAll(/\brequire\((['"]node:[a-z_/]+['"])\)/g, "process.getBuiltinModule($1)");
  return { code, moduleType: "js" };
}

/** The parser, a WebAssembly module in Base64, compressed to a third. */
function packedParser(source, id) {
  const [, base64] = /'([A-Za-z0-9+/=]{1000,})'/.exec(source) ?? [];
  if (base64 === undefined) throw unknownVersion(`${id} has no parser`);
  const packed = deflateRawSync(Buffer.from(base64, "base64"), { level: 9 }).toString("base64");
  return `
const { inflateRawSync } = process.getBuiltinModule("node:zlib");
module.exports = inflateRawSync(Buffer.from("${packed}", "base64"));
`;
}

function unknownVersion(problem) {
  return new Error(`${problem}: adapt bundle/undici.js to this version of undici`);
}
