/**
 * Keeps retries from multiplying an outage: if everything fails, retries fall to a fifth of the calls instead of three
 * times as many.
 *
 * All clients of one address in a process share a budget, because an outage is one of the address; a program may make a
 * client for each call. A budget starts with a hundred retries. A retry that leads to success is refunded, each call
 * deposits a fifth of one, up to five hundred, and time refills the first hundred at ten a second.
 */
import type { Transport } from "../transport/transport.js";

const initial = 100;
const most = 500;
const perCall = 0.2;
const perSecond = 10;

/** Addresses that are remembered; the one whose last client is the oldest is dropped first. */
const maxBudgets = 1000;

/** The retries left for one address. Plain data: other copies of this package in the process work on it too. */
export interface RetryBudget {
  left: number;
  /** When time was last counted, by `performance.now()`. */
  counted: number;
}

const registry: unique symbol = Symbol.for("@discogen/runtime.retryBudgets");

/** Set on transports without a server behind them: their clients share no budget, so tests do not depend on each other. */
const mock: unique symbol = Symbol.for("@discogen/runtime.mock");

/** The budget of an origin. */
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

/** A call begins. */
export function deposit(budget: RetryBudget): void {
  if (budget.left < most) budget.left += perCall;
}

/** Takes one retry. `false`: none is left. */
export function spend(budget: RetryBudget, now: number = performance.now()): boolean {
  const refilled = budget.left + ((now - budget.counted) / 1000) * perSecond;
  budget.left = Math.max(budget.left, Math.min(initial, refilled));
  budget.counted = now;
  if (budget.left < 1) return false;
  budget.left--;
  return true;
}

/** So many retries led to success. */
export function refund(budget: RetryBudget, retries: number): void {
  budget.left = Math.min(most, budget.left + retries);
}
