/** What all versions of the Cloud SQL API have in common. */
import { GoogleError } from "../google-error.js";
import { isObject, type JsonObject, own, ownString } from "../json.js";

/** Increments `settingsVersion`, and rejects an update that is not based on the latest version. */
export function versionedSettings(
  item: JsonObject,
  previous: JsonObject | undefined,
  defaults: JsonObject,
): JsonObject {
  const settings = settingsOf(item);
  const latest = previous === undefined ? undefined : ownString(settingsOf(previous), "settingsVersion");
  const given = own(settings, "settingsVersion");
  if (latest !== undefined && given !== undefined && String(given) !== latest) {
    throw new GoogleError(412, "The settings have changed since they were read: settingsVersion is not the latest.");
  }
  return { ...defaults, ...settings, settingsVersion: String(Number(latest ?? "0") + 1) };
}

export function settingsOf(instance: JsonObject): JsonObject {
  const settings = own(instance, "settings");
  return isObject(settings) ? settings : {};
}

/** @throws {GoogleError} 400 for an instance that is not a read replica */
export function checkedReplica(instance: JsonObject): JsonObject {
  if (ownString(instance, "instanceType") === "READ_REPLICA_INSTANCE") return instance;
  throw new GoogleError(400, "The instance is not a read replica.", { reason: "invalid" });
}

/** Returns a read replica as an instance of its own. */
export function promotedReplica(instance: JsonObject): JsonObject {
  const { masterInstanceName: _master, ...rest } = checkedReplica(instance);
  return { ...rest, instanceType: "CLOUD_SQL_INSTANCE" };
}
