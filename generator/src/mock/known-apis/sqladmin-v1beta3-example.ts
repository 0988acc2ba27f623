/** Example data for Cloud SQL v1beta3: an invented shop with five instances. Addresses are of TEST-NET-3 (RFC 5737). */
import type { JsonObject } from "../json.js";

const GIB = 2 ** 30;

/** Returns an instance with these properties; the others have default values. */
function instance(
  name: string,
  facts: {
    readonly tier: string;
    readonly region: string;
    readonly version: string;
    readonly address: string;
    readonly usedGib: number;
  },
  settings: JsonObject = {},
): JsonObject {
  return {
    instance: name,
    project: "example-123",
    state: "RUNNABLE",
    databaseVersion: facts.version,
    region: facts.region,
    instanceType: "CLOUD_SQL_INSTANCE",
    // int64 travels as a string.
    currentDiskSize: String(facts.usedGib * GIB),
    maxDiskSize: String(250 * GIB),
    ipAddresses: [{ ipAddress: facts.address }],
    settings: {
      tier: facts.tier,
      pricingPlan: "PER_USE",
      activationPolicy: "ALWAYS",
      replicationType: "SYNCHRONOUS",
      settingsVersion: "1",
      ...settings,
    },
  };
}

function tier(name: string, ramMib: number): JsonObject {
  return {
    tier: name,
    RAM: String(ramMib * 2 ** 20),
    DiskQuota: String(250 * GIB),
    region: ["us-central", "europe-west1", "asia-east1"],
  };
}

export const SQLADMIN_V1BETA3_EXAMPLE: Readonly<Record<string, readonly JsonObject[]>> = {
  "/sql/v1beta3/projects/example-123/instances": [
    instance(
      "catalogue",
      { tier: "D2", region: "us-central", version: "MYSQL_5_6", address: "203.0.113.11", usedGib: 18 },
      { databaseFlags: [{ name: "max_allowed_packet", value: "16777216" }] },
    ),
    instance(
      "orders",
      { tier: "D8", region: "europe-west1", version: "MYSQL_5_6", address: "203.0.113.12", usedGib: 96 },
      {
        settingsVersion: "7",
        backupConfiguration: [{ id: "orders-nightly", enabled: true, binaryLogEnabled: true, startTime: "02:00" }],
        ipConfiguration: { enabled: true, requireSsl: true, authorizedNetworks: ["198.51.100.0/24"] },
      },
    ),
    instance(
      "reports",
      { tier: "D4", region: "us-central", version: "MYSQL_5_5", address: "203.0.113.13", usedGib: 141 },
      { activationPolicy: "ON_DEMAND", settingsVersion: "3" },
    ),
    instance("sessions", {
      tier: "D1",
      region: "asia-east1",
      version: "MYSQL_5_6",
      address: "203.0.113.14",
      usedGib: 2,
    }),
    instance(
      "staging",
      { tier: "D0", region: "us-central", version: "MYSQL_5_5", address: "203.0.113.15", usedGib: 1 },
      { activationPolicy: "ON_DEMAND", pricingPlan: "PACKAGE", replicationType: "ASYNCHRONOUS" },
    ),
  ],
  "/sql/v1beta3/projects/example-123/tiers": [
    tier("D0", 128),
    tier("D1", 512),
    tier("D2", 1024),
    tier("D4", 2048),
    tier("D8", 4096),
    tier("D16", 8192),
    tier("D32", 16_384),
  ],
};
