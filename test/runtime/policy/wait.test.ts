/** Delays. */
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { pause } from "../../../runtime/src/policy/wait.js";
import { failureOf } from "../support/library.js";

it("a delay above the maximum of timers does not end immediately", async () => {
  const controller = new AbortController();
  const long = pause(2 ** 31, controller.signal, () => new Error("aborted"));
  const first = await Promise.race([long.then(() => "over"), setTimeout(50, "still waiting")]);
  controller.abort();
  expect(first).toBe("still waiting");
  expect(await failureOf(long)).toMatchObject({ message: "aborted" });
});
