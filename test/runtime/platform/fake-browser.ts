/**
 * Makes a Node process look like a page in a browser: no `process`, no `Buffer`, timers that are numbers, requests
 * without streams, hidden redirects, and hidden headers of servers of other origins.
 *
 * Imported first, before any module can use Node's globals.
 */
const scope = globalThis as unknown as { [name: string]: unknown }; // the deleted properties are not optional in the types

const { fetch: nodeFetch, Request: NodeRequest, setInterval: nodeSetInterval, setTimeout: nodeSetTimeout } = globalThis;
const { clearInterval: nodeClearInterval, clearTimeout: nodeClearTimeout } = globalThis;

/** The arguments of the program. */
export const args: readonly string[] = process.argv.slice(2);

/** Fields that pages cannot set. */
const forbidden = /^(?:accept-encoding|connection|content-length|cookie|host)$/i;

/** Fields that any page may see (Fetch standard, "CORS-safelisted response-header name"). */
const exposed = /^(?:cache-control|content-language|content-length|content-type|expires|last-modified|pragma)$/;

/** Converts a stream as the body of a request to a string, like browsers. */
function flat(init: RequestInit = {}): RequestInit {
  const headers = new Headers(init.headers);
  for (const name of Array.from(headers.keys())) if (forbidden.test(name)) headers.delete(name);
  const { duplex: _, ...rest } = init;
  return {
    ...rest,
    headers,
    body: init.body instanceof ReadableStream ? "[object ReadableStream]" : (init.body ?? null),
  };
}

/** Hides the reason of network errors, like browsers. */
function hideCause(error: unknown): never {
  throw error instanceof TypeError ? new TypeError("Failed to fetch") : error;
}

async function fetch(url: string, init: RequestInit): Promise<object> {
  const response = await nodeFetch(url, flat(init)).catch(hideCause);
  if (response.status >= 300 && response.status < 400) return { status: 0, headers: new Headers(), body: null };
  const shown = response.headers.get("access-control-expose-headers") ?? "";
  const headers = new Headers();
  for (const [name, value] of response.headers)
    if (exposed.test(name) || shown === "*" || shown.includes(name)) headers.append(name, value);
  const reader = response.body?.getReader();
  const body = { getReader: () => ({ read: () => reader?.read().catch(hideCause) }) };
  return { status: response.status, headers, body: reader === undefined ? null : body };
}

/** Timers as numbers, under other names: Node's own `fetch` needs Node's timers. */
const timers = new Map<number, NodeJS.Timeout>();
const numbered =
  (start: (run: () => void, milliseconds: number) => NodeJS.Timeout) =>
  (run: (...parameters: unknown[]) => void, milliseconds: number, ...parameters: unknown[]): number => {
    const id = timers.size + 1;
    timers.set(
      id,
      start(() => run(...parameters), milliseconds),
    );
    return id;
  };

Object.assign(scope, {
  fetch,
  Request: class extends NodeRequest {
    constructor(url: string, init?: RequestInit) {
      super(url, flat(init));
    }
  },
  pageSetTimeout: numbered(nodeSetTimeout),
  pageSetInterval: numbered(nodeSetInterval),
  pageClearTimeout: (id: number | undefined) => nodeClearTimeout(timers.get(id ?? 0)),
  pageClearInterval: (id: number | undefined) => nodeClearInterval(timers.get(id ?? 0)),
});
Object.defineProperty(globalThis, "navigator", { value: { userAgent: "Mozilla/5.0 (fake)" }, configurable: true });
delete scope["process"];
