/** The result of one check. */
import { describe } from "./assert.ts";
import type { Check, Platform, Result } from "./platform.ts";

export async function resultOf(area: string, name: string, check: Check, platform: Platform): Promise<Result> {
  const start = Date.now();
  try {
    const outcome = (await check(platform)) ?? "passed";
    return { area, name, outcome, ms: Date.now() - start };
  } catch (error) {
    return { area, name, outcome: "failed", ms: Date.now() - start, error: describe(error) };
  }
}
