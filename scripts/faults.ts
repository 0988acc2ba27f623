/**
 * `npm run faults [-- --write]`: runs all faults in `faults/cases` and prints the results as a Markdown table.
 * `--write` writes docs/faults.md, which the tests compare.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { sections } from "./faults/cases/index.js";
import type { Fault } from "./faults/fault.js";
import { pageOf, rowOf } from "./faults/table.js";

const { values } = parseArgs({ options: { write: { type: "boolean" } } });
const rows = new Map<Fault, string>();
for (const fault of sections.flatMap(({ faults }) => faults)) rows.set(fault, await rowOf(fault));
const page = pageOf(rows);
if (values.write === true) await writeFile(new URL("../docs/faults.md", import.meta.url), page);
else process.stdout.write(page);
