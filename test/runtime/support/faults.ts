/** Reads the faults of an error, for tables of rejected requests and options. */
import { type ErrorCode, InvalidRequestError } from "../../../runtime/src/index.js";

/** Returns `parameter message` for each fault that an action throws with this code; empty if it throws nothing. */
export function faultsOf(
  action: () => unknown,
  code: Extract<ErrorCode, "INVALID_OPTION" | "INVALID_REQUEST">,
): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof InvalidRequestError && error.code === code)
      return error.faults.map((fault) => `${fault.parameter} ${fault.message}`);
    throw error;
  }
  return [];
}
