// Compiles the part of undici that the runtime uses into its builds for Node, from the exactly pinned version.
//
// undici is CommonJS. Its `require("node:…")` become calls of `process.getBuiltinModule`: it works in ES modules and
// CommonJS alike, also after a bundler has put everything into one file, and a module is loaded when it is needed.
import { readFile } from "node:fs/promises";
import { deflateRawSync } from "node:zlib";

const inside = /[\\/]undici[\\/]lib[\\/].+\.js$/;

/** Modules that are never called, and what they are replaced by. */
const replaced = {
  // HTTP/2, which an agent without `allowH2` does not speak. Users pass a dispatcher of their own undici for it.
  "client-h2.js": "module.exports = undefined;",
  // Bodies of fetch, such as FormData.
  "body.js": "module.exports = {};",
  // The parser for processors without SIMD.
  "llhttp-wasm.js": "module.exports = undefined;",
};

/** Text of undici that is replaced: [file, text, replacement]. Each must occur, so a new version cannot pass silently. */
const edits = [
  // Reading variables throws in Deno without a permission. There is one parser only.
  ["client-h1.js", "process.env.JEST_WORKER_ID", "undefined"],
  ["client-h1.js", "process.env.UNDICI_NO_WASM_SIMD", "undefined"],
];

/** What only proxies need. */
const ofProxies = /[\\/](?:abort-signal|api-connect|env-http-proxy-agent|proxy-agent|socks5-[a-z0-9-]+)\.js$/;

/** Chunks of the output: what every request needs, and what only proxies need. */
export const undiciChunks = [
  {
    name: "undici",
    test: (id) => (inside.test(id) && !ofProxies.test(id)) || /[\\/]undici[\\/]inner\.ts$/.test(id),
    priority: 2,
  },
  { name: "proxies", test: (id) => inside.test(id) && ofProxies.test(id), priority: 1 },
];

/** The plugins that compile undici, for any format of output. */
export function compileUndici() {
  return [
    {
      name: "undici",
      load: {
        filter: { id: inside },
        handler: (id) => moduleOf(id),
      },
    },
  ];
}

async function moduleOf(id) {
  const name = id.replace(/^.*[\\/]/, "");
  if (Object.hasOwn(replaced, name)) return { code: replaced[name], moduleType: "js" };
  const source = await readFile(id, "utf8");
  if (name === "llhttp_simd-wasm.js") return { code: packedParser(source), moduleType: "js" };
  let code = source.replace(/\brequire\((['"]node:[a-z_/]+['"])\)/g, "process.getBuiltinModule($1)");
  for (const [file, text, replacement] of edits) {
    if (file !== name) continue;
    if (!code.includes(text)) throw new Error(`${id} has no ${text}: adapt bundle/undici.js to this version of undici`);
    code = code.replaceAll(text, replacement);
  }
  return { code, moduleType: "js" };
}

/** The parser, a WebAssembly module in Base64, compressed to a third. */
function packedParser(source) {
  const [, base64] = /'([A-Za-z0-9+/=]{1000,})'/.exec(source) ?? [];
  if (base64 === undefined) throw new Error("undici's parser was not found: adapt bundle/undici.js to this version");
  const packed = deflateRawSync(Buffer.from(base64, "base64"), { level: 9 }).toString("base64");
  return `
const { inflateRawSync } = process.getBuiltinModule("node:zlib");
module.exports = inflateRawSync(Buffer.from("${packed}", "base64"));
`;
}
