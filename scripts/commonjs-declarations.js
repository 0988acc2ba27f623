import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Copies the declarations below a folder to another one, as declarations of CommonJS modules. */
export async function commonjsDeclarations(from, to) {
  const names = (await readdir(from, { recursive: true })).filter((name) => name.endsWith(".d.ts"));
  for (const name of names) {
    const text = await readFile(join(from, name), "utf8");
    const target = join(to, name.replace(/\.d\.ts$/, ".d.cts"));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text.replaceAll(/(from "\.[^"]*)\.js"/g, '$1.cjs"'));
  }
}
