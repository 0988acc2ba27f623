/** Ordinary commands of `gcloud` and `bq`, which sign in with the key file of the mock. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { endpoint, keyFile, passes, patterned, refused, runSteps } from "./steps.js";

const run = promisify(execFile);

const overrides = { storage: "/storage/v1/", pubsub: "/", dns: "/", iam: "/", secretmanager: "/" };
const env = {
  ...process.env,
  // Its own folder of settings, so that those of the user neither matter nor change.
  CLOUDSDK_CONFIG: `${process.cwd()}/gcloud`,
  CLOUDSDK_CORE_PROJECT: "example-123",
  CLOUDSDK_CORE_DISABLE_PROMPTS: "1",
  CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: "1",
  CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: "1",
  CLOUDSDK_AUTH_TOKEN_HOST: `${endpoint}/token`,
  ...Object.fromEntries(
    Object.entries(overrides).map(([api, path]) => [
      `CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`,
      `${endpoint}${path}`,
    ]),
  ),
};

/** Runs a command and returns what it prints. */
async function execute(command, args) {
  try {
    return (await run(command, args, { env })).stdout.trim();
  } catch (error) {
    throw errorOf(`${error.stdout}${error.stderr}`.trim());
  }
}

/** Both programs print the error of the response, `bq` in lines of 80 characters. */
function errorOf(text) {
  const message = /(?:FAILED_PRECONDITION|operation): (The mock does[^]*?)(?:\n- |$)/.exec(text)?.[1];
  const isRefusal = message !== undefined;
  return Object.assign(new Error(message ?? text), isRefusal && { reason: "MOCK_NOT_MODELLED" });
}

const gcloud = (...args) => execute("gcloud", args);
const names = async (...args) => (await gcloud(...args)).split("\n").toSorted();
const bq = (...args) => execute("bq", ["--api", endpoint, "--headless", "--project_id=example-123", ...args]);

/** Passes when the command fails because something is not found. */
async function notFound(command) {
  await assert.rejects(command, /not found|NOT_FOUND/i);
}

/** Milliseconds for one step: each command is a process that loads much code. */
const LIMIT = 120_000;

const large = patterned(9_000_000);
const text = "Two teapots and a kettle.\n";

await runSteps(
  [
    passes("sign in", async () => {
      await gcloud("auth", "activate-service-account", "--key-file", keyFile);
      assert.match(await gcloud("auth", "print-access-token"), /^\S+$/);
    }),
    passes("storage: create, change and list buckets", async () => {
      await gcloud("storage", "buckets", "create", "gs://orders", "--location=EU");
      await gcloud("storage", "buckets", "update", "gs://orders", "--versioning");
      const format = "--format=value(name,location,versioning_enabled)";
      assert.equal(await gcloud("storage", "buckets", "list", format), "orders\tEU\tTrue");
    }),
    passes("storage: upload and download a file", async () => {
      await writeFile("a.txt", text);
      await gcloud("storage", "cp", "a.txt", "gs://orders/2026/a.txt");
      assert.equal(await gcloud("storage", "cat", "gs://orders/2026/a.txt"), text.trim());
    }),
    passes("storage: upload and download a large file", async () => {
      await writeFile("large.bin", large);
      await gcloud("storage", "cp", "large.bin", "gs://orders/large.bin");
      await gcloud("storage", "cp", "gs://orders/large.bin", "copy.bin");
      assert.deepEqual(await readFile("copy.bin"), large);
    }),
    passes("storage: describe and change an object", async () => {
      await gcloud("storage", "objects", "update", "gs://orders/2026/a.txt", "--content-type=text/markdown");
      const format = "--format=value(content_type,size)";
      const described = await gcloud("storage", "objects", "describe", "gs://orders/2026/a.txt", format);
      assert.equal(described, `text/markdown\t${text.length}`);
    }),
    passes("storage: list a bucket and a folder", async () => {
      assert.deepEqual(await names("storage", "ls", "gs://orders"), ["gs://orders/2026/", "gs://orders/large.bin"]);
      assert.deepEqual(await names("storage", "ls", "gs://orders/2026/"), ["gs://orders/2026/a.txt"]);
    }),
    passes("storage: move an object", async () => {
      await gcloud("storage", "mv", "gs://orders/2026/a.txt", "gs://orders/2026/b.txt");
      assert.equal(await gcloud("storage", "cat", "gs://orders/2026/b.txt"), text.trim());
      await notFound(() => gcloud("storage", "objects", "describe", "gs://orders/2026/a.txt"));
    }),
    passes("storage: grant access to a bucket", async () => {
      const binding = ["--member=user:cook@example.com", "--role=roles/storage.objectViewer"];
      await gcloud("storage", "buckets", "add-iam-policy-binding", "gs://orders", ...binding);
      const policy = JSON.parse(await gcloud("storage", "buckets", "get-iam-policy", "gs://orders", "--format=json"));
      assert.ok(policy.bindings.some(({ members }) => members.includes("user:cook@example.com")));
    }),
    passes("storage: delete a bucket with its objects", async () => {
      await gcloud("storage", "rm", "gs://orders/2026/b.txt");
      await gcloud("storage", "rm", "--recursive", "gs://orders");
      await notFound(() => gcloud("storage", "buckets", "describe", "gs://orders"));
    }),
    passes("pubsub: create, change and list topics", async () => {
      await gcloud("pubsub", "topics", "create", "orders", "returns");
      await gcloud("pubsub", "topics", "update", "orders", "--update-labels=team=kitchen");
      assert.equal(await gcloud("pubsub", "topics", "describe", "orders", "--format=value(labels.team)"), "kitchen");
      const topics = ["projects/example-123/topics/orders", "projects/example-123/topics/returns"];
      assert.deepEqual(await names("pubsub", "topics", "list", "--format=value(name)"), topics);
    }),
    passes("pubsub: create, change and delete a subscription", async () => {
      await gcloud("pubsub", "subscriptions", "create", "kitchen", "--topic=orders", "--ack-deadline=20");
      await gcloud("pubsub", "subscriptions", "update", "kitchen", "--ack-deadline=60");
      const format = "--format=value(topic,ackDeadlineSeconds)";
      const described = await gcloud("pubsub", "subscriptions", "describe", "kitchen", format);
      assert.equal(described, "projects/example-123/topics/orders\t60");
    }),
    refused("pubsub: publish a message", () => gcloud("pubsub", "topics", "publish", "orders", "--message=tea")),
    refused("pubsub: pull messages", () => gcloud("pubsub", "subscriptions", "pull", "kitchen")),
    passes("pubsub: delete a topic", async () => {
      await gcloud("pubsub", "topics", "delete", "orders");
      await notFound(() => gcloud("pubsub", "topics", "describe", "orders"));
    }),
    passes("secrets: create and list a secret", async () => {
      await gcloud("secrets", "create", "token", "--replication-policy=automatic");
      assert.match(await gcloud("secrets", "list", "--format=value(name)"), /token$/);
    }),
    refused("secrets: add a version", () => gcloud("secrets", "versions", "add", "token", "--data-file=a.txt")),
    passes("dns: create a zone with a record", async () => {
      await gcloud("dns", "managed-zones", "create", "zone", "--dns-name=example.com.", "--description=Ours");
      const record = ["--zone=zone", "--type=A", "--ttl=60", "--rrdatas=192.0.2.1"];
      await gcloud("dns", "record-sets", "create", "www.example.com.", ...record);
      const format = "--format=value(name,type,ttl)";
      assert.equal(await gcloud("dns", "record-sets", "list", "--zone=zone", format), "www.example.com.\tA\t60");
    }),
    passes("iam: create and list a service account", async () => {
      await gcloud("iam", "service-accounts", "create", "robot", "--display-name=Robot");
      const email = "robot@example-123.iam.gserviceaccount.com";
      assert.deepEqual(await names("iam", "service-accounts", "list", "--format=value(email)"), [email]);
    }),
    passes("bq: create and list a dataset", async () => {
      await bq("mk", "--dataset", "--location=EU", "kitchen");
      assert.match(await bq("ls"), /kitchen/);
    }),
    passes("bq: create, change and list a table", async () => {
      await bq("mk", "--table", "kitchen.orders", "id:integer,title:string");
      assert.match(await bq("ls", "kitchen"), /orders/);
      const show = async () => JSON.parse(await bq("show", "--format=json", "kitchen.orders"));
      assert.equal((await show()).schema.fields.length, 2);
      // It sends `schema: null` as well, which only BigQuery itself ignores.
      await bq("update", "--description", "All orders", "kitchen.orders");
      assert.equal((await show()).description, "All orders");
    }),
    refused("bq: query", () => bq("query", "--use_legacy_sql=false", "SELECT 1")),
    refused("bq: load a file", () => bq("load", "kitchen.orders", "a.txt")),
    passes("bq: delete a table and a dataset", async () => {
      await bq("rm", "-f", "-t", "kitchen.orders");
      await bq("rm", "-r", "-f", "kitchen");
      assert.equal(await bq("ls"), "");
    }),
  ],
  LIMIT,
);
