// slow: sends thousands of requests.
/** The retry budget: it limits retries during an outage, but not after occasional failures. */
import { describe, expect, it } from "vitest";
import type { Transport } from "../../../runtime/src/index.js";
import { type RetryBudget, budgetOf, deposit, newBudget, refund, spend } from "../../../runtime/src/policy/budget.js";
import { clientOf, failureOf } from "../support/library.js";
import { json, serve, statuses } from "../support/server.js";

/** How many retries a budget grants at this moment. */
function granted(budget: RetryBudget, now: number): number {
  let count = 0;
  while (spend(budget, now)) count++;
  return count;
}

describe("the retries of a client", () => {
  // After all budgets here are created, and before a retry is refilled.
  const now = performance.now() + 50;

  it.each([
    ["start at 100", 0, 0, 0, 100],
    ["do not exceed 100 over time", 0, 60_000, 0, 100],
    ["grow by one every five calls", 50, 0, 0, 110],
    ["never exceed 500", 10_000, 0, 0, 500],
  ])("%s", (_, calls, later, back, expected) => {
    const budget = newBudget();
    for (let i = 0; i < calls; i++) deposit(budget);
    refund(budget, back);
    // Fifths do not add up exactly.
    expect(Math.abs(granted(budget, now + later) - expected)).toBeLessThanOrEqual(1);
  });

  it.each([
    ["ten a second", 0, 2000, 0, 20],
    ["one every five calls", 50, 0, 0, 10],
    ["one for each retry that led to success", 0, 0, 7, 7],
    ["none while everything fails", 0, 0, 0, 0],
  ])("are refilled when they are used up: %s", (_, calls, later, back, expected) => {
    const budget = newBudget();
    granted(budget, now);
    for (let i = 0; i < calls; i++) deposit(budget);
    refund(budget, back);
    expect(Math.abs(granted(budget, now + later) - expected)).toBeLessThanOrEqual(1);
  });
});

it("calls with occasional failures get all their retries", async () => {
  const { seen, url } = await serve((_request, response, index) => json(response, index % 2 === 0 ? 503 : 200, {}));
  const client = clientOf(url, { retry: { maxDelay: 1, attempts: 20 } });
  for (let round = 0; round < 20; round++)
    await Promise.all(Array.from({ length: 20 }, () => client.books.get({ book: "b" })));
  // As many retries as calls, four times the initial budget.
  expect(seen.length).toBeGreaterThan(700);
});

describe("in an outage", () => {
  it("retries are a fraction of the calls, and every call gets the error", async () => {
    const { seen, url } = await serve(statuses(503));
    const client = clientOf(url, { retry: { maxDelay: 1 } });
    const calls = Array.from({ length: 500 }, () => failureOf(client.books.get({ book: "b" })));
    for (const error of await Promise.all(calls)) expect(error).toMatchObject({ status: 503 });
    // Without a budget it would be 2,000. On a slow machine, a few more are refilled.
    expect(seen.length).toBeGreaterThanOrEqual(700);
    expect(seen.length).toBeLessThan(1200);
  });

  it("clients for one call each send no more requests than one client", async () => {
    const { seen, url } = await serve(statuses(503));
    const calls = 1000;
    for (let made = 0; made < calls; made += 100) {
      const clients = Array.from({ length: 100 }, () => clientOf(url, { retry: { maxDelay: 0 } }));
      await Promise.all(clients.map((client) => failureOf(client.books.get({ book: "b" }))));
    }
    // The first 100 retries, a fifth of the calls, and ten per second on a slow machine. Without a budget: 4,000.
    expect(seen.length).toBeLessThan(calls * 1.2 + 100 + 200);
  });

  it("clones share it, unless they use another origin", async () => {
    const { seen, url } = await serve(statuses(503));
    const other = await serve(statuses(503));
    const client = clientOf(url, { retry: { maxDelay: 0, attempts: 200 } });
    await failureOf(client.books.get({ book: "b" }));
    const before = seen.length;
    expect(before).toBeGreaterThan(100);
    await failureOf(client.withOptions({ timeout: 1000 }).books.get({ book: "b" }));
    expect(seen.length - before).toBeLessThan(50);
    await failureOf(client.withOptions({ rootUrl: other.url }).books.get({ book: "b" }));
    expect(other.seen.length).toBeGreaterThan(100);
  });
});

describe("the budget of an origin", () => {
  const fake: Transport = { send: () => Promise.reject(new Error("unused")) };

  it("is shared by all clients with any transport, and is separate for each origin", () => {
    const budget = budgetOf("https://one.example.com", undefined);
    expect(budgetOf("https://one.example.com", fake)).toBe(budget);
    expect(budgetOf("https://one.example.com:8443", undefined)).not.toBe(budget);
    expect(budgetOf("http://one.example.com", undefined)).not.toBe(budget);
  });

  it("is shared with other copies of this package in the process", async () => {
    const origin = "https://copies.example.com";
    const budget = budgetOf(origin, undefined);
    granted(budget, performance.now());
    const url = new URL("../../../runtime/src/policy/budget.js?copy", import.meta.url).href;
    const copy = (await import(/* @vite-ignore */ url)) as { readonly budgetOf: typeof budgetOf };
    expect(copy.budgetOf).not.toBe(budgetOf);
    expect(copy.budgetOf(origin, undefined)).toBe(budget);
  });

  it("is dropped after a thousand other origins were used", () => {
    const kept = budgetOf("https://kept.example.com", undefined);
    const dropped = budgetOf("https://dropped.example.com", undefined);
    for (let i = 0; i < 2000; i++) {
      budgetOf(`https://${String(i)}.example.com`, undefined);
      budgetOf("https://kept.example.com", undefined);
    }
    expect(budgetOf("https://kept.example.com", undefined)).toBe(kept);
    expect(budgetOf("https://dropped.example.com", undefined)).not.toBe(dropped);
  });
});
