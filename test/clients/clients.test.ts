/** The tables of `docs/mock.md` and the clients of `npm run mock:clients`, which does not run here. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { CLIENTS } from "./clients.js";
import { committedTables } from "./table.js";

it("has a line for each client, in which no step failed", async () => {
  const { counts } = await committedTables();
  expect(counts.map(([title]) => title)).toEqual(CLIENTS.map(({ title }) => title));
  expect(counts.map((line) => line.at(-1))).toEqual(CLIENTS.map(() => "0"));
});

it("shows the versions that npm installs", async () => {
  const { counts } = await committedTables();
  for (const client of CLIENTS) {
    if (client.language !== "node") continue;
    const line = counts.find(([title]) => title === client.title);
    expect(line?.[1]).toBe(Object.values(client.packages).join(", "));
  }
});

it("counts as many refusals as it shows", async () => {
  const { counts, refusals } = await committedTables();
  for (const [title, , , , refused] of counts)
    expect([title, refusals.filter(([client]) => client === title).length]).toEqual([title, Number(refused)]);
});

it("names each client once, and each has a program", () => {
  const names = CLIENTS.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  const missing = CLIENTS.filter(
    ({ program }) => !existsSync(fileURLToPath(new URL(`./program/${program}`, import.meta.url))),
  );
  expect(missing).toEqual([]);
});
