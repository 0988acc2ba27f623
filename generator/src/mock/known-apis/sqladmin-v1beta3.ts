/** Cloud SQL v1beta3: behavior that its document does not describe. */
import { GoogleError } from "../google-error.js";
import { isObject, type JsonObject, own, ownString } from "../json.js";
import type { ApiFacts } from "./api-facts.js";

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
    "sql.instances.promoteReplica": { change: promoted },
    // The operation does not repeat it, because it contains the password.
    "sql.instances.setRootPassword": { needs: "setRootPasswordContext" },
  },
  methods: {},
};

function completeInstance(item: JsonObject, previous: JsonObject | undefined): JsonObject {
  const kept = previous === undefined ? [] : Object.entries(previous).filter(([name]) => FIXED.has(name));
  const instanceType = own(item, "masterInstanceName") === undefined ? "CLOUD_SQL_INSTANCE" : "READ_REPLICA_INSTANCE";
  const assigned = previous === undefined ? { ...ASSIGNED, instanceType } : Object.fromEntries(kept);
  return { ...DEFAULTS, ...item, ...assigned, settings: completeSettings(item, previous) };
}

/** Increments `settingsVersion`, and rejects an update that is not based on the latest version. */
function completeSettings(item: JsonObject, previous: JsonObject | undefined): JsonObject {
  const settings = settingsOf(item);
  const latest = previous === undefined ? undefined : ownString(settingsOf(previous), "settingsVersion");
  const given = own(settings, "settingsVersion");
  if (latest !== undefined && given !== undefined && String(given) !== latest) {
    throw new GoogleError(412, "The settings have changed since they were read: settingsVersion is not the latest.");
  }
  return { ...DEFAULT_SETTINGS, ...settings, settingsVersion: String(Number(latest ?? "0") + 1) };
}

function settingsOf(instance: JsonObject): JsonObject {
  const settings = own(instance, "settings");
  return isObject(settings) ? settings : {};
}

function promoted(instance: JsonObject): JsonObject {
  if (ownString(instance, "instanceType") !== "READ_REPLICA_INSTANCE") {
    throw new GoogleError(400, "The instance is not a read replica.", { reason: "invalid" });
  }
  const { masterInstanceName: _master, ...rest } = instance;
  return { ...rest, instanceType: "CLOUD_SQL_INSTANCE" };
}
