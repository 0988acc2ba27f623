/** The transport works in minified single-file programs, where bundlers have renamed everything. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { install } from "../../../scripts/type-check.js";
import { node } from "../../support/discogen.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";
import { proxyTo } from "../support/proxy.js";
import { json, serve } from "../support/server.js";

const formats = ["esm", "cjs"] as const;

type Format = (typeof formats)[number];

const bundles = new Map<string, Promise<string>>();

/** Bundles a program for Node, once for each format. */
function bundled(format: Format, program: string): Promise<string> {
  const key = `${format} ${program}`;
  const bundle = bundles.get(key) ?? bundleOf(format, program);
  bundles.set(key, bundle);
  return bundle;
}

async function bundleOf(format: Format, program: string): Promise<string> {
  const folder = await temporaryFolder();
  await install(folder, {
    "@discogen/runtime": join(ROOT, "runtime"),
    "@discogen/generated": join(ROOT, "generated"),
    jose: join(ROOT, "node_modules/jose"),
    undici: join(ROOT, "node_modules/undici"),
    "undici-6": join(ROOT, "node_modules/undici-6"),
  });
  const contents = `
    import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
    import { AccessTokenCredentials } from "@discogen/runtime/auth";
    async function main() {
      const rootUrl = process.env.ROOT_URL;
      const { instances } = new SQLAdminClient({ auth: new AccessTokenCredentials("token"), rootUrl, retry: false });
      const list = () => instances.list({ project: "p" });
      ${program}
    }
    main().then((result) => console.log(JSON.stringify(result)));
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder, sourcefile: "program.mjs" },
    bundle: true,
    minify: true,
    platform: "node",
    format,
    target: "node20",
    write: false,
    logLevel: "error",
    // The user's own undici calls require(), which ES modules do not have.
    ...(format === "esm" && program.includes("undici") ? { banner: { js: requireBanner } } : {}),
  });
  return outputFiles[0]?.text ?? "";
}

/** Runs a bundled program in a folder without packages, and returns its JSON output. */
async function run(format: Format, program: string, env: NodeJS.ProcessEnv): Promise<unknown> {
  const emptyFolder = await temporaryFolder();
  const file = join(emptyFolder, format === "esm" ? "program.mjs" : "program.cjs");
  await writeFile(file, await bundled(format, program));
  const { stderr, stdout } = await node([file], emptyFolder, { ...withoutProxies, ...env });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

const requireBanner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

const withoutProxies = Object.fromEntries(
  ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"].map((name) => [name, undefined]),
);

const page = { items: [{ instance: "prod-1" }] };

describe.each(formats)("as one file, %s", (format) => {
  it("sends several calls in a row", async () => {
    const { seen, url } = await serve((_request, response) => json(response, 200, page));
    expect(await run(format, "return [await list(), await list(), await list()]", { ROOT_URL: url })).toEqual([
      page,
      page,
      page,
    ]);
    expect(seen).toHaveLength(3);
  });

  it.each([
    ["HTTPS_PROXY", "https://library.test/", {}],
    ["https_proxy", "https://library.test/", {}],
    ["HTTPS_PROXY", "https://192.0.2.1/", { NO_PROXY: "10.0.0.0/8" }],
  ])("sends through the proxy of %s to %s", async (name, rootUrl, env) => {
    const proxy = await proxyTo("http://127.0.0.1:1/", 403);
    const program = "return list().catch(({ code }) => code)";
    const seen = await run(format, program, { ROOT_URL: rootUrl, [name]: proxy.url, ...env });
    expect([seen, proxy.requested]).toEqual(["CONNECTION_FAILED", [`${new URL(rootUrl).host}:443`]]);
  });

  it("does not use the proxy for addresses in NO_PROXY", async () => {
    const proxy = await proxyTo("http://127.0.0.1:1/", 403);
    const env = { ROOT_URL: "https://192.0.2.1/", HTTPS_PROXY: proxy.url, NO_PROXY: "192.0.2.0/24" };
    const program = "setTimeout(() => process.exit(), 300); list().catch(() => {}); return 'sent'";
    expect(await run(format, program, env)).toBe("sent");
    expect(proxy.requested).toEqual([]);
  });

  it.each(["undici", "undici-6"])("sends over a dispatcher that %s in the same file sets", async (name) => {
    const proxy = await proxyTo("http://127.0.0.1:1/", 403);
    const program = `
      const { MockAgent, setGlobalDispatcher } = await import("${name}");
      const agent = new MockAgent();
      agent.get(new URL(rootUrl).origin).intercept({ path: () => true }).reply(200, { kind: "mocked" });
      setGlobalDispatcher(agent);
      return list();
    `;
    const env = { ROOT_URL: "https://library.test/", HTTPS_PROXY: proxy.url };
    expect([await run(format, program, env), proxy.requested]).toEqual([{ kind: "mocked" }, []]);
  });

  it.each(["undici", "undici-6"])("sends through the proxy if %s in the same file sets no dispatcher", async (name) => {
    const proxy = await proxyTo("http://127.0.0.1:1/", 403);
    const program = `
      const { getGlobalDispatcher } = await import("${name}");
      getGlobalDispatcher();
      return list().catch(({ code }) => code);
    `;
    const env = { ROOT_URL: "https://library.test/", HTTPS_PROXY: proxy.url };
    expect([await run(format, program, env), proxy.requested]).toEqual(["CONNECTION_FAILED", ["library.test:443"]]);
  });
});
