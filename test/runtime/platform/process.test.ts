// slow: starts a build.
/** The build for Node on platforms whose `process` is another, or a part of it, or that refuse to be asked. */
import { expect, it } from "vitest";
import { serve, statuses } from "../support/server.js";
import { outputOf, programOf } from "./run.js";

it.each([
  "no process",
  "an empty object, as of a bundler",
  "an environment alone, as of a bundler or an edge runtime",
  "an environment that may not be read, as of Deno",
  "an environment without its functions",
])("%s: clients are made and call, and nothing is found in the environment", async (name) => {
  const { url } = await serve(statuses({ status: 200, body: { items: [] } }));
  const program = await programOf("process-program.ts", "esm");
  const want = { isKnown: true, value: { items: [] }, code: "NO_CREDENTIALS" };
  expect(await outputOf(program, name, url)).toEqual(want);
});
