/** Cloud SQL v1 and v1beta4: behavior that their documents do not describe. */
import { createHash } from "node:crypto";
import { missing } from "../google-error.js";
import { isObject, type JsonObject, own, ownString } from "../json.js";
import type { Action, ApiFacts } from "./api-facts.js";
import { checkedReplica, promotedReplica, settingsOf, versionedSettings } from "./sqladmin.js";

/** Properties of an instance that an update neither needs nor changes. */
const FIXED: ReadonlySet<string> = new Set([
  "backendType",
  "connectionName",
  "createTime",
  "gceZone",
  "instanceType",
  "ipAddresses",
  "masterInstanceName",
  "name",
  "project",
  "region",
  "selfLink",
  "state",
]);

const DEFAULT_SETTINGS: JsonObject = {
  activationPolicy: "ALWAYS",
  availabilityType: "ZONAL",
  backupConfiguration: { enabled: false },
  dataDiskSizeGb: "10",
  dataDiskType: "PD_SSD",
  ipConfiguration: { ipv4Enabled: true },
  pricingPlan: "PER_USE",
  replicationType: "SYNCHRONOUS",
  storageAutoResize: true,
};

const OPERATION_TYPES: ApiFacts["operationTypes"] = {
  "sql.backupRuns.delete": "DELETE_BACKUP",
  "sql.backupRuns.insert": "BACKUP_VOLUME",
  "sql.databases.delete": "DELETE_DATABASE",
  "sql.databases.insert": "CREATE_DATABASE",
  "sql.databases.patch": "UPDATE_DATABASE",
  "sql.databases.update": "UPDATE_DATABASE",
  "sql.users.delete": "DELETE_USER",
  "sql.users.insert": "CREATE_USER",
  "sql.users.update": "UPDATE_USER",
  addServerCa: "UPDATE",
  clone: "CLONE",
  delete: "DELETE",
  export: "EXPORT",
  failover: "FAILOVER",
  import: "IMPORT",
  insert: "CREATE",
  patch: "UPDATE",
  promoteReplica: "PROMOTE_REPLICA",
  restart: "RESTART",
  startReplica: "START_REPLICA",
  stopReplica: "STOP_REPLICA",
  truncateLog: "TRUNCATE_LOG",
  update: "UPDATE",
};

/** Methods that change roles, certificates or data of other resources are not here: the mock refuses them. */
const ACTIONS: Readonly<Record<string, Action>> = {
  "sql.instances.addServerCa": {},
  "sql.instances.clone": { needs: "cloneContext", make: clone },
  "sql.instances.export": { context: "exportContext" },
  "sql.instances.failover": {},
  "sql.instances.import": { context: "importContext" },
  "sql.instances.promoteReplica": { change: promotedReplica },
  "sql.instances.restart": {},
  "sql.instances.startReplica": { change: checkedReplica },
  "sql.instances.stopReplica": { change: checkedReplica },
  "sql.instances.truncateLog": { needs: "truncateLogContext" },
};

/** Returns the facts about the version whose paths start like this. */
function sqladmin(prefix: string): ApiFacts {
  return {
    complete: {
      BackupRun: (run, _previous, time) => ({ ...times(time), status: "SUCCESSFUL", type: "ON_DEMAND", ...run }),
      DatabaseInstance: completeInstance,
      User: completeUser,
    },
    operationTypes: OPERATION_TYPES,
    operation: (variables, origin) => {
      const [project = "", instance = ""] = [variables.get("project"), variables.get("instance")];
      const target = `${origin}/${prefix}/projects/${project}/instances/${instance}`;
      return instance === "" ? {} : { targetId: instance, targetLink: target };
    },
    compares: { instance: "targetId" },
    actions: ACTIONS,
    methods: {},
  };
}

export const sqladminV1 = sqladmin("v1");
export const sqladminV1beta4 = sqladmin("sql/v1beta4");

function times(time: string): JsonObject {
  return { enqueuedTime: time, startTime: time, endTime: time, windowStartTime: time };
}

function completeInstance(written: JsonObject, previous: JsonObject | undefined): JsonObject {
  // The password is not part of the resource.
  const { rootPassword: _password, ...item } = written;
  const settings = versionedSettings(item, previous, DEFAULT_SETTINGS);
  if (previous !== undefined) {
    const kept = Object.entries(previous).filter(([name]) => FIXED.has(name));
    return { databaseVersion: own(previous, "databaseVersion") ?? "", ...item, ...Object.fromEntries(kept), settings };
  }
  const region = ownString(item, "region") ?? "us-central1";
  const path = [ownString(item, "project"), region, ownString(item, "name")].join(":");
  const isReplica = own(item, "masterInstanceName") !== undefined;
  return {
    backendType: "SECOND_GEN",
    databaseVersion: "MYSQL_8_0",
    gceZone: `${region}-a`,
    ...item,
    region,
    connectionName: path,
    instanceType: isReplica ? "READ_REPLICA_INSTANCE" : "CLOUD_SQL_INSTANCE",
    ipAddresses: hasAddress(settings) ? [{ type: "PRIMARY", ipAddress: addressOf(path) }] : [],
    state: "RUNNABLE",
    settings,
  };
}

function hasAddress(settings: JsonObject): boolean {
  const configuration = own(settings, "ipConfiguration");
  return !isObject(configuration) || own(configuration, "ipv4Enabled") !== false;
}

/** Returns an address of TEST-NET-3 (RFC 5737), the same for each instance. */
function addressOf(name: string): string {
  return `203.0.113.${(createHash("sha256").update(name).digest().readUInt8() % 254) + 1}`;
}

/** Names and hosts of users do not change. Passwords are not part of the resource. */
function completeUser(written: JsonObject, previous: JsonObject | undefined): JsonObject {
  const { password: _password, ...item } = written;
  const kept = Object.entries(previous ?? {}).filter(([name]) => name === "host" || name === "name" || name === "type");
  return { ...item, ...Object.fromEntries(kept) };
}

/** Returns the clone of an instance. */
function clone(source: JsonObject, { cloneContext }: JsonObject): JsonObject {
  const context = isObject(cloneContext) ? cloneContext : {};
  const name = ownString(context, "destinationInstanceName") ?? "";
  if (name === "") throw missing("cloneContext.destinationInstanceName");
  const { settingsVersion: _version, ...settings } = settingsOf(source);
  const copied = Object.entries(source).filter(([one]) => !FIXED.has(one) || one === "region" || one === "project");
  return { ...Object.fromEntries(copied), name, settings };
}
