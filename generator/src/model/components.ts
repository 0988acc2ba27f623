/** Strongly connected components of a graph: sets of names that can all reach each other. */
import { usersOf } from "./access.js";

/**
 * Returns the component number of every reachable name. References point to the same or a higher number. Uses
 * Kosaraju's algorithm without recursion.
 */
export function componentsOf(from: string, next: (name: string) => readonly string[]): ReadonlyMap<string, number> {
  const finished = finishOrder(from, next);
  const users = usersOf(finished, next);
  const components = new Map<string, number>();
  for (const [number, root] of finished.toReversed().entries()) {
    if (components.has(root)) continue;
    components.set(root, number);
    const members = [root];
    for (const member of members)
      for (const user of users.get(member) ?? []) {
        if (components.has(user)) continue;
        components.set(user, number);
        members.push(user);
      }
  }
  return components;
}

/** Returns every reachable name in the order in which a depth-first search finishes it. */
function finishOrder(from: string, next: (name: string) => readonly string[]): readonly string[] {
  const finished: string[] = [];
  const seen = new Set([from]);
  const open = [{ name: from, rest: next(from).values() }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const { done, value } = top.rest.next();
    if (done === true) {
      finished.push(top.name);
      open.pop();
    } else if (!seen.has(value)) {
      seen.add(value);
      open.push({ name: value, rest: next(value).values() });
    }
  }
  return finished;
}
