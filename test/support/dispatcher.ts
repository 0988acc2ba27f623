/** Sends requests to a mock instead of the network. */
import { type Dispatcher, getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { onTestFinished } from "vitest";

/** Sets undici's global dispatcher until the end of the test. */
export function dispatchTo(dispatcher: Dispatcher): void {
  const before = getGlobalDispatcher();
  setGlobalDispatcher(dispatcher);
  onTestFinished(() => setGlobalDispatcher(before));
}
