/** Reads which HTTP stack the environment selects. */
import { environment } from "../platform/node/environment.js";
import { InvalidRequestError } from "../errors.js";

/**
 * Returns whether `DISCOGEN_TRANSPORT` is `fetch`. Unset and `undici` mean undici.
 *
 * @throws InvalidRequestError `INVALID_OPTION` for any other value
 */
export function isFetchChosen(): boolean {
  const value = environment("DISCOGEN_TRANSPORT")?.trim() ?? "";
  if (["", "fetch", "undici"].includes(value)) return value === "fetch";
  const fault = { parameter: "DISCOGEN_TRANSPORT", message: "must be undici or fetch" };
  throw new InvalidRequestError("the environment", [fault], "INVALID_OPTION");
}
