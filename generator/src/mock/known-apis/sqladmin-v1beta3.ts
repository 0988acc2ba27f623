/** Cloud SQL v1beta3: behavior that its document does not describe. */
import { type JsonObject, own } from "../json.js";
import type { ApiFacts } from "./api-facts.js";
import { promotedReplica, versionedSettings } from "./sqladmin.js";

/** Bytes, an int64 (a string in JSON). */
const MAX_DISK_SIZE = String(250 * 2 ** 30);

/** Properties that an update neither needs nor changes. */
const FIXED: ReadonlySet<string> = new Set([
  "currentDiskSize",
  "databaseVersion",
  "instanceType",
  "ipAddresses",
  "maxDiskSize",
  "region",
  "state",
]);

const DEFAULTS: JsonObject = {
  databaseVersion: "MYSQL_5_5",
  region: "us-central",
};

const ASSIGNED: JsonObject = {
  state: "RUNNABLE",
  currentDiskSize: "0",
  maxDiskSize: MAX_DISK_SIZE,
  ipAddresses: [],
};

const DEFAULT_SETTINGS: JsonObject = {
  activationPolicy: "ON_DEMAND",
  pricingPlan: "PER_USE",
  replicationType: "SYNCHRONOUS",
};

export const sqladminV1beta3: ApiFacts = {
  complete: { DatabaseInstance: completeInstance },
  operationTypes: {
    insert: "CREATE",
    update: "UPDATE",
    patch: "UPDATE",
    delete: "DELETE",
    export: "EXPORT",
    import: "IMPORT",
    restart: "RESTART",
    promoteReplica: "UPDATE",
    setRootPassword: "UPDATE",
  },
  actions: {
    "sql.instances.export": { context: "exportContext" },
    "sql.instances.import": { context: "importContext" },
    "sql.instances.restart": {},
    "sql.instances.promoteReplica": { change: promotedReplica },
    // The operation does not repeat it, because it contains the password.
    "sql.instances.setRootPassword": { needs: "setRootPasswordContext" },
  },
  methods: {},
};

function completeInstance(item: JsonObject, previous: JsonObject | undefined): JsonObject {
  const kept = previous === undefined ? [] : Object.entries(previous).filter(([name]) => FIXED.has(name));
  const instanceType = own(item, "masterInstanceName") === undefined ? "CLOUD_SQL_INSTANCE" : "READ_REPLICA_INSTANCE";
  const assigned = previous === undefined ? { ...ASSIGNED, instanceType } : Object.fromEntries(kept);
  return { ...DEFAULTS, ...item, ...assigned, settings: versionedSettings(item, previous, DEFAULT_SETTINGS) };
}
