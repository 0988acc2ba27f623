/** Codes, options, defaults, commands and anchors that the documentation names exist in the code. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { SQLAdminClient } from "@discogen/generated/sqladmin/v1beta3";
import type { ApiConfig, Config } from "@discogen/generator";
import type { Fault } from "@discogen/generator/mock";
import {
  ApiError,
  type BatchOptions,
  call,
  type ClientOptions,
  type Credentials,
  type DownloadOptions,
  type ErrorCode,
  InvalidRequestError,
  type MediaUpload,
  type MethodDescriptor,
  type RetryOptions,
} from "@discogen/runtime";
import { AnonymousCredentials, ApiKeyCredentials } from "@discogen/runtime/auth";
import { createMockTransport, mockResponse } from "@discogen/runtime/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { codes } from "../../generator/src/diagnostics.js";
import { callOptions } from "../../runtime/src/call/options.js";
import { clientOptions } from "../../runtime/src/client/options.js";
import { discogen } from "../support/discogen.js";
import { ROOT } from "../support/folders.js";

/** Every name of a type; the compiler reports one that is missing or does not exist. */
type Names<T> = { readonly [Name in keyof Required<T>]: 1 };

const errorCodes: { readonly [Code in ErrorCode]: 1 } = {
  ABORTED: 1,
  API_ERROR: 1,
  BATCH_FAILED: 1,
  CONNECTION_FAILED: 1,
  CONSENT_CODE_REFUSED: 1,
  CONSENT_DENIED: 1,
  CONSENT_PORT_UNAVAILABLE: 1,
  CONSENT_STATE_MISMATCH: 1,
  CONSENT_TIMEOUT: 1,
  CONTENT_CHANGED: 1,
  CONTENT_DAMAGED: 1,
  CREDENTIALS_FAILED: 1,
  DISK_FULL: 1,
  INVALID_OPTION: 1,
  INVALID_REQUEST: 1,
  INVALID_RESPONSE: 1,
  KEY_BROKEN: 1,
  KEY_FIELD_INVALID: 1,
  KEY_FIELD_MISSING: 1,
  KEY_FILE_UNREADABLE: 1,
  KEY_NOT_JSON: 1,
  KEY_UNTRUSTED: 1,
  KEY_WRONG_TYPE: 1,
  NOT_MODIFIED: 1,
  NO_CREDENTIALS: 1,
  NO_PROJECT: 1,
  NO_SCOPES: 1,
  OPERATION_FAILED: 1,
  OPERATION_UNKNOWN: 1,
  PAGE_TOKEN_REPEATED: 1,
  PRECONDITION_FAILED: 1,
  REFRESH_TOKEN_REVOKED: 1,
  REGENERATE: 1,
  RESPONSE_TOO_LARGE: 1,
  TIMEOUT: 1,
  TOKEN_REFUSED: 1,
  TOKEN_STORE_MISMATCH: 1,
  TOKEN_STORE_UNREADABLE: 1,
  TOKEN_STORE_UNWRITABLE: 1,
  TOKEN_UNAVAILABLE: 1,
  TOTAL_TIMEOUT: 1,
  UNIVERSE_MISMATCH: 1,
  UPLOAD_CONTENT_MISMATCH: 1,
  UPLOAD_FAILED: 1,
  UPLOAD_SESSION_LOST: 1,
};

const batchOptions: Names<BatchOptions> = { signal: 1, size: 1 };
const downloadOptions: Names<DownloadOptions> = { ...callOptions, onProgress: 1, range: 1 };
const retryOptions: Names<RetryOptions> = { attempts: 1, decide: 1, idempotent: 1, maxDelay: 1 };
const mediaOptions: Names<MediaUpload> = {
  body: 1,
  chunkSize: 1,
  mimeType: 1,
  onProgress: 1,
  resumable: 1,
  session: 1,
  size: 1,
};
const faultMembers: Names<Fault> = { after: 1, cutAfter: 1, on: 1, status: 1 };
const configKeys: Names<ApiConfig & Config> = {
  apis: 1,
  directoryUrl: 1,
  enums: 1,
  exclude: 1,
  id: 1,
  include: 1,
  output: 1,
  patch: 1,
  source: 1,
  streaming: 1,
};

/** Names in capital letters that are not in the sources: Google's reasons, codes of Node.js, names in samples. */
const elsewhere = new Set([
  "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
  "API_DISABLED",
  "API_KEY",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "GOOGLE_CLOUD_PROJECT",
  "IAM_PERMISSION_DENIED",
  "NODE_EXTRA_CA_CERTS",
  "NODE_OPTIONS",
  "REFUSED_STREAM",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "SERVICE_DISABLED",
  "SQLADMIN_ROOT_URL",
  "THIRD_PARTY_NOTICES",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "USER_PROJECT_DENIED",
  "Z_BUF_ERROR",
]);

/** Options of other programs that pages name. */
const foreignOptions = new Set([
  "--allow-env",
  "--client-id-file",
  "--experimental-vm-modules",
  "--json",
  "--list",
  "--scopes",
  "--write",
]);

const pages = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
/** Without the generated page, which contains texts of servers. */
const written = pages.filter((name) => name !== "faults.md");
const textOf = (page: string): string => readFileSync(join(ROOT, page), "utf8");
const docs: ReadonlyMap<string, string> = new Map(written.map((name) => [name, textOf(`docs/${name}`)]));

/** Inline code of a page. */
function spansOf(text: string): readonly string[] {
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
}

/** The text of all sources in a folder. */
function sourcesOf(folder: string): string {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => textOf(join(folder, file)))
    .join("\n");
}

describe("names in capital letters", () => {
  const sources = sourcesOf("runtime/src") + sourcesOf("generator/src");
  const known = (name: string): boolean =>
    name in errorCodes || name in codes || elsewhere.has(name) || new RegExp(`\\b${name}\\b`).test(sources);

  it.each([...docs])("in %s exist in the code", (_, text) => {
    const names = spansOf(text).flatMap((span) => span.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? []);
    expect([...new Set(names)].filter((name) => !known(name))).toEqual([]);
  });

  it("include all codes of errors and diagnostics in troubleshooting.md", () => {
    const spans = new Set(spansOf(docs.get("troubleshooting.md") ?? "").flatMap((span) => span.split(/[, ]+/)));
    expect([...Object.keys(errorCodes), ...Object.keys(codes)].filter((code) => !spans.has(code))).toEqual([]);
  });
});

describe("messages", () => {
  const auth = new AnonymousCredentials();
  const method: MethodDescriptor = {
    id: "books.get",
    httpMethod: "POST",
    path: "books/{name}",
    parameters: {
      name: { required: true },
      size: { type: "integer", minimum: "1" },
      color: { enum: ["RED"] },
    },
    request: "json",
    response: "json",
  };
  const locked = new ReadableStream();
  locked.getReader();
  const closed = Readable.from("a").destroy();
  const read = Readable.from("a");

  /** The messages of the problems that an error lists. */
  async function faultsOf(attempt: () => unknown): Promise<readonly string[]> {
    try {
      await attempt();
      return [];
    } catch (error) {
      return error instanceof InvalidRequestError ? error.faults.map(({ message }) => message) : [];
    }
  }

  it("quoted in troubleshooting.md are those of the runtime", async () => {
    await read.toArray();
    const client = new SQLAdminClient({ auth, transport: createMockTransport(SQLAdminClient, {}) });
    const params = [
      {},
      { name: "" },
      { name: ".." },
      { name: "a", size: "x" },
      { name: "a", size: 0 },
      { name: "a", color: "BLUE" },
      { name: "a", size: null },
      { name: "a", size: 2 ** 60 },
      { name: "a", size: new Date() },
      { name: "a", requestBody: { size: Number.NaN } },
    ];
    const streams = [locked, closed, read].map((data) => ({ name: "a", requestBody: { data } }));
    const promise = Promise.resolve(auth) as unknown as Credentials; // the mistake that the message is for
    const faults = await Promise.all([
      ...params.map((values) => faultsOf(() => call(client, method, values, undefined))),
      ...streams.map((values) => faultsOf(() => call(client, { ...method, request: "bytes" }, values, undefined))),
      faultsOf(() => client.withOptions({ proxy: "x" } as ClientOptions)),
      faultsOf(() => new SQLAdminClient({ auth: promise })),
      faultsOf(() => new SQLAdminClient({ auth: new ApiKeyCredentials("key"), rootUrl: "http://example.com/" })),
    ]);
    const quoted = rowsOf(docs.get("troubleshooting.md") ?? "", "message").flatMap(([cell = ""]) => spansOf(cell));
    expect(quoted.length).toBeGreaterThan(10);
    const isCurrent = (message: string): boolean => {
      const parts = message.split("…").map((part) => part.trim());
      return faults.flat().some((fault) => parts.every((part) => fault.includes(part)));
    };
    expect(quoted.filter((message) => !isCurrent(message))).toEqual([]);
  });
});

/** Cells of the tables whose first heading is this one. */
function rowsOf(text: string, heading: string): readonly (readonly string[])[] {
  const tables = text.match(/(?:^\|.*\n)+/gm) ?? [];
  return tables.flatMap((table) => {
    const [head = [], , ...rows] = table
      .trim()
      .split("\n")
      .map((line) =>
        line
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    return head[0] === heading ? rows : [];
  });
}

describe("options", () => {
  it.each<[string, string, readonly object[]]>([
    ["calls.md", "option", [callOptions, clientOptions]],
    ["calls.md", "`retry`", [retryOptions, { false: 1 }]],
    ["calls.md", "property", [Object.getOwnPropertyDescriptors(ApiError.prototype), apiErrorOf()]],
    ["batch.md", "option", [batchOptions]],
    ["media.md", "member", [mediaOptions]],
    ["media.md", "download option", [downloadOptions]],
    ["mock.md", "member", [faultMembers]],
    ["configuration.md", "key", [configKeys]],
  ])("in %s, column %s, exist in the types", (page, heading, known) => {
    const names = rowsOf(docs.get(page) ?? "", heading).flatMap(([cell = ""]) => spansOf(cell));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !known.some((object) => name in object))).toEqual([]);
  });

  it.each<[string, object]>([
    ["calls.md", { ...clientOptions, ...callOptions, ...retryOptions }],
    ["batch.md", batchOptions],
    ["media.md", mediaOptions],
    ["mock.md", faultMembers],
    ["configuration.md", configKeys],
  ])("in the types are all in %s", (page, known) => {
    const spans = new Set(spansOf(docs.get(page) ?? ""));
    expect(Object.keys(known).filter((name) => !spans.has(name))).toEqual([]);
  });
});

function apiErrorOf(): ApiError {
  const response = { status: 404, headers: new Headers(), url: "" };
  return new ApiError({ message: "", status: 404, response });
}

describe("the default in calls.md is that of the client for", () => {
  const documented = (heading: string, name: string): number => {
    const row = rowsOf(docs.get("calls.md") ?? "", heading).find(([cell = ""]) => cell === `\`${name}\``);
    return Number(row?.at(-1)?.replaceAll(",", ""));
  };

  const auth = new AnonymousCredentials();

  it("timeout", async () => {
    const timeouts: number[] = [];
    const client = new SQLAdminClient({
      auth,
      middleware: [
        ({ timeout }) => {
          timeouts.push(timeout);
          return { status: 200, headers: {}, body: "{}" };
        },
      ],
    });
    await client.tiers.list({ project: "p" });
    expect(timeouts).toEqual([documented("option", "timeout")]);
  });

  /** The delays that the rules propose for a server that always responds like this, without waiting. */
  async function proposalsFor(retryAfter: string): Promise<readonly (number | undefined)[]> {
    const proposals: (number | undefined)[] = [];
    const transport = createMockTransport(SQLAdminClient, {
      "sql.tiers.list": () => mockResponse({ status: 503, headers: { "retry-after": retryAfter } }),
    });
    const decide: RetryOptions["decide"] = ({ proposed }) => {
      proposals.push(proposed);
      return proposed === undefined ? undefined : 0;
    };
    await new SQLAdminClient({ auth, transport, retry: { decide } }).tiers.list({ project: "p" }).catch(() => {});
    return proposals;
  }

  it("retry.attempts", async () => {
    // Each attempt but the last is followed by another one.
    expect((await proposalsFor("1")).filter((pause) => pause !== undefined)).toHaveLength(
      documented("`retry`", "attempts"),
    );
  });

  it("retry.maxDelay", async () => {
    const maxDelay = documented("`retry`", "maxDelay");
    expect((await proposalsFor(String(maxDelay / 1000)))[0]).toBe(maxDelay);
    expect(await proposalsFor(String(maxDelay / 1000 + 1))).toEqual([undefined]);
  });
});

describe("commands", () => {
  const help = new Map<string, string>();

  beforeAll(async () => {
    const { stdout } = await discogen(["--help"]);
    const names = [...stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name = ""]) => name);
    for (const name of names) help.set(name, (await discogen([name, "--help"])).stdout);
  });

  const optionsOf = (text: string): readonly string[] => text.match(/--[a-z][\w-]*/g) ?? [];

  it("are all in commands.md", () => {
    const rows = rowsOf(docs.get("commands.md") ?? "", "command");
    const named = rows.flatMap(([cell = ""]) => /`discogen (\w+)/.exec(cell)?.slice(1) ?? []);
    expect(named.toSorted()).toEqual([...help.keys()].toSorted());
  });

  it.each([...docs])("in %s are shown with options that they have", (_, text) => {
    const lines = text.replaceAll("\\\n", " ").match(/^(?!error |warning ).*\bdiscogen (?:help )?[a-z]+ .*$/gm) ?? [];
    const wrong = lines.flatMap((line) =>
      [...line.matchAll(/\bdiscogen ([a-z]+) ([^`|#&;)]*)/g)].flatMap(([, command = "", rest = ""]) => {
        const known = help.get(command);
        // `call` takes the parameters of the method as options.
        if (known === undefined || command === "call") return [];
        return optionsOf(rest).filter((option) => option !== "--help" && !optionsOf(known).includes(option));
      }),
    );
    expect(wrong).toEqual([]);
  });

  it.each([...docs])("have the options that the text of %s names", (_, text) => {
    const known = new Set([...help.values()].flatMap(optionsOf).concat("--help", "--version", "--key"));
    const named = spansOf(text)
      .filter((span) => span.startsWith("--"))
      .flatMap((span) => optionsOf(span).slice(0, 1));
    // A method's own parameter, shown in call.md.
    const parameters = new Set(["--project", "--flag", "--name"]);
    expect(
      named.filter((option) => !known.has(option) && !foreignOptions.has(option) && !parameters.has(option)),
    ).toEqual([]);
  });

  it.each([...docs].filter(([, text]) => blocksOf(text).length > 0))(
    "have the help that %s quotes",
    async (_, text) => {
      for (const block of blocksOf(text)) {
        const [, usage = ""] = /^Usage: discogen (.*)$/m.exec(block) ?? [];
        const words = usage.split(" ");
        const end = words.findIndex((word) => /^[-[<]/.test(word));
        const { stdout } = await discogen([...words.slice(0, end), "--help"]);
        const quoted = block.split("\n").filter((line) => line !== "…" && line !== "");
        expect(stdout.split("\n").filter((line) => quoted.includes(line))).toEqual(quoted);
      }
    },
  );
});

/** Blocks that quote the help of a command; `…` replaces omitted lines. */
function blocksOf(text: string): readonly string[] {
  return [...text.matchAll(/^```\n(Usage: discogen [\s\S]*?)\n```$/gm)].map(([, block = ""]) => block);
}

describe("diagnostics", () => {
  const quoted = [...docs].flatMap(([page, text]) =>
    [...text.matchAll(/^(?:error|warning) ([A-Z_]+) .*\n {2}help: (.*)$/gm)].map(
      ([, code = "", help = ""]) => [page, code, help] as const,
    ),
  );

  it.each(quoted)("in %s have the help of %s", (_, code, help) => {
    const text = Object.entries(codes).find(([name]) => name === code)?.[1].help;
    // `…` at the end replaces further sentences.
    expect(help.endsWith("…") ? text?.startsWith(help.slice(0, -1).trim()) : text === help).toBe(true);
  });
});

/** The anchors of the headings of a page, as GitHub makes them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
  const headings = [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

describe("anchors", () => {
  const roots = readdirSync(ROOT).filter((name) => name.endsWith(".md") && name !== "CHANGELOG.md");

  it.each([...roots, ...pages.map((name) => `docs/${name}`)])("in links of %s exist", (page) => {
    const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
    const broken = links.filter(([, file = "", anchor = ""]) => {
      const target = file === "" ? page : join(dirname(page), file);
      return target.endsWith(".md") && !anchorsOf(textOf(target)).has(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it("docs/README.md links to every page", () => {
    const index = textOf("docs/README.md");
    expect(pages.filter((page) => page !== "README.md" && !index.includes(`(${page})`))).toEqual([]);
  });
});
