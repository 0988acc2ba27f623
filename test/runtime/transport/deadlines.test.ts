/** Timeouts with a shared timer. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startDeadline, stopDeadline } from "../../../runtime/src/transport/deadlines.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.runOnlyPendingTimers();
  vi.useRealTimers();
});

describe.each([1, 200, 4999, 5000, 60_000, 3_600_000])("a timeout of %s ms", (timeout) => {
  it("is never early, and at most a tenth late", () => {
    const onExpired = vi.fn<() => void>();
    const deadline = startDeadline({ onExpired }, timeout);
    vi.advanceTimersByTime(timeout - 1);
    expect(onExpired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(timeout / 10 + 1);
    expect(onExpired).toHaveBeenCalledTimes(1);
    stopDeadline(deadline);
  });

  it("does not expire after it is stopped", () => {
    const onExpired = vi.fn<() => void>();
    stopDeadline(startDeadline({ onExpired }, timeout));
    vi.advanceTimersByTime(timeout * 2);
    expect(onExpired).not.toHaveBeenCalled();
  });
});

it("Infinity never expires", () => {
  const onExpired = vi.fn<() => void>();
  stopDeadline(startDeadline({ onExpired }, Number.POSITIVE_INFINITY));
  vi.advanceTimersByTime(2 ** 31);
  expect(onExpired).not.toHaveBeenCalled();
});

it("reuses slots without confusing timeouts", () => {
  const first = vi.fn<() => void>();
  const second = vi.fn<() => void>();
  stopDeadline(startDeadline({ onExpired: first }, 10_000));
  const deadline = startDeadline({ onExpired: second }, 20_000);
  vi.advanceTimersByTime(12_000);
  expect(second).not.toHaveBeenCalled();
  vi.advanceTimersByTime(12_000);
  expect(first).not.toHaveBeenCalled();
  expect(second).toHaveBeenCalledTimes(1);
  stopDeadline(deadline);
});

it("stops the timer when no timeout is active", () => {
  stopDeadline(startDeadline({ onExpired: () => undefined }, 60_000));
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(0);
});
