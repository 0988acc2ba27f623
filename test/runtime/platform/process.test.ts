/** The build for Node on platforms with another or incomplete `process`, or without permission to read it. */
import { expect, it } from "vitest";
import { serve, statuses } from "../support/server.js";
import { outputOf, programOf } from "./run.js";

it.each([
  "no process",
  "an empty object, as in bundles",
  "only an environment, as in bundles and edge runtimes",
  "an environment without permission, as in Deno",
  "an environment without its functions",
])("%s: clients work, and find nothing in the environment", async (name) => {
  const { url } = await serve(statuses({ status: 200, body: { items: [] } }));
  const program = await programOf("process-program.ts", "esm");
  const want = { isKnown: true, value: { items: [] }, code: "NO_CREDENTIALS" };
  expect(await outputOf(program, name, url)).toEqual(want);
});
