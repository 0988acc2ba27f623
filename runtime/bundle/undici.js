// Compiles the used part of undici into the runtime's builds for Node, from the exactly pinned version.
//
// undici's CommonJS modules are converted to ES modules without helpers and `require`. They import each other, and load
// Node's modules by `process.getBuiltinModule` when needed. This works in ES modules and CommonJS, and after a bundler
// has put everything into one file.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { brotliCompressSync } from "node:zlib";

const inside = /[\\/]undici[\\/]lib[\\/].+\.js$/;

/** The modules that only proxies need. */
const ofProxies = /[\\/](?:abort-signal|api-connect|env-http-proxy-agent|proxy-agent|socks5-[a-z0-9-]+)\.js$/;

/**
 * Chunks of the output: one for all requests, because each file costs a millisecond, and one for proxies. The chunk of
 * modules that all entries load statically has a higher priority.
 */
export const undiciChunks = [
  {
    name: "undici",
    test: (id) =>
      (inside.test(id) && !ofProxies.test(id)) || /transport[\\/](?:undici[\\/]inner|dispatchers)\.ts$/.test(id),
    priority: 2,
  },
  { name: "proxies", test: (id) => inside.test(id) && ofProxies.test(id), priority: 1 },
];

/** Replaced modules: functions, by path, that return the new text for the original text. */
const replaced = {
  // HTTP/2, which agents without `allowH2` do not use. Users can pass a dispatcher of their own undici for it.
  "dispatcher/client-h2.js": () => "export default undefined;",
  // Bodies of fetch, such as FormData, which the runtime never sends.
  "web/fetch/body.js": () => "export default {};",
  // The parser for processors without SIMD.
  "llhttp/llhttp-wasm.js": () => "export default undefined;",
  "llhttp/llhttp_simd-wasm.js": packedParser,
  // Only two of its fifty tables are used.
  "llhttp/constants.js": (_source, id) => {
    const { ERROR, TYPE } = createRequire(import.meta.url)(id);
    return `export default ${JSON.stringify({ ERROR, TYPE })};`;
  },
};

/** Replaced text, by the path of the module: pairs of text and replacement. Each text must occur. */
const edited = {
  "dispatcher/client-h1.js": [
    // In Deno, reading variables throws without a permission. There is only one parser.
    ["process.env.JEST_WORKER_ID", "undefined"],
    ["process.env.UNDICI_NO_WASM_SIMD", "undefined"],
    // Compile the parser while the connection is established. V8 compiles its largest function at the first call.
    // If this fails, the connection reports the error.
    [
      "module.exports = connectH1",
      `module.exports = connectH1
connectH1.prepare = () => {
  if (llhttpInstance) return
  try {
    llhttpInstance = lazyllhttp()
    const { llhttp_alloc, llhttp_execute, llhttp_free } = llhttpInstance.exports
    const parser = llhttp_alloc(constants.TYPE.RESPONSE)
    llhttp_execute(parser, 0, 0)
    llhttp_free(parser)
  } catch {}
}`,
    ],
    // Unpack the parser when it is needed.
    ["require('../llhttp/llhttp_simd-wasm.js')", "require('../llhttp/llhttp_simd-wasm.js')()"],
  ],
  // Loading node:http takes milliseconds. Agents without the option load it when they read the default.
  "dispatcher/client.js": [
    ["require('node:http')", "{ get maxHeaderSize () { return process.getBuiltinModule('node:http').maxHeaderSize } }"],
    ["  }\n}\n\nfunction handleConnectError", "  }\n  connectH1.prepare()\n}\n\nfunction handleConnectError"],
    ["http &&\n  http.maxHeaderSize &&\n  Number.isInteger(http.maxHeaderSize) &&\n  http.maxHeaderSize > 0", "http"],
  ],
  // Only compared with the class of a body. The runtime never sends incoming messages.
  "core/util.js": [["const { IncomingMessage } = require('node:http')", "const IncomingMessage = undefined"]],
};

/** Returns the plugins that compile undici, for all output formats. */
export function compileUndici() {
  return [
    { name: "undici", load: { filter: { id: inside }, handler: moduleOf } },
    { name: "inline-helpers", generateBundle: (_options, bundle) => inlineHelpers(bundle) },
  ];
}

/** Inlines the bundler's helpers. They are a few lines, and each file costs the first request a millisecond. */
function inlineHelpers(bundle) {
  const helpers = Object.values(bundle).find(({ fileName }) => fileName.endsWith("rolldown-runtime.js"));
  if (helpers === undefined) return;
  const text = helpers.code.replace(/^export \{.*\};?$/m, "");
  const importing = Object.values(bundle).filter(({ imports }) => imports?.includes(helpers.fileName));
  for (const chunk of importing)
    chunk.code = chunk.code.replace(/^import \{ \w+ as __exportAll \} from "[^"]*rolldown-runtime\.js";$/m, () => text);
  if (!importing.some(({ code }) => code.includes("rolldown-runtime.js"))) delete bundle[helpers.fileName];
}

async function moduleOf(id) {
  const path = id.replaceAll("\\", "/").replace(/^.*\/undici\/lib\//, "");
  let code = await readFile(id, "utf8");
  if (Object.hasOwn(replaced, path)) return { code: replaced[path](code, id), moduleType: "js" };
  for (const [text, replacement] of edited[path] ?? []) {
    if (!code.includes(text)) throw unknownVersion(`${id} has no ${text}`);
    code = code.replaceAll(text, () => replacement);
  }
  return { code: esModule(code, id), moduleType: "js" };
}

/** Converts a CommonJS module to an ES module. Modules that it requires late are loaded statically. */
function esModule(source, id) {
  const imports = new Map();
  const code = source
    .replaceAll(/\brequire\((['"]node:[a-z_/]+['"])\)/g, "process.getBuiltinModule($1)")
    .replaceAll(/\brequire\(['"](\.[^'"]+)['"]\)/g, (_call, path) => {
      if (!imports.has(path)) imports.set(path, `required${imports.size}`);
      return imports.get(path);
    });
  if (/\brequire\(/.test(code)) throw unknownVersion(`${id} requires a module that is neither Node's nor undici's`);
  const lines = [...imports].map(([path, name]) => `import ${name} from ${JSON.stringify(path)};`);
  // Parcel treats any variable named `module` as that of CommonJS.
  const body = code.replace(/\bmodule(?=\.exports\b)/g, "cjs");
  return [...lines, "const cjs = { exports: {} };", body, "export default cjs.exports;"].join("\n");
}

/** Compresses the parser, a WebAssembly module in Base64, to a quarter of its size. */
function packedParser(source, id) {
  const [, base64] = /'([A-Za-z0-9+/=]{1000,})'/.exec(source) ?? [];
  if (base64 === undefined) throw unknownVersion(`${id} has no parser`);
  const packed = brotliCompressSync(Buffer.from(base64, "base64")).toString("base64");
  return `export default () =>
  process.getBuiltinModule("node:zlib").brotliDecompressSync(Buffer.from("${packed}", "base64"));`;
}

function unknownVersion(problem) {
  return new Error(`${problem}: adapt bundle/undici.js to this version of undici`);
}
