// The licenses of the packages inside the builds. Collected at build time, so they match the compiled versions.
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** Writes `THIRD_PARTY_NOTICES` to the folder of the package. */
export async function writeNotices(root) {
  const jose = await licenseOf("jose", "LICENSE.md");
  const undici = await licenseOf("undici", "LICENSE");
  const notices = [
    notice(undici.title, "compiled into the builds for Node", undici.text),
    notice("llhttp", "the HTTP parser inside undici, as WebAssembly", llhttpLicense(undici.text)),
    notice(jose.title, "compiled into the CommonJS builds", jose.text),
  ];
  const head = "Parts of these packages are compiled into this one.\n";
  await writeFile(join(root, "THIRD_PARTY_NOTICES"), [head, ...notices].join("\n"));
}

function notice(title, use, text) {
  return `${"-".repeat(80)}\n${title}: ${use}\n${"-".repeat(80)}\n\n${text.trim()}\n`;
}

async function licenseOf(name, file) {
  const manifest = require.resolve(`${name}/package.json`);
  const { version } = JSON.parse(await readFile(manifest, "utf8"));
  return { title: `${name} ${version}`, text: await readFile(join(dirname(manifest), file), "utf8") };
}

/** undici's package does not contain the license of llhttp, which is also the MIT license, with another holder. */
function llhttpLicense(undici) {
  const holder = /^Copyright .+$/m;
  if (!/\bMIT License\b/i.test(undici) || !holder.test(undici)) throw new Error("the license of undici has changed");
  return undici.replace(holder, "Copyright Fedor Indutny, 2018.");
}
