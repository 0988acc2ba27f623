/** Faults that a test can request: error responses and broken connections. */
import { quotedName } from "@discogen/runtime/names";
import { didYouMean } from "../nearest.js";

/** One request that fails, either with `status` or with `cutAfter`. */
export interface Fault {
  /** Kind of request: an upload (including the one that starts a session), a download, or any other call. */
  readonly on: "call" | "download" | "upload";
  /** Number of requests of that kind that succeed first. Default: 0. */
  readonly after?: number;
  /** Responds with this status, 400 to 599, and does not store anything. */
  readonly status?: number;
  /** Closes the connection after this many bytes of content. An upload session keeps the bytes before. */
  readonly cutAfter?: number;
}

const KINDS: readonly Fault["on"][] = ["call", "download", "upload"];
const NUMBERS = ["after", "status", "cutAfter"] as const;

/**
 * Parses `on=call,after=2,status=503` into a {@link Fault}.
 *
 * @throws {RangeError} that names the invalid member
 */
export function readFault(text: string): Fault {
  const members = new Map<string, string>();
  for (const member of text.split(",")) {
    const [name = "", value, ...more] = member.split("=").map((part) => part.trim());
    if (value === undefined || more.length > 0) throw new RangeError(`${quotedName(member)} is not name=value`);
    const known = ["on", ...NUMBERS];
    if (!known.includes(name))
      throw new RangeError(`unknown member ${quotedName(name)}; use ${known.join(", ")}${didYouMean(name, known)}`);
    if (members.has(name)) throw new RangeError(`${name} is set twice`);
    members.set(name, value);
  }
  const given = NUMBERS.flatMap((name): [string, number][] => {
    const value = members.get(name);
    if (value === undefined) return [];
    if (!/^\d+$/.test(value)) throw new RangeError(`${name} must be a non-negative integer, not ${quotedName(value)}`);
    return [[name, Number(value)]];
  });
  // `checkedFault` rejects any other value of `on`.
  return checkedFault({ ...Object.fromEntries(given), on: members.get("on") as Fault["on"] });
}

/** @throws {RangeError} for a fault with invalid members */
export function checkedFault(fault: Fault): Fault {
  const { on, after = 0, status, cutAfter } = fault;
  if (!KINDS.includes(on)) throw new RangeError(`on must be ${KINDS.join(", ")}, not ${on}`);
  if (!isCount(after)) throw new RangeError(`after must be a number of requests, not ${after}`);
  if ((status === undefined) === (cutAfter === undefined)) throw new RangeError("set either status or cutAfter");
  if (status !== undefined && !(isCount(status) && status >= 400 && status <= 599))
    throw new RangeError(`status must be 400 to 599, not ${status}`);
  if (cutAfter !== undefined && !isCount(cutAfter))
    throw new RangeError(`cutAfter must be a number of bytes, not ${cutAfter}`);
  return fault;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Returns a function that takes the fault for a request out of the array. */
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

/** Returns true for a request that uploads content. */
export function isUpload(query: URLSearchParams): boolean {
  return query.has("uploadType") || query.has("upload_id") || query.has("upload_protocol");
}
