/** What keeps this process alive: sockets, timers, pending requests. */
import { setTimeout } from "node:timers/promises";

/** Counts of Node's resources by kind. */
export type Resources = ReadonlyMap<string, number>;

/** Milliseconds until leftovers must have ended. */
export const patience = 5000;

export function resources(): Resources {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Returns the kinds with more resources than before, after a wait for those that end by themselves. */
export async function leftovers(before: Resources): Promise<string[]> {
  await until(() => added(before).length === 0);
  return added(before);
}

function added(before: Resources): string[] {
  return [...resources()]
    .map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const)
    .filter(([, more]) => more > 0)
    .map(([kind, more]) => `${kind}: ${String(more)}`);
}

/** Waits until a condition is true, or for a limited time; then the counts show the problem. */
export async function until(isReached: () => boolean): Promise<void> {
  for (let waited = 0; waited < patience && !isReached(); waited += 5) await setTimeout(5);
}
