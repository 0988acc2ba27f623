/**
 * Limits retries during an outage: if every call fails, the number of retries falls to a fifth of the calls, instead of
 * three times the calls.
 *
 * All clients of one origin in a process share a budget, since an outage affects the origin, and a program may create a
 * client for each call. A budget starts with 100 retries. Each call deposits a fifth of a retry, up to 500. A retry that
 * leads to success is refunded. Over time, the budget refills to 100, with ten retries a second.
 */
import type { Transport } from "../transport/transport.js";

const initial = 100;
const most = 500;
const perCall = 0.2;
const perSecond = 10;

/** The maximum number of origins. The one whose last client was created first is dropped. */
const maxBudgets = 1000;

/** The retries left for one origin. Plain data, since other copies of this package in the process use it too. */
export interface RetryBudget {
  left: number;
  /** When it was last refilled, in the time of `performance.now()`. */
  counted: number;
}

const registry: unique symbol = Symbol.for("@discogen/runtime.retryBudgets");

/** Set on transports without a server. Their clients share no budget, so that tests do not depend on each other. */
const mock: unique symbol = Symbol.for("@discogen/runtime.mock");

/** Returns the budget of an origin. */
export function budgetOf(origin: string, transport: Transport | undefined): RetryBudget {
  if (transport !== undefined && mock in transport) return newBudget();
  const shared = globalThis as { [registry]?: Map<string, RetryBudget> }; // Set only here.
  const budgets = (shared[registry] ??= new Map());
  const budget = budgets.get(origin) ?? newBudget();
  budgets.delete(origin);
  budgets.set(origin, budget);
  const [oldest] = budgets.size > maxBudgets ? budgets.keys() : [];
  if (oldest !== undefined) budgets.delete(oldest);
  return budget;
}

export function newBudget(): RetryBudget {
  return { left: initial, counted: performance.now() };
}

/** Adds the share of a new call. */
export function deposit(budget: RetryBudget): void {
  if (budget.left < most) budget.left += perCall;
}

/** Takes one retry. Returns `false` if no retry is left. */
export function spend(budget: RetryBudget, now: number = performance.now()): boolean {
  const refilled = budget.left + ((now - budget.counted) / 1000) * perSecond;
  budget.left = Math.max(budget.left, Math.min(initial, refilled));
  budget.counted = now;
  if (budget.left < 1) return false;
  budget.left--;
  return true;
}

/** Returns retries that led to success. */
export function refund(budget: RetryBudget, retries: number): void {
  budget.left = Math.min(most, budget.left + retries);
}
