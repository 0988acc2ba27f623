/** What a mock does wrong when it is asked to: for tests of what clients make of it. */
import { quotedName } from "@discogen/runtime/names";
import { didYouMean } from "../nearest.js";

/** One request that goes wrong, either by `status` or by `cutAfter`. */
export interface Fault {
  /** Requests that carry content up (the one that opens a session too), bring it down, or are any other call. */
  readonly on: "call" | "download" | "upload";
  /** Requests of that kind that go well before. Default: 0. */
  readonly after?: number;
  /** Answers with this status, 400 to 599; nothing is kept. */
  readonly status?: number;
  /** Cuts the connection after so many bytes of content. Of an upload's part, what came before is kept. */
  readonly cutAfter?: number;
}

const KINDS: readonly Fault["on"][] = ["call", "download", "upload"];
const NUMBERS = ["after", "status", "cutAfter"] as const;

/**
 * Reads `on=call,after=2,status=503`: the members of a {@link Fault}.
 *
 * @throws {RangeError} that names the member at fault
 */
export function readFault(text: string): Fault {
  const members = new Map<string, string>();
  for (const piece of text.split(",")) {
    const [name = "", value, ...more] = piece.split("=").map((word) => word.trim());
    if (value === undefined || more.length > 0) throw new RangeError(`${quotedName(piece)} is not name=value`);
    const known = ["on", ...NUMBERS];
    if (!known.includes(name))
      throw new RangeError(`it has ${known.join(", ")}, but no ${quotedName(name)}${didYouMean(name, known)}`);
    if (members.has(name)) throw new RangeError(`${name} is there twice`);
    members.set(name, value);
  }
  const given = NUMBERS.flatMap((name): [string, number][] => {
    const value = members.get(name);
    if (value === undefined) return [];
    if (!/^\d+$/.test(value)) throw new RangeError(`${name} is a whole number, not ${quotedName(value)}`);
    return [[name, Number(value)]];
  });
  // A word that is none of the three is refused right here.
  return checkedFault({ ...Object.fromEntries(given), on: members.get("on") as Fault["on"] });
}

/** @throws {RangeError} for a fault that cannot happen */
export function checkedFault(fault: Fault): Fault {
  const { on, after = 0, status, cutAfter } = fault;
  if (!KINDS.includes(on)) throw new RangeError(`a fault happens on=${KINDS.join(", on=")}, not on=${on}`);
  if (!isCount(after)) throw new RangeError(`after is a number of requests, not ${after}`);
  if ((status === undefined) === (cutAfter === undefined))
    throw new RangeError("a fault has either a status or cutAfter");
  if (status !== undefined && !(isCount(status) && status >= 400 && status <= 599))
    throw new RangeError(`the status of a fault is 400 to 599, not ${status}`);
  if (cutAfter !== undefined && !isCount(cutAfter))
    throw new RangeError(`cutAfter is a number of bytes, not ${cutAfter}`);
  return fault;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Finds the fault of a request, which is used up by it. */
export function createFaults(faults: Fault[]): (query: URLSearchParams) => Fault | undefined {
  const passed = new WeakMap<Fault, number>();
  return (query) => {
    const on = isUpload(query) ? "upload" : query.get("alt") === "media" ? "download" : "call";
    const index = faults.findIndex((fault) => fault.on === on);
    const fault = faults[index];
    if (fault === undefined) return undefined;
    const before = passed.get(fault) ?? 0;
    if (before >= (fault.after ?? 0)) return faults.splice(index, 1)[0];
    passed.set(fault, before + 1);
    return undefined;
  };
}

/** Whether a request carries content. */
export function isUpload(query: URLSearchParams): boolean {
  return query.has("uploadType") || query.has("upload_id");
}
