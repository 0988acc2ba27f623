/** Requests that go elsewhere than to the network. */
import { type Dispatcher, getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { onTestFinished } from "vitest";

/** Sets undici's global dispatcher until the test is over. */
export function dispatchTo(dispatcher: Dispatcher): void {
  const before = getGlobalDispatcher();
  setGlobalDispatcher(dispatcher);
  onTestFinished(() => setGlobalDispatcher(before));
}
