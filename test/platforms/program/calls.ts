/** Calls of every kind but media. */
import { equal, rejection } from "./assert.ts";
import { ApiError } from "@discogen/runtime";
import { project, sqladmin } from "./clients.ts";
import type { Checks } from "./platform.ts";

const names = ["catalogue", "orders", "reports", "sessions", "staging"];

export const calls: Checks = {
  "every page of a list": async (platform) => {
    const found: string[] = [];
    let pages = 0;
    for await (const { items = [] } of sqladmin(platform).instances.list({ project }).pages()) {
      pages++;
      for (const { instance = "" } of items) found.push(instance);
    }
    equal([pages, found.slice(0, 5)], [Math.ceil(found.length / 2), found.slice(0, 5)]);
    equal(
      names.filter((name) => !found.includes(name)),
      [],
    );
  },
  "three calls in turn": async (platform) => {
    const client = sqladmin(platform);
    for (const instance of ["orders", "reports", "orders"])
      equal((await client.instances.get({ project, instance })).instance, instance);
  },
  "twenty calls at once": async (platform) => {
    const client = sqladmin(platform);
    const wanted = Array.from({ length: 20 }, (_, index) => names[index % names.length] ?? "");
    const got = await Promise.all(wanted.map((instance) => client.instances.get({ project, instance })));
    equal(
      got.map(({ instance }) => instance),
      wanted,
    );
  },
  "status and headers of a response": async (platform) => {
    const { response } = await sqladmin(platform).instances.get({ project, instance: "orders" }).withResponse();
    equal(response.status, 200);
    equal(response.headers.get("content-type")?.startsWith("application/json"), true);
  },
};

export const operations: Checks = {
  "an insert that is waited for": async (platform) => {
    const client = sqladmin(platform);
    const instance = "platform";
    const requestBody = { instance, project, region: "us-central", settings: { tier: "D1" } };
    const { operationType, state } = await client.instances.insert({ project, requestBody }).wait();
    equal([operationType, state], ["CREATE", "DONE"]);
    equal((await client.instances.get({ project, instance })).settings?.tier, "D1");
  },
};

export const batches: Checks = {
  "three calls, one of which fails": async (platform) => {
    const batch = sqladmin(platform).batch();
    const pending = ["orders", "nowhere", "reports"].map((instance) => batch.instances.get({ project, instance }));
    const outcomes = await batch.send(pending);
    equal(
      outcomes.map((outcome) => (outcome.status === "fulfilled" ? outcome.value.instance : outcome.status)),
      ["orders", "rejected", "reports"],
    );
    const failed = pending[1];
    if (failed !== undefined) equal((await rejection(failed, ApiError, { code: "API_ERROR" })).status, 404);
  },
};
