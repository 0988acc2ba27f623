// Jest's environment for browsers, with what browsers have and jsdom lacks.
const { createRequire } = require("node:module");

// Jest loads this file as the user's own: its packages are where rows install them.
const { TestEnvironment } = createRequire(`${process.env.PLATFORM_TOOLS}package.json`)("jest-environment-jsdom");

const MISSING = [
  "AbortController",
  "AbortSignal",
  "Blob",
  "crypto",
  "fetch",
  "Headers",
  "ReadableStream",
  "Request",
  "Response",
  "structuredClone",
  "TextDecoder",
  "TextEncoder",
  "TransformStream",
  "Uint8Array",
  "ArrayBuffer",
];

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of MISSING)
      Object.defineProperty(this.global, name, { value: globalThis[name], configurable: true, writable: true });
  }
};
