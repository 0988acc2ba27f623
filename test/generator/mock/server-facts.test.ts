/** Facts that only the server sets, and names that stand for others: in Google's own documents. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Fixtures, Json, JsonObject, MockOptions } from "../../../generator/src/mock/index.js";
import { CORPUS, needsCorpus } from "../../support/folders.js";
import { authorized, mockFor, modelOf, object } from "./support.js";

const skip = { skip: needsCorpus !== "" };

/** Starts a mock of this document. Returns a function that returns the body of a response with a status under 300. */
async function serve(file: string, options: Partial<MockOptions> = {}) {
  const model = modelOf(readFileSync(join(CORPUS, `${file}.json`), "utf8"), file);
  const mock = await mockFor({ models: [model], pageSize: 50, ...options });
  const call = await authorized(mock, { scope: model.scopes.map(({ scope }) => scope).join(" ") });
  const send = async (verb: string, path: string, body?: Json): Promise<JsonObject> => {
    const response = await call(verb, path.replace(mock.url, ""), body);
    expect(response, `${verb} ${path}`).toMatchObject({ status: expect.toSatisfy((status: number) => status < 300) });
    return object(response.body ?? {});
  };
  return { call, send, mock };
}

const INT64 = expect.stringMatching(/^\d+$/);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

describe(`a new resource has${needsCorpus}`, skip, () => {
  it.each<
    [what: string, file: string, path: string, body: JsonObject, want: (url: string) => JsonObject, read?: string]
  >([
    [
      "BigQuery's id, link and times in milliseconds",
      "2026/bigquery.v2",
      "bigquery/v2/projects/p/datasets",
      { datasetReference: { datasetId: "d" }, id: "mine", creationTime: "7" },
      (url) => ({
        kind: "bigquery#dataset",
        id: "p:d",
        selfLink: `${url}bigquery/v2/projects/p/datasets/d`,
        creationTime: expect.stringMatching(/^\d{13}$/),
        lastModifiedTime: expect.stringMatching(/^\d{13}$/),
        etag: expect.any(String),
      }),
    ],
    [
      "a numeric id, a link, a state and the URL of its zone",
      "2019/compute.v1",
      "compute/v1/projects/p/zones/z/disks",
      { name: "a", sizeGb: "10", id: "7" },
      (url) => ({
        id: expect.stringMatching(/^\d{13}$/),
        selfLink: `${url}compute/v1/projects/p/zones/z/disks/a`,
        zone: `${url}compute/v1/projects/p/zones/z`,
        creationTimestamp: TIME,
        status: "READY",
      }),
      "compute/v1/projects/p/zones/z/disks/a",
    ],
    [
      "the email address that its id makes, and numbers that only the server knows",
      "2026/iam.v1",
      "v1/projects/p/serviceAccounts",
      { accountId: "robot", serviceAccount: { displayName: "R", uniqueId: "7" } },
      () => ({
        name: "projects/p/serviceAccounts/robot@p.iam.gserviceaccount.com",
        email: "robot@p.iam.gserviceaccount.com",
        projectId: "p",
        uniqueId: expect.stringMatching(/^\d{21}$/),
      }),
    ],
    [
      "times without a format in the document",
      "2026/tasks.v1",
      "tasks/v1/users/@me/lists",
      { title: "A" },
      (url) => ({ updated: TIME, selfLink: expect.stringContaining(`${url}tasks/v1/users/@me/lists/`) }),
    ],
    [
      "the time at which it expires",
      "2026/secretmanager.v1",
      "v1/projects/p/secrets?secretId=s",
      { ttl: "60s", replication: { automatic: {} } },
      () => ({ name: "projects/p/secrets/s", expireTime: TIME, createTime: TIME }),
    ],
  ])("%s", async (_what, file, path, body, want, read) => {
    const { send, mock } = await serve(file);
    const response = await send("POST", path, body);
    const made = read === undefined ? response : await send("GET", read);
    expect(made).toMatchObject(want(mock.url));
    // A link leads to the resource, and facts do not change from call to call.
    const link = made["selfLink"];
    expect(typeof link === "string" ? await send("GET", link) : made).toEqual(made);
  });

  it("the same facts after an update, except for versions, times and its etag", async () => {
    let now = Date.now();
    const { send } = await serve("2026/bigquery.v2", { now: () => (now += 1000) });
    const made = await send("POST", "bigquery/v2/projects/p/datasets", { datasetReference: { datasetId: "d" } });
    const changed = await send("PATCH", "bigquery/v2/projects/p/datasets/d", { friendlyName: "D", id: "other" });
    const { etag, lastModifiedTime, ...same } = made;
    expect(changed).toMatchObject({ ...same, friendlyName: "D" });
    expect([changed["etag"], changed["lastModifiedTime"]]).not.toEqual([etag, lastModifiedTime]);
    expect(Number(changed["lastModifiedTime"])).toBeGreaterThan(Number(lastModifiedTime));
  });

  it("no password in responses", async () => {
    const { send } = await serve("2026/admin.directory_v1");
    const body = { primaryEmail: "a@x.org", name: { givenName: "A", familyName: "B" }, password: "12345678" };
    const made = await send("POST", "admin/directory/v1/users", body);
    expect(made).toMatchObject({ primaryEmail: "a@x.org", creationTime: TIME });
    expect(made).not.toHaveProperty("password");
  });

  it.each<[body: JsonObject, type: string]>([
    [{}, "TABLE"],
    [{ view: { query: "SELECT 1" } }, "VIEW"],
    [{ materializedView: { query: "SELECT 1" } }, "MATERIALIZED_VIEW"],
  ])("the type that its description lists for it: %j", async (body, type) => {
    const { send } = await serve("2026/bigquery.v2", {
      fixtures: { "/bigquery/v2/projects/p/datasets": [{ datasetReference: { datasetId: "d" } }] },
    });
    const tableReference = { projectId: "p", datasetId: "d", tableId: "t" };
    const made = await send("POST", "bigquery/v2/projects/p/datasets/d/tables", { ...body, tableReference });
    expect(made).toMatchObject({ id: "p:d.t", type });
  });

  it("an operation with links to itself, to its zone and to the resource", async () => {
    const { send, mock } = await serve("2019/compute.v1");
    const zone = `${mock.url}compute/v1/projects/p/zones/z`;
    const started = await send("POST", "compute/v1/projects/p/zones/z/disks", { name: "a" });
    const { id } = await send("GET", `${zone}/disks/a`);
    const links = { zone, targetLink: `${zone}/disks/a`, selfLink: `${zone}/operations/${String(started["name"])}` };
    expect(started).toMatchObject({ ...links, id: INT64, targetId: id });
    expect(await send("GET", links.selfLink)).toMatchObject(links);
  });

  it("a generation that counts changes", async () => {
    const { send } = await serve("2026/run.v2");
    await send("POST", "v2/projects/p/locations/l/services?serviceId=s", { template: {} });
    const path = "v2/projects/p/locations/l/services/s";
    expect(await send("GET", path)).toMatchObject({ generation: "1", uid: expect.any(String), createTime: TIME });
    await send("PATCH", path, { description: "A" });
    expect(await send("GET", path)).toMatchObject({ generation: "2", description: "A" });
  });
});

describe(`a list of summaries${needsCorpus}`, skip, () => {
  it("shows the properties that a summary has, with its kind", async () => {
    const { send } = await serve("2026/bigquery.v2");
    const place = "bigquery/v2/projects/p/datasets";
    const datasetReference = { projectId: "p", datasetId: "d" };
    await send("POST", place, { datasetReference, friendlyName: "D", description: "long", labels: { a: "b" } });
    expect((await send("GET", place))["datasets"]).toEqual([
      { kind: "bigquery#dataset", id: "p:d", type: "DEFAULT", datasetReference, friendlyName: "D", labels: { a: "b" } },
    ]);
  });

  it("of untyped items shows the items", async () => {
    const { send } = await serve("2026/admin.directory_v1");
    await send("POST", "admin/directory/v1/groups", { email: "g@x.org" });
    await send("POST", "admin/directory/v1/groups/g@x.org/aliases", { alias: "h@x.org" });
    expect((await send("GET", "admin/directory/v1/groups/g@x.org/aliases"))["aliases"]).toMatchObject([
      { alias: "h@x.org" },
    ]);
  });
});

describe(`a change of other resources${needsCorpus}`, skip, () => {
  it("is carried out completely or not at all", async () => {
    const { call, send } = await serve("2026/dns.v1");
    await send("POST", "dns/v1/projects/p/managedZones", { name: "z", dnsName: "a.example." });
    const zone = "dns/v1/projects/p/managedZones/z";
    const record = (name: string, ttl = 300) => ({ name, type: "A", ttl, rrdatas: ["192.0.2.1"] });
    const done = await send("POST", `${zone}/changes`, { additions: [record("a.a.example."), record("b.a.example.")] });
    expect(done).toMatchObject({ status: "done", startTime: TIME });
    expect(await send("GET", `${zone}/changes/${String(done["id"])}`)).toEqual(done);
    const add = [record("c.a.example.")];
    for (const [status, change] of [
      [409, { additions: [...add, record("a.a.example.")] }],
      [404, { additions: add, deletions: [record("d.a.example.")] }],
      [412, { additions: add, deletions: [record("a.a.example.", 60)] }],
    ] as const)
      expect(await call("POST", `${zone}/changes`, change)).toMatchObject({ status });
    await send("POST", `${zone}/changes`, {
      additions: [record("a.a.example.", 60)],
      deletions: [record("a.a.example."), record("b.a.example.")],
    });
    expect((await send("GET", `${zone}/rrsets`))["rrsets"]).toMatchObject([record("a.a.example.", 60)]);
  });
});

describe(`an id beside the resource${needsCorpus}`, skip, () => {
  it.each<[file: string, path: string, body: JsonObject, name: string]>([
    ["2026/iam.v1", "v1/projects/p/roles", { roleId: "r", role: { title: "R" } }, "projects/p/roles/r"],
    [
      "2026/bigtableadmin.v2",
      "v2/projects/p/instances/i/tables",
      { tableId: "t", table: {} },
      "projects/p/instances/i/tables/t",
    ],
    [
      "2026/speech.v1",
      "v1/projects/p/locations/l/customClasses",
      { customClassId: "c", customClass: {} },
      "projects/p/locations/l/customClasses/c",
    ],
    [
      "2026/networkmanagement.v1",
      "v1/projects/p/locations/global/connectivityTests?testId=t",
      { protocol: "TCP" },
      "projects/p/locations/global/connectivityTests/t",
    ],
    [
      "2026/iam.v1",
      "v1/projects/p/locations/global/workloadIdentityPools/w/providers?workloadIdentityPoolProviderId=q",
      {},
      "projects/p/locations/global/workloadIdentityPools/w/providers/q",
    ],
    [
      "2026/artifactregistry.v1",
      "v1/projects/p/locations/l/repositories?repositoryId=r",
      {},
      "projects/p/locations/l/repositories/r",
    ],
  ])("names it: %s %s", async (file, path, body, name) => {
    const parents = {
      "/v2/projects/p/instances": [{ name: "i" }],
      "/v1/projects/p/locations/global/workloadIdentityPools": [{ name: "w" }],
    };
    const [version = ""] = path.split("/");
    const fixtures = Object.fromEntries(
      Object.entries(parents).filter(([place]) => `/${path}`.startsWith(`${place}/`)),
    );
    const { send } = await serve(file, { fixtures });
    await send("POST", path, body);
    expect(await send("GET", `${version}/${name}`)).toMatchObject({ name });
  });

  it("of two variables names it, too", async () => {
    const { call, send } = await serve("2026/dns.v1");
    await send("POST", "dns/v1/projects/p/managedZones", { name: "z", dnsName: "a.example." });
    const place = "dns/v1/projects/p/managedZones/z/rrsets";
    const record = { name: "www.a.example.", type: "A", ttl: 300, rrdatas: ["192.0.2.1"] };
    await send("POST", place, record);
    await send("POST", place, { ...record, type: "AAAA", rrdatas: ["2001:db8::1"] });
    expect(await call("POST", place, record)).toMatchObject({ status: 409 });
    expect(await send("GET", `${place}/www.a.example./A`)).toMatchObject(record);
    await send("PATCH", `${place}/www.a.example./A`, { ttl: 60 });
    await send("DELETE", `${place}/www.a.example./AAAA`);
    expect((await send("GET", place))["rrsets"]).toMatchObject([{ ...record, ttl: 60 }]);
  });

  it("in the query names the item of a change", async () => {
    const { call, send } = await serve("2026/youtube.v3");
    const { id } = await send("POST", "youtube/v3/playlists?part=snippet", { snippet: { title: "A" } });
    await send("PUT", "youtube/v3/playlists?part=snippet", { id: String(id), snippet: { title: "B" } });
    expect((await send("GET", "youtube/v3/playlists?part=snippet"))["items"]).toMatchObject([
      { id, snippet: { title: "B" } },
    ]);
    await send("DELETE", `youtube/v3/playlists?id=${String(id)}`);
    expect(await call("DELETE", `youtube/v3/playlists?id=${String(id)}`)).toMatchObject({ status: 404 });
  });

  it("is the last part of the names of older APIs", async () => {
    const { send } = await serve("2024/tagmanager.v2", { fixtures: { "/tagmanager/v2/accounts": [{ path: "1" }] } });
    const made = await send("POST", "tagmanager/v2/accounts/1/containers", { name: "A", usageContext: ["web"] });
    const { containerId } = made;
    expect(made).toMatchObject({ name: "A", accountId: "1", path: `accounts/1/containers/${String(containerId)}` });
  });
});

describe(`a name that stands for another${needsCorpus}`, skip, () => {
  const USER = "discogen-mock@example-123.iam.gserviceaccount.com";
  const user = { primaryEmail: "a@x.org", name: { givenName: "A", familyName: "B" }, password: "12345678" };

  it.each<[what: string, file: string, given: readonly [path: string, body: JsonObject][], same: readonly string[]]>([
    [
      "the primary calendar",
      "2026/calendar.v3",
      [["calendar/v3/calendars/primary/events", { summary: "A", start: {}, end: {} }]],
      ["calendar/v3/calendars/primary/events", `calendar/v3/calendars/${USER}/events`],
    ],
    [
      "the primary calendar itself",
      "2026/calendar.v3",
      [],
      ["calendar/v3/calendars/primary", `calendar/v3/calendars/${USER}`],
    ],
    [
      "the user",
      "2026/gmail.v1",
      [["gmail/v1/users/me/messages", { raw: "YQ==" }]],
      ["gmail/v1/users/me/messages", `gmail/v1/users/${USER}/messages`],
    ],
    [
      "an email address and an alias",
      "2026/admin.directory_v1",
      [
        ["admin/directory/v1/users", user],
        ["admin/directory/v1/users/a@x.org/aliases", { alias: "b@x.org" }],
      ],
      ["admin/directory/v1/users/a@x.org", "admin/directory/v1/users/b@x.org"],
    ],
    [
      "a project",
      "2026/iam.v1",
      [["v1/projects/p/serviceAccounts", { accountId: "robot" }]],
      [
        "v1/projects/p/serviceAccounts/robot@p.iam.gserviceaccount.com",
        "v1/projects/-/serviceAccounts/robot@p.iam.gserviceaccount.com",
      ],
    ],
  ])("leads to the same resource: %s", async (_what, file, given, same) => {
    const { send } = await serve(file);
    for (const [path, body] of given) await send("POST", path, body);
    const bodies = [];
    for (const path of same) bodies.push(await send("GET", path));
    expect(Object.keys(bodies[0] ?? {})).not.toEqual([]);
    for (const body of bodies) expect(body).toEqual(bodies[0]);
  });

  it("is the account of the mock for a call without a token", async () => {
    const model = modelOf(readFileSync(join(CORPUS, "2026/calendar.v3.json"), "utf8"), "calendar");
    const mock = await mockFor({ models: [model], open: true });
    const response = await fetch(`${mock.url}calendar/v3/calendars/primary`);
    expect(await response.json()).toMatchObject({ kind: "calendar#calendar", id: mock.key.client_email });
  });

  it.each<[file: string, fixtures: Fixtures, paths: readonly string[], want: JsonObject]>([
    [
      "2026/gmail.v1",
      { "/gmail/v1/users/me/labels": [{ id: "l", name: "L" }] },
      ["gmail/v1/users/me/labels/l", `gmail/v1/users/${USER}/labels/l`],
      { name: "L" },
    ],
    [
      "2026/calendar.v3",
      { "/calendar/v3/calendars": [{ id: "primary", summary: "S" }] },
      ["calendar/v3/calendars/primary", `calendar/v3/calendars/${USER}`],
      { summary: "S" },
    ],
  ])("can be in the paths of fixtures: %s", async (file, fixtures, paths, want) => {
    const { send } = await serve(file, { fixtures });
    for (const path of paths) expect(await send("GET", path)).toMatchObject(want);
  });

  it("works for changes and for what is below, and is unique", async () => {
    const { call, send } = await serve("2026/admin.directory_v1");
    const { id } = await send("POST", "admin/directory/v1/users", user);
    expect(await call("POST", "admin/directory/v1/users", user)).toMatchObject({ status: 409 });
    await send("PATCH", "admin/directory/v1/users/a@x.org", { suspended: true });
    expect(await send("GET", `admin/directory/v1/users/${String(id)}`)).toMatchObject({ suspended: true });
    await send("DELETE", "admin/directory/v1/users/a@x.org");
    expect(await call("GET", `admin/directory/v1/users/${String(id)}`)).toMatchObject({ status: 404 });
  });

  it("can be a number", async () => {
    const { send } = await serve("2026/iam.v1");
    const made = await send("POST", "v1/projects/p/serviceAccounts", { accountId: "robot" });
    expect(await send("GET", `v1/projects/-/serviceAccounts/${String(made["uniqueId"])}`)).toEqual(made);
    const { send: dns } = await serve("2026/dns.v1");
    const zone = await dns("POST", "dns/v1/projects/p/managedZones", { name: "z", dnsName: "a.example." });
    expect(await dns("GET", `dns/v1/projects/p/managedZones/${String(zone["id"])}`)).toEqual(zone);
  });
});

describe(`requests without a body${needsCorpus}`, skip, () => {
  it("create, and change nothing, where the document allows them", async () => {
    const { send } = await serve("2024/drive.v3");
    const made = await send("POST", "drive/v3/files");
    expect(made).toMatchObject({ kind: "drive#file", id: expect.any(String), createdTime: TIME });
    const path = `drive/v3/files/${String(made["id"])}`;
    expect(await send("PATCH", path)).toEqual(made);
    expect(await send("GET", path)).toEqual(made);
  });

  it("take the properties in the query", async () => {
    const { send } = await serve("2026/storage.v1");
    const place = "storage/v1/projects/p/hmacKeys";
    const made = await send("POST", `${place}?serviceAccountEmail=a@p.iam.gserviceaccount.com`);
    const metadata = object(made["metadata"] ?? {});
    expect(made["secret"]).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(metadata).toMatchObject({ serviceAccountEmail: "a@p.iam.gserviceaccount.com", state: "ACTIVE" });
    expect(await send("GET", `${place}/${String(metadata["accessId"])}`)).toEqual(metadata);
    expect((await send("GET", place))["items"]).toEqual([metadata]);
  });
});

describe(`what no method can make${needsCorpus}`, skip, () => {
  it("is refused below a resource that a client made, and comes from fixtures", async () => {
    const path = "/drive/v3/files/f/revisions";
    const fixtures = { "/drive/v3/files": [{ id: "f" }], [path]: [{ id: "1" }] };
    const { call, send } = await serve("2024/drive.v3", { fixtures });
    const { id } = await send("POST", "drive/v3/files", { name: "A" });
    for (const tail of ["", "/head"])
      expect(await call("GET", `drive/v3/files/${String(id)}/revisions${tail}`)).toMatchObject({
        status: 400,
        body: { error: { errors: [{ reason: "MOCK_NOT_MODELLED" }] } },
      });
    expect((await send("GET", path.slice(1)))["revisions"]).toMatchObject([{ id: "1" }]);
  });

  it("is a sample elsewhere, also beside fixtures, which do not stop inserts", async () => {
    const fixtures = { "/compute/v1/projects/p/zones": [{ name: "z" }] };
    const { call, send } = await serve("2019/compute.v1", { fixtures });
    await send("POST", "compute/v1/projects/p/zones/other/disks", { name: "a" });
    await send("POST", "compute/v1/projects/q/zones/z/disks", { name: "a" });
    expect((await send("GET", "compute/v1/projects/p/zones"))["items"]).toMatchObject([{ name: "z" }]);
    expect(await call("GET", "compute/v1/projects/p/zones/other")).toMatchObject({ status: 404 });
    expect(await send("GET", "compute/v1/projects/q/zones/other")).toMatchObject({ name: "other" });
  });

  it("is made by a change that creates, as its description says", async () => {
    const { call, send } = await serve("2026/logging.v2");
    await send("PUT", "v2/projects/p/metrics/m", { name: "m", filter: "a" });
    expect(await send("GET", "v2/projects/p/metrics/m")).toMatchObject({ filter: "a", createTime: TIME });
    expect(await call("PUT", "v2/projects/p/sinks/s", { name: "s" })).toMatchObject({ status: 404 });
  });
});
