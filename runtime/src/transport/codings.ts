/** The allowed content codings of a response: those that its request accepts, each once (RFC 9110 §8.4, §12.5.3). */
import { ConnectionError } from "../errors.js";
import { printable } from "../redact.js";
import { subjectOf } from "./failure.js";
import type { HttpRequest } from "./transport.js";

/**
 * Returns the codings of a response in the order in which they were applied.
 *
 * @throws ConnectionError for a coding that the request does not accept, and for one that was applied twice: a few
 * kilobytes could decode to gigabytes
 */
export function codingsOf(request: HttpRequest, encoding: string): string[] {
  const codings = elementsOf(encoding)
    .map(canonical)
    .filter((coding) => coding !== "identity");
  const accepted = request.headers["accept-encoding"];
  for (const [index, coding] of codings.entries()) {
    const name = JSON.stringify(printable(coding, 100));
    if (codings.indexOf(coding) !== index) throw unacceptable(request, `${name} twice`);
    if (!isAccepted(coding, accepted)) {
      const own = printable(accepted ?? "", 100) || "none";
      const advice = "To accept it, add it to the header accept-encoding";
      throw unacceptable(request, `${name}, but the request accepts ${own}. ${advice}`);
    }
  }
  return codings;
}

function unacceptable(request: HttpRequest, problem: string): ConnectionError {
  return new ConnectionError(`${subjectOf(request)}: the response has the content-encoding ${problem}`, { sent: true });
}

function elementsOf(list: string): string[] {
  return list
    .toLowerCase()
    .split(",")
    .map((element) => element.trim())
    .filter((element) => element !== "");
}

function canonical(coding: string): string {
  return coding === "x-gzip" ? "gzip" : coding;
}

/** A request without the header accepts every coding. */
function isAccepted(coding: string, accepted: string | undefined): boolean {
  if (accepted === undefined) return true;
  const weights = new Map(
    elementsOf(accepted).map((element) => {
      const [name = "", ...parameters] = element.split(/\s*;\s*/);
      return [canonical(name), !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))];
    }),
  );
  return weights.get(coding) ?? weights.get("*") ?? false;
}
