/** The retry loop, without a network. */
import { expect, it } from "vitest";
import { AttemptFailure, retry } from "../../../runtime/src/policy/retry-loop.js";
import { failureOf } from "../support/library.js";

const aborted = (error: Error): Error => new Error(`aborted after ${error.message}`);

/** Attempts that fail with these delays, then succeed; `seen` collects the number of failures before each. */
function failing(delays: readonly (number | undefined)[], seen: number[], start: number = 0) {
  return async (failures: number): Promise<AttemptFailure | string> => {
    seen.push(failures);
    const at = failures - start;
    return at < delays.length ? new AttemptFailure(new Error(`failure ${String(failures)}`), delays[at]) : "value";
  };
}

it.each<[string, readonly number[], readonly number[]]>([
  ["returns the value of the first attempt", [], [0]],
  ["repeats until an attempt succeeds", [0, 1], [0, 1, 2]],
])("%s", async (_name, delays, want) => {
  const seen: number[] = [];
  expect(await retry({ attempt: failing(delays, seen), signal: undefined, aborted })).toBe("value");
  expect(seen).toEqual(want);
});

it("throws the error of an attempt without a delay", async () => {
  const seen: number[] = [];
  const error = await failureOf(retry({ attempt: failing([0, undefined], seen), signal: undefined, aborted }));
  expect(error).toMatchObject({ message: "failure 1" });
  expect(seen).toEqual([0, 1]);
});

it("throws what an attempt throws", async () => {
  const attempt = () => Promise.reject(new Error("final"));
  expect(await failureOf(retry({ attempt, signal: undefined, aborted }))).toMatchObject({ message: "final" });
});

it("starts from the failures before", async () => {
  const seen: number[] = [];
  const attempt = failing([0, 0], seen, 4);
  expect(await retry({ failures: 4, attempt, signal: undefined, aborted })).toBe("value");
  expect(seen).toEqual([4, 5, 6]);
});

it("ends a delay when the signal aborts", async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const error = failureOf(retry({ attempt: failing([60_000], seen), signal: controller.signal, aborted }));
  setTimeout(() => controller.abort(), 10);
  expect(await error).toMatchObject({ message: "aborted after failure 0" });
  expect(seen).toEqual([0]);
});
