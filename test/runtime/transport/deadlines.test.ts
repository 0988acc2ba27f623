/** Time limits by a shared timer. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startDeadline, stopDeadline } from "../../../runtime/src/transport/deadlines.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.runOnlyPendingTimers();
  vi.useRealTimers();
});

describe.each([1, 200, 4999, 5000, 60_000, 3_600_000])("a limit of %s ms", (limit) => {
  it("is never early, and late by a tenth at most", () => {
    const onExpired = vi.fn<() => void>();
    const deadline = startDeadline({ onExpired }, limit);
    vi.advanceTimersByTime(limit - 1);
    expect(onExpired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(limit / 10 + 1);
    expect(onExpired).toHaveBeenCalledTimes(1);
    stopDeadline(deadline);
  });

  it("that is stopped never comes", () => {
    const onExpired = vi.fn<() => void>();
    stopDeadline(startDeadline({ onExpired }, limit));
    vi.advanceTimersByTime(limit * 2);
    expect(onExpired).not.toHaveBeenCalled();
  });
});

it("no limit is no limit", () => {
  const onExpired = vi.fn<() => void>();
  stopDeadline(startDeadline({ onExpired }, Number.POSITIVE_INFINITY));
  vi.advanceTimersByTime(2 ** 31);
  expect(onExpired).not.toHaveBeenCalled();
});

it("places are used again without a mix-up", () => {
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

it("the timer rests when nothing runs against it", () => {
  stopDeadline(startDeadline({ onExpired: () => undefined }, 60_000));
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(0);
});
