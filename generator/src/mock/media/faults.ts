/** What a mock does wrong when it is asked to: for tests of what clients make of it. */

/** One request that goes wrong. */
export interface Fault {
  /** Requests that carry content up (the one that opens a session too), bring it down, or are any other call. */
  readonly on: "call" | "download" | "upload";
  /** Requests of that kind that go well before. Default: 0. */
  readonly after?: number;
  /** Answers with this status; nothing is kept. */
  readonly status?: number;
  /** Cuts the connection after so many bytes of content. Of an upload's part, what came before is kept. */
  readonly cutAfter?: number;
}

/** Finds the fault of a request, which is used up by it. */
export function createFaults(faults: Fault[]): (query: URLSearchParams) => Fault | undefined {
  const passed = new Map<Fault, number>();
  return (query) => {
    const on = isUpload(query) ? "upload" : query.get("alt") === "media" ? "download" : "call";
    for (const [index, fault] of faults.entries()) {
      if (fault.on !== on) continue;
      const before = passed.get(fault) ?? 0;
      if (before >= (fault.after ?? 0)) return faults.splice(index, 1)[0];
      passed.set(fault, before + 1);
      return undefined;
    }
    return undefined;
  };
}

/** Whether a request carries content. */
export function isUpload(query: URLSearchParams): boolean {
  return query.has("uploadType") || query.has("upload_id");
}
