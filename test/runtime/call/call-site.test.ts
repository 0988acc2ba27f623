/** The stack of an error includes the line that made the call, for all forms of calls. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { types } from "node:util";
import { describe, expect, it } from "vitest";
import { AccessTokenCredentials, ServiceAccountCredentials } from "../../../runtime/src/auth.js";
import {
  AuthError,
  type CallOptions,
  type ClientOptions,
  type MediaResponse,
  type MethodDescriptor,
  operate,
} from "../../../runtime/src/index.js";
import { node } from "../../support/discogen.js";
import { ROOT } from "../../support/folders.js";
import { serveBatches } from "../batch/server.js";
import { keyFor } from "../support/keys.js";
import { clientOf, failureOf, type LibraryClient } from "../support/library.js";
import { type Handler, json, serve, statuses } from "../support/server.js";
import { temporaryFile } from "../support/authentication.js";

const path = fileURLToPath(import.meta.url);
const source = readFileSync(path, "utf8").split("\n");

/** `call-site.test.ts:12:` for the line that ends with this comment. */
function lineOf(comment: string): string {
  const line = source.findIndex((text) => text.endsWith(`// ${comment}`)) + 1;
  expect(line).toBeGreaterThan(0);
  return `${path}:${String(line)}:`;
}

const auth = new AccessTokenCredentials("token");
const missing: Handler = statuses(404);

/** Waits longer than the call, so that nothing awaits the call when it fails. */
const afterwards = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

const start: MethodDescriptor = {
  id: "library.books.start",
  httpMethod: "POST",
  path: "books",
  response: "json",
  operation: {
    polls: [
      {
        method: { id: "library.operations.get", httpMethod: "GET", path: "operations/1", response: "json" },
        parameters: {},
      },
    ],
    done: "done",
    error: "error",
    isAnswer: true,
  },
};

type Form = (client: LibraryClient) => Promise<unknown>;

/** Each call is on a line that ends with the name of the form. */
const forms: readonly [string, Form][] = [
  [
    "await",
    async ({ books }) => {
      await books.get({ book: "b" }); // await
    },
  ],
  [
    "await a variable",
    async ({ books }) => {
      const book = books.get({ book: "b" });
      await book; // await a variable
    },
  ],
  [
    "return",
    async ({ books }) => {
      const inner = async () => books.get({ book: "b" });
      return await inner(); // return
    },
  ],
  [
    "withResponse()",
    async ({ books }) => {
      await books.get({ book: "b" }).withResponse(); // withResponse()
    },
  ],
  [
    "then",
    async ({ books }) => {
      await books.get({ book: "b" }).then((book) => book.name); // then
    },
  ],
  [
    "Promise.all",
    async ({ books }) => {
      await Promise.all([books.get({ book: "b" }), afterwards()]); // Promise.all
    },
  ],
  [
    "Promise.race",
    async ({ books }) => {
      await Promise.race([books.get({ book: "b" }), new Promise(() => undefined)]); // Promise.race
    },
  ],
  [
    "a page",
    async ({ books }) => {
      await books.list(); // a page
    },
  ],
  [
    "for await over items",
    async ({ books }) => {
      for await (const _ of books.list()) void _; // for await over items
    },
  ],
  [
    "for await over pages",
    async ({ books }) => {
      for await (const _ of books.list().pages()) void _; // for await over pages
    },
  ],
  [
    "an upload",
    async ({ books }) => {
      await books.create({ media: { body: "abc" } }); // an upload
    },
  ],
  [
    "a resumable upload",
    async ({ books }) => {
      await books.create({ media: { body: "abc", resumable: true } }); // a resumable upload
    },
  ],
  [
    "a download",
    async ({ books }) => {
      await books.exportMedia({ book: "b" }); // a download
    },
  ],
  [
    "content",
    async ({ books }) => {
      await books.raw({ book: "b" }); // content
    },
  ],
  [
    "no value",
    async ({ books }) => {
      await books.delete({ book: "b" }); // no value
    },
  ],
  [
    "wait()",
    async (client) => {
      await operate(client, start, {}, undefined).wait(); // wait()
    },
  ],
  [
    "wait() that is awaited later",
    async (client) => {
      const waiting = operate(client, start, {}, undefined).wait(); // wait() that is awaited later
      waiting.catch(() => undefined);
      await afterwards();
      await waiting;
    },
  ],
  [
    "a batch",
    async (client) => {
      const all = client.batch();
      const book = all.books.get({ book: "b" }); // a batch
      await all.send();
      await book;
    },
  ],
  [
    "an outcome of a batch",
    async (client) => {
      const all = client.batch();
      void all.books.get({ book: "b" }); // an outcome of a batch
      const [outcome] = await all.send();
      if (outcome?.status === "rejected") throw outcome.reason;
    },
  ],
  [
    "wait() in a batch",
    async (client) => {
      const all = client.batch();
      const waiting = operate(all, start, {}, undefined).wait(); // wait() in a batch
      await all.send();
      await waiting;
    },
  ],
];

/** Failures in different parts of the runtime. */
const failures: readonly [string, Handler, ClientOptions][] = [
  ["a status", missing, {}],
  ["a status after retries", statuses(503), { retry: { attempts: 1, maxDelay: 1, idempotent: true } }],
  ["a broken connection", (_request, response) => void response.destroy(), { retry: false }],
  ["a timeout", () => undefined, { timeout: 60, retry: false }],
  ["a total timeout", () => undefined, { totalTimeout: 60, retry: false }],
  ["middleware that hangs", missing, { middleware: [() => new Promise(() => undefined)], timeout: 60, retry: false }],
  ["a body that is not JSON", (_request, response) => void response.writeHead(400).end("<html>"), {}],
  ["credentials", missing, { auth: { getRequestHeaders: () => Promise.reject(new Error("no")) } }],
  ["an observer", missing, { logger: { info: () => undefined } }],
];

async function stackOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return String(error instanceof Error ? error.stack : error);
  }
  throw new Error("expected a rejection");
}

describe.each(failures)("after %s", (failure, handler, options) => {
  it.each(forms)("the stack leads to %s", async (name, form) => {
    const isPart = name.includes("batch") && failure.startsWith("a status");
    const { url } = await (isPart ? serveBatches(() => ({ status: 404 })) : serve(handler));
    expect(await stackOf(form(clientOf(url, { auth, ...options })))).toContain(lineOf(name));
  });
});

const refused: readonly [string, Form][] = [
  [
    "an invalid call",
    async ({ books }) => {
      await books.get({}); // an invalid call
    },
  ],
  [
    "an invalid page",
    async ({ books }) => {
      for await (const _ of books.list({ labels: "one" })) void _; // an invalid page
    },
  ],
  [
    "an invalid upload",
    async ({ books }) => {
      await books.create({ media: { body: "abc", chunkSize: 1 } }); // an invalid upload
    },
  ],
  [
    "an invalid download",
    async ({ books }) => {
      await books.exportMedia({}); // an invalid download
    },
  ],
  [
    "an invalid call in a batch",
    async (client) => {
      const all = client.batch();
      void all.books.get({}); // an invalid call in a batch
      const [outcome] = await all.send();
      if (outcome?.status === "rejected") throw outcome.reason;
    },
  ],
  [
    "an invalid option of a batch",
    async (client) => {
      await client.batch().send({ size: 0 }); // an invalid option of a batch
    },
  ],
  [
    "an invalid option of wait()",
    async (client) => {
      await operate(client, start, {}, undefined).wait({ timeout: -1 }); // an invalid option of wait()
    },
  ],
];

it.each(refused)("the stack leads to %s, which is rejected before anything is sent", async (name, form) => {
  const { url } = await serve(statuses(200));
  expect(await stackOf(form(clientOf(url, { auth })))).toContain(lineOf(name));
});

const reading: readonly [string, (media: MediaResponse) => Promise<unknown>][] = [
  [
    "bytes()",
    async (media) => {
      await media.bytes(); // bytes()
    },
  ],
  [
    "text()",
    async (media) => {
      await media.text(); // text()
    },
  ],
  [
    "saveTo()",
    async (media) => {
      await media.saveTo(await temporaryFile("saved", "")); // saveTo()
    },
  ],
  [
    "for await over the body",
    async (media) => {
      for await (const _ of media.body) void _; // for await over the body
    },
  ],
];

describe.each<[string, CallOptions]>([
  ["breaks", {}],
  ["stalls", { timeout: 60 }],
  ["is not complete in time", { totalTimeout: 150 }],
])("a download that %s", (_, options) => {
  it.each(reading)("leads to %s", async (name, read) => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "6" });
      response.write("abc", () => void (options.timeout ?? options.totalTimeout ?? response.destroy()));
    });
    const media = await clientOf(url, { auth }).books.exportMedia({ book: "b" }, options);
    expect(await stackOf(read(media))).toContain(lineOf(name));
  });
});

it("the error of a later page leads to the loop", async () => {
  const { url } = await serve((_request, response, index) =>
    index === 0 ? json(response, 200, { items: [{}], nextPageToken: "2" }) : json(response, 404, {}),
  );
  const loop = async () => {
    for await (const _ of clientOf(url, { auth }).books.list()) void _; // the loop
  };
  expect(await stackOf(loop())).toContain(lineOf("the loop"));
});

it("the error of a failed operation leads to wait()", async () => {
  const { url } = await serve((_request, response) => json(response, 200, { done: true, error: { code: 3 } }));
  const run = async () => {
    await operate(clientOf(url, { auth }), start, {}, undefined).wait(); // an operation that fails
  };
  expect(await stackOf(run())).toContain(lineOf("an operation that fails"));
});

it("the errors of calls that wait for one token lead to their own lines", async () => {
  const tokens = await serve((_request, response) => json(response, 400, { error: "invalid_grant" }));
  const account = ServiceAccountCredentials.fromJSON(keyFor(tokens.url), { scopes: ["a"] });
  const { books } = clientOf("http://127.0.0.1:1/", { auth: account });
  const one = async () => {
    await books.get({ book: "b" }); // the first call of one token
  };
  const other = async () => {
    await books.get({ book: "b" }); // the second call of one token
  };
  const [first, second] = await Promise.all([failureOf(one()), failureOf(other())]);
  expect(tokens.seen).toHaveLength(1);
  for (const error of [first, second]) expect(error).toMatchObject({ code: "TOKEN_REFUSED", reason: "invalid_grant" });
  expect(first).toBeInstanceOf(AuthError);
  expect(types.isNativeError(first)).toBe(true);
  expect((first as Error).stack).toContain(lineOf("the first call of one token"));
  expect((second as Error).stack).toContain(lineOf("the second call of one token"));
});

it("the errors of calls in a failed batch lead to their own lines", async () => {
  const { url } = await serve((_request, response) => void response.destroy());
  const all = clientOf(url, { auth, retry: false }).batch();
  const books = [
    all.books.get({ book: "b" }), // the first of the batch
    all.books.get({ book: "b" }), // the second of the batch
  ];
  await all.send();
  const [first, second] = await Promise.all(books.map(failureOf));
  expect((first as Error).stack).toContain(lineOf("the first of the batch").replace(/\d+:$/, ""));
  expect((first as Error).stack).not.toBe((second as Error).stack);
});

it("errors of other code keep their stack", async () => {
  const mine = new RangeError("mine");
  const { stack } = mine;
  const refuse = () => {
    throw mine;
  };
  expect(await failureOf(clientOf("http://127.0.0.1:1/", { middleware: [refuse] }).books.list())).toBe(mine);
  expect(mine.stack).toBe(stack);
});

/** Programs that use the built packages. The fourth line makes the call. */
it.each([
  ["top-level await", "await client.instances.list({ project: 'p' });"],
  ["a loop", "(async () => { for await (const _ of client.instances.list({ project: 'p' })); })();"],
  ["wait() that nothing awaits", "void client.instances.restart({ project: 'p', instance: 'i' }).wait();"],
  ["an invalid call that nothing awaits", "client.instances.get({ project: 'p' });"],
])("the output of Node for an uncaught error leads to %s", async (_, line) => {
  const url = (name: string) => JSON.stringify(pathToFileURL(join(ROOT, name)).href);
  const program = await temporaryFile(
    "program.mjs",
    `import { SQLAdminClient } from ${url("generated/dist/sqladmin/v1beta3/index.js")};
import { AnonymousCredentials } from ${url("runtime/dist/esm/auth/index.js")};
const client = new SQLAdminClient({ auth: new AnonymousCredentials(), rootUrl: "http://127.0.0.1:1/", retry: false });
${line}
`,
  );
  const { code, stderr } = await node([program]);
  expect(code).toBe(1);
  expect(stderr).toContain("program.mjs:4:");
});
