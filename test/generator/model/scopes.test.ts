import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isBroad, isReadOnly, limitOf } from "../../../generator/src/model/scope-facts.js";
import { recommendScopes, type ScopeContext, type ScopedMethod } from "../../../generator/src/model/scopes.js";
import { sharedScopesOf, tablePath } from "../../../scripts/shared-scopes.js";
import { CORPUS, needsCorpus } from "../../support/folders.js";

const names = (choices: readonly { readonly scope: string }[]): readonly string[] => choices.map(({ scope }) => scope);

/** A method of the made-up API `library`, as `id: scope scope …`. Long names of scopes are shortened to `auth/…`. */
function methodOf(line: string): ScopedMethod {
  const [id = "", scopes = ""] = line.split(":");
  return { id, scopes: scopes.split(" ").filter(Boolean).map(long) };
}

const long = (scope: string): string => scope.replace(/^auth\//, "https://www.googleapis.com/auth/");

function contextOf(all: readonly ScopedMethod[], descriptions: Readonly<Record<string, string>> = {}): ScopeContext {
  return {
    api: "library",
    all,
    descriptions: new Map(Object.entries(descriptions).map(([scope, text]) => [long(scope), text])),
  };
}

const descriptions = {
  "auth/library.file": "See and edit only the books that you use with this app",
  "auth/library.view": "View your library",
};

describe("recommended scopes", () => {
  it.each<[string, readonly string[], readonly string[], (readonly string[])?]>([
    ["nothing for no method", [], []],
    ["nothing for a public method", ["library.books.list:"], []],
    ["the scope for reading", ["library.books.list:auth/library auth/library.readonly"], ["auth/library.readonly"]],
    [
      "the scope for reading by its description",
      ["library.books.list:auth/library auth/library.view"],
      ["auth/library.view"],
    ],
    [
      "the scope of the API, not that of all of Google Cloud",
      ["library.books.list:auth/cloud-platform auth/cloud-platform.read-only auth/library"],
      ["auth/library"],
    ],
    [
      "the scope for reading in all of Google Cloud if there is no other",
      ["library.books.list:auth/cloud-platform auth/cloud-platform.read-only"],
      ["auth/cloud-platform.read-only"],
    ],
    [
      "one scope for all of Google Cloud if a method accepts no other",
      ["library.books.list:auth/cloud-platform auth/library", "library.books.move:auth/cloud-platform"],
      ["auth/cloud-platform"],
    ],
    ["the API's own scope, not one of other APIs", ["library.books.get:auth/drive auth/library"], ["auth/library"]],
    [
      "a scope that fewer APIs share",
      ["library.books.get:auth/drive.readonly auth/spreadsheets.readonly"],
      ["auth/spreadsheets.readonly"],
    ],
    [
      "no scope that is limited to the app's own data",
      ["library.books.list:auth/library.file auth/library"],
      ["auth/library"],
    ],
    [
      "a limited scope if there is no other",
      ["library.books.list:auth/library.file auth/cloud-platform"],
      ["auth/library.file"],
    ],
    [
      "no scope for a part of the data",
      ["library.books.list:auth/library.maps.readonly auth/library.readonly auth/library"],
      ["auth/library.readonly"],
    ],
    [
      "the scope for the resource of the method",
      ["library.books.list:auth/library.readonly auth/library.books.readonly"],
      ["auth/library.books.readonly"],
      ["library.shelves.list:auth/library.readonly"],
    ],
    [
      "the scope for the action of the method",
      ["library.books.add:auth/library auth/library.insert"],
      ["auth/library.insert"],
      ["library.shelves.list:auth/library"],
    ],
    [
      "one scope that is enough for two methods",
      ["library.books.list:auth/library auth/library.readonly", "library.books.add:auth/library"],
      ["auth/library"],
    ],
    [
      "two scopes for reading, not one for writing",
      ["library.a.list:auth/library auth/library.a.readonly", "library.b.list:auth/library auth/library.b.readonly"],
      ["auth/library.a.readonly", "auth/library.b.readonly"],
    ],
    [
      "one scope for reading, not two",
      [
        "library.a.list:auth/library.readonly auth/library.a.readonly",
        "library.b.list:auth/library.readonly auth/library.b.readonly",
      ],
      ["auth/library.readonly"],
    ],
    ["scopes without a common one", ["library.a.get:x y", "library.b.get:y z", "library.c.get:w"], ["w", "y"]],
    ["equal scopes by name", ["library.a.get:y x"], ["x"]],
    ["those of a method that lists one twice", ["library.a.get:x x y", "library.b.get:y x"], ["x"]],
  ])("are %s", (_, lines, want, others = []) => {
    const wanted = lines.map(methodOf);
    const all = [...wanted, ...others.map(methodOf)];
    expect(names(recommendScopes(wanted, contextOf(all, descriptions)).scopes)).toEqual(want.map(long));
    // The order of the document does not matter.
    const reversed = wanted.map(({ id, scopes }) => ({ id, scopes: scopes.toReversed() })).toReversed();
    expect(names(recommendScopes(reversed, contextOf(all.toReversed(), descriptions)).scopes)).toEqual(want.map(long));
  });

  it("come with the alternatives, the limited and the broadest last", () => {
    const wanted = [
      methodOf("library.books.list:auth/cloud-platform auth/library.file auth/library auth/library.readonly"),
      methodOf("library.books.get:auth/library auth/library.readonly"),
    ];
    const { alternatives } = recommendScopes(wanted, contextOf(wanted, descriptions));
    expect(alternatives).toEqual([
      { scope: long("auth/library"), description: "", methods: 2, limit: undefined },
      {
        scope: long("auth/library.file"),
        description: descriptions["auth/library.file"],
        methods: 1,
        limit: "app",
      },
      { scope: long("auth/cloud-platform"), description: "", methods: 1, limit: undefined },
    ]);
  });

  it("are a valid set, found in a bounded number of steps, for many overlapping sets", () => {
    const wanted = Array.from({ length: 36 }, (_, index) =>
      methodOf(
        `library.m${String(index)}.get:${[1, 5, 7, 11, 13].map((step) => `s${String((index * step) % 36)}`).join(" ")}`,
      ),
    );
    const { isExact, scopes } = recommendScopes(wanted, contextOf(wanted));
    expect(isExact).toBe(false);
    const chosen = names(scopes);
    expect(wanted.filter((method) => !method.scopes.some((scope) => chosen.includes(scope)))).toEqual([]);
    expect(chosen.length).toBeLessThan(18);
  });
});

describe("facts about scopes", () => {
  it.each([
    ["auth/drive.file", "See only the specific files you use with this app", "app"],
    ["auth/calendar.app.created", "Make calendars, and change events on them", "app"],
    ["auth/gmail.addons.current.message.readonly", "View your messages when the add-on is running", "app"],
    ["auth/fitness.sleep.read", "See your sleep data. I consent to sharing it with this app.", undefined],
    ["auth/gmail.metadata", "View message metadata such as labels, but not the body", "metadata"],
    ["auth/drive.metadata.readonly", "See information about your files", "metadata"],
    ["auth/chat.spaces", "Create spaces and see or update metadata", undefined],
    ["auth/drive", "See, edit, create, and delete all of your files", undefined],
  ])("%s (%s) is limited to: %s", (scope, description, want) => expect(limitOf(long(scope), description)).toBe(want));

  it.each([
    ["auth/devstorage.read_only", "", true],
    ["auth/logging.read", "", true],
    ["auth/dataproc.read-only", "", true],
    ["auth/redis.read-write", "", false],
    ["auth/library.view", "View your library", true],
    ["auth/pubsub", "View and manage Pub/Sub topics and subscriptions", false],
    ["https://mail.google.com/", "Read, compose, send, and permanently delete all your email", false],
    ["auth/compute", "", false],
  ])("%s (%s) is read-only: %s", (scope, description, want) => expect(isReadOnly(long(scope), description)).toBe(want));
});

describe.skipIf(needsCorpus !== "")(`scopes of real documents${needsCorpus}`, () => {
  it("are counted as in the table", () => {
    expect(sharedScopesOf(CORPUS)).toBe(readFileSync(tablePath, "utf8"));
  });

  it("are never broad or limited if a method accepts another scope, and are found exactly", () => {
    const problems: string[] = [];
    let count = 0;
    for (const { context, name } of documents()) {
      if (!recommendScopes(context.all, context).isExact) problems.push(`${name}: not exact`);
      for (const method of context.all) {
        const { isExact, scopes } = recommendScopes([method], context);
        const isLimited = (scope: string): boolean => limitOf(scope, context.descriptions.get(scope)) !== undefined;
        const hasNarrow = method.scopes.some((scope) => !isBroad(scope));
        const hasUnlimited = method.scopes.some((scope) => !isBroad(scope) && !isLimited(scope));
        if (method.scopes.length > 0) count += 1;
        if (!isExact) problems.push(`${method.id}: not exact`);
        if (hasNarrow && names(scopes).some(isBroad)) problems.push(`${method.id}: broad`);
        if (hasUnlimited && names(scopes).some(isLimited)) problems.push(`${method.id}: limited`);
      }
    }
    expect(problems).toEqual([]);
    expect(count).toBeGreaterThan(5000);
  });

  it.each([
    ["drive:v3", "drive.files.list", "auth/drive.readonly"],
    ["drive:v3", "drive.files.copy", "auth/drive"],
    ["gmail:v1", "gmail.users.messages.get", "auth/gmail.readonly"],
    ["gmail:v1", "gmail.users.messages.send", "auth/gmail.send"],
    ["calendar:v3", "calendar.events.list", "auth/calendar.events.readonly"],
    ["sheets:v4", "sheets.spreadsheets.values.get", "auth/spreadsheets.readonly"],
    ["slides:v1", "slides.presentations.batchUpdate", "auth/presentations"],
    ["bigquery:v2", "bigquery.jobs.insert", "auth/bigquery"],
    ["storage:v1", "storage.objects.get", "auth/devstorage.read_only"],
    ["compute:v1", "compute.instances.list", "auth/compute.readonly"],
    ["people:v1", "people.people.get", "auth/contacts.readonly"],
  ])("of %s for %s are %s", (name, id, want) => {
    const { context } = documents().find((document) => document.name === name) ?? {};
    const method = context?.all.find((candidate) => candidate.id === id);
    if (context === undefined || method === undefined) throw new Error(`${name} has no ${id}`);
    expect(names(recommendScopes([method], context).scopes)).toEqual([long(want)]);
  });
});

interface Resource {
  readonly methods?: Readonly<Record<string, { readonly id: string; readonly scopes?: readonly string[] }>>;
  readonly resources?: Readonly<Record<string, Resource>>;
}

interface Document extends Resource {
  readonly kind?: string;
  readonly name: string;
  readonly version: string;
  readonly auth?: {
    readonly oauth2?: { readonly scopes?: Readonly<Record<string, { readonly description?: string }>> };
  };
}

let read: readonly { readonly name: string; readonly context: ScopeContext }[] | undefined;

function documents(): NonNullable<typeof read> {
  const files = readdirSync(CORPUS, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));
  read ??= files.toSorted().flatMap((file) => {
    const document = JSON.parse(readFileSync(join(CORPUS, file), "utf8")) as Document; // a document, or an object without kind
    if (document.kind !== "discovery#restDescription") return [];
    const all = methodsOf(document);
    const scopes = Object.entries(document.auth?.oauth2?.scopes ?? {});
    const texts = new Map(scopes.map(([scope, { description = "" }]) => [scope, description]));
    return [
      { name: `${document.name}:${document.version}`, context: { api: document.name, all, descriptions: texts } },
    ];
  });
  return read;
}

function methodsOf({ methods = {}, resources = {} }: Resource): readonly ScopedMethod[] {
  const own = Object.values(methods).map(({ id, scopes = [] }) => ({ id, scopes }));
  return [...own, ...Object.values(resources).flatMap(methodsOf)];
}
