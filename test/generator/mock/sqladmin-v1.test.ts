/** Cloud SQL v1 in the mock: instances, their databases, users, certificates and backups. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Json, JsonObject, Mock } from "../../../generator/src/mock/index.js";
import { apiFacts } from "../../../generator/src/mock/known-apis/index.js";
import { ROOT } from "../../support/folders.js";
import { CLOUD, authorized, type Call, mockFor, modelOf, object } from "./support.js";

/** Google's documents name the constant kinds in descriptions, which the bundled document does not have. */
const KINDS: Readonly<Record<string, string>> = {
  BackupRun: "sql#backupRun",
  Database: "sql#database",
  DatabaseInstance: "sql#instance",
  DatabasesListResponse: "sql#databasesList",
  InstancesListResponse: "sql#instancesList",
  Operation: "sql#operation",
  Settings: "sql#settings",
  SslCert: "sql#sslCert",
  User: "sql#user",
};
const file = join(ROOT, "generator/documents/sqladmin.v1.json");
const model = modelOf(withKinds(readFileSync(file, "utf8")), file);

function withKinds(text: string): string {
  const document: { schemas: Record<string, { properties: { kind: { description?: string } } }> } = JSON.parse(text);
  for (const [name, kind] of Object.entries(KINDS)) {
    const schema = document.schemas[name];
    if (schema !== undefined) schema.properties.kind.description = `This is always \`${kind}\`.`;
  }
  return JSON.stringify(document);
}

const INSTANCES = "v1/projects/p/instances";
const REFUSED = { status: 400, body: { error: { errors: [{ reason: "MOCK_NOT_MODELLED" }] } } };

let mock: Mock;
let call: Call;
beforeEach(async () => {
  mock = await mockFor({ models: [model], pageSize: 100 });
  call = await authorized(mock, { scope: CLOUD });
  await call("POST", INSTANCES, { name: "orders", region: "europe-west1", settings: { tier: "db-f1-micro" } });
});

/** Sends a request that must succeed, and returns its body. */
const done = async (verb: string, path: string, body?: Json): Promise<JsonObject> => {
  const response = await call(verb, path, body);
  expect(response).toMatchObject({ status: 200 });
  return object(response.body);
};

describe("an instance", () => {
  it("has the facts that the server sets, and no password", async () => {
    await done("POST", INSTANCES, { name: "db", rootPassword: "secret", settings: { tier: "db-n1-standard-1" } });
    const instance = await done("GET", `${INSTANCES}/db`);
    expect(instance).toMatchObject({
      kind: "sql#instance",
      name: "db",
      project: "p",
      region: "us-central1",
      databaseVersion: "MYSQL_8_0",
      connectionName: "p:us-central1:db",
      instanceType: "CLOUD_SQL_INSTANCE",
      ipAddresses: [{ type: "PRIMARY", ipAddress: expect.stringMatching(/^203\.0\.113\.\d+$/) }],
      selfLink: `${mock.url}${INSTANCES}/db`,
      state: "RUNNABLE",
      settings: { kind: "sql#settings", activationPolicy: "ALWAYS", tier: "db-n1-standard-1", settingsVersion: "1" },
    });
    expect(instance).not.toHaveProperty("rootPassword");
    expect(await done("GET", INSTANCES)).toMatchObject({ kind: "sql#instancesList", items: [{ name: "db" }, {}] });
  });

  it("is stopped and started by its activation policy", async () => {
    const operation = await done("PATCH", `${INSTANCES}/orders`, { settings: { activationPolicy: "NEVER" } });
    expect(operation).toMatchObject({
      kind: "sql#operation",
      operationType: "UPDATE",
      status: "PENDING",
      targetId: "orders",
      targetProject: "p",
      targetLink: `${mock.url}${INSTANCES}/orders`,
    });
    expect(await done("GET", `${INSTANCES}/orders`)).toMatchObject({
      settings: { activationPolicy: "NEVER", tier: "db-f1-micro", settingsVersion: "2" },
    });
  });

  it("is replaced by an update of the latest settings only", async () => {
    const settings = { tier: "db-g1-small", settingsVersion: "1" };
    await done("PUT", `${INSTANCES}/orders`, { settings });
    const { region, connectionName } = await done("GET", `${INSTANCES}/orders`);
    expect({ region, connectionName }).toEqual({ region: "europe-west1", connectionName: "p:europe-west1:orders" });
    expect(await call("PUT", `${INSTANCES}/orders`, { settings })).toMatchObject({ status: 412 });
  });

  it("is cloned under another name", async () => {
    const cloneContext = { destinationInstanceName: "copy" };
    expect(await done("POST", `${INSTANCES}/orders/clone`, { cloneContext })).toMatchObject({
      operationType: "CLONE",
      targetId: "copy",
    });
    expect(await done("GET", `${INSTANCES}/copy`)).toMatchObject({
      name: "copy",
      connectionName: "p:europe-west1:copy",
      settings: { tier: "db-f1-micro", settingsVersion: "1" },
    });
    expect(await call("POST", `${INSTANCES}/orders/clone`, { cloneContext })).toMatchObject({ status: 409 });
    expect(await call("POST", `${INSTANCES}/orders/clone`, { cloneContext: {} })).toMatchObject({ status: 400 });
  });

  it("is a replica until it is promoted", async () => {
    const replica = { name: "replica", masterInstanceName: "orders", settings: { tier: "db-f1-micro" } };
    await done("POST", INSTANCES, replica);
    expect(await done("GET", `${INSTANCES}/replica`)).toMatchObject({ instanceType: "READ_REPLICA_INSTANCE" });
    await done("POST", `${INSTANCES}/replica/stopReplica`);
    await done("POST", `${INSTANCES}/replica/promoteReplica`);
    expect(await done("GET", `${INSTANCES}/replica`)).not.toHaveProperty("masterInstanceName");
    for (const verb of ["promoteReplica", "startReplica", "stopReplica"])
      expect(await call("POST", `${INSTANCES}/replica/${verb}`)).toMatchObject({ status: 400 });
  });

  it.each<[verb: string, body: Json | undefined, want: JsonObject]>([
    ["restart", undefined, { operationType: "RESTART" }],
    ["failover", {}, { operationType: "FAILOVER" }],
    ["addServerCa", undefined, { operationType: "UPDATE" }],
    ["export", { exportContext: { uri: "gs://b/o" } }, { operationType: "EXPORT", exportContext: { uri: "gs://b/o" } }],
    ["import", { importContext: { uri: "gs://b/o" } }, { operationType: "IMPORT", importContext: { uri: "gs://b/o" } }],
  ])("has an operation of its own type: %s", async (verb, body, want) => {
    const operation = await done("POST", `${INSTANCES}/orders/${verb}`, body);
    expect(operation).toMatchObject({ kind: "sql#operation", targetId: "orders", ...want });
    const read = await done("GET", `v1/projects/p/operations/${String(operation["name"])}`);
    expect(read).toMatchObject(want);
  });

  it("has operations that are listed by instance and end as DONE", async () => {
    await done("POST", INSTANCES, { name: "other", settings: { tier: "db-f1-micro" } });
    const path = "v1/projects/p/operations?instance=other";
    for (const status of ["PENDING", "RUNNING", "DONE"])
      expect(await done("GET", path)).toMatchObject({
        items: [{ operationType: "CREATE", targetId: "other", status }],
      });
    expect((await done("GET", path))["items"]).toHaveLength(1);
  });

  it.each<[verb: string, body: Json | undefined]>([
    ["resetSslConfig", undefined],
    ["restoreBackup", { restoreBackupContext: { backupRunId: "1" } }],
    ["demoteMaster", { demoteMasterContext: { masterInstanceName: "x" } }],
  ])("refuses %s", async (verb, body) => {
    expect(await call("POST", `${INSTANCES}/orders/${verb}`, body)).toMatchObject(REFUSED);
  });
});

describe("below an instance", () => {
  it("databases are named in the body", async () => {
    const place = `${INSTANCES}/orders/databases`;
    expect(await done("POST", place, { name: "shop", charset: "utf8" })).toMatchObject({
      operationType: "CREATE_DATABASE",
      targetId: "orders",
    });
    await done("PATCH", `${place}/shop`, { collation: "utf8_bin" });
    expect(await done("GET", place)).toMatchObject({
      kind: "sql#databasesList",
      items: [{ kind: "sql#database", name: "shop", instance: "orders", charset: "utf8", collation: "utf8_bin" }],
    });
    expect(await done("DELETE", `${place}/shop`)).toMatchObject({ operationType: "DELETE_DATABASE" });
    expect(await call("GET", `${place}/shop`)).toMatchObject({ status: 404 });
  });

  it("users are selected by name and host, and have no password", async () => {
    const place = `${INSTANCES}/orders/users`;
    await done("POST", place, { name: "ann", host: "%", password: "secret" });
    await done("POST", place, { name: "bob", host: "10.0.0.1", password: "secret" });
    expect(await done("PUT", `${place}?name=ann&host=%25`, { password: "other" })).toMatchObject({
      operationType: "UPDATE_USER",
    });
    const { items } = await done("GET", place);
    expect(items).toMatchObject([
      { kind: "sql#user", name: "ann", host: "%" },
      { name: "bob", host: "10.0.0.1" },
    ]);
    expect(JSON.stringify(items)).not.toContain("secret");
    expect(await done("DELETE", `${place}?name=ann&host=%25`)).toMatchObject({ operationType: "DELETE_USER" });
    expect(await done("GET", place)).toMatchObject({ items: [{ name: "bob" }] });
  });

  it("certificates are listed after their insert", async () => {
    const place = `${INSTANCES}/orders/sslCerts`;
    const made = await done("POST", place, { commonName: "client" });
    expect(made).toMatchObject({
      clientCert: { certInfo: { commonName: "client" }, certPrivateKey: expect.any(String) },
    });
    expect(await done("GET", place)).toMatchObject({ items: [{ kind: "sql#sslCert", commonName: "client" }] });
  });

  it("backups are successful when they are listed", async () => {
    const place = `${INSTANCES}/orders/backupRuns`;
    expect(await done("POST", place, { description: "before" })).toMatchObject({ operationType: "BACKUP_VOLUME" });
    expect(await done("GET", place)).toMatchObject({
      items: [{ kind: "sql#backupRun", status: "SUCCESSFUL", type: "ON_DEMAND", description: "before" }],
    });
  });
});

it("v1beta4 has the same facts, with its own paths", () => {
  const variables = new Map([
    ["project", "p"],
    ["instance", "db"],
  ]);
  expect(apiFacts("sqladmin:v1beta4").operation?.(variables, "http://localhost")).toEqual({
    targetId: "db",
    targetLink: "http://localhost/sql/v1beta4/projects/p/instances/db",
  });
  expect(apiFacts("sqladmin:v1beta4").actions).toBe(apiFacts("sqladmin:v1").actions);
});
