/** What the output depends on beside document and options: the code that writes it. */
import { readdir, readFile } from "node:fs/promises";
import { hashOfTexts } from "./output/manifest.js";
import { VERSION } from "./version.js";

/** The rooms on the way from a document to its files. */
const ROOMS = ["discovery", "model", "openapi", "emit"];

/** A hash of this package's version and of its code, which changes more often than the version where it is developed. */
export async function fingerprint(): Promise<string> {
  const texts = await Promise.all(
    ROOMS.map(async (room) => {
      const folder = new URL(`./${room}/`, import.meta.url);
      const names = (await readdir(folder)).filter((name) => name.endsWith(".js")).sort();
      return Promise.all(names.map(async (name) => name + (await readFile(new URL(name, folder), "utf8"))));
    }),
  );
  return hashOfTexts(VERSION, ...texts.flat());
}
