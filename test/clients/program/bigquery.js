/** An ordinary program of `@google-cloud/bigquery`. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { endpoint, fails, load, passes, refused, runSteps, signIn } from "./steps.js";

const { BigQuery } = load("@google-cloud/bigquery");

const bigquery = new BigQuery({
  projectId: "example-123",
  apiEndpoint: endpoint,
  authClient: signIn(["https://www.googleapis.com/auth/bigquery"]),
});

const dataset = bigquery.dataset("kitchen");
const table = dataset.table("orders");
const fields = [
  { name: "id", type: "INTEGER", mode: "REQUIRED" },
  { name: "title", type: "STRING", description: "Name of the dish" },
  { name: "price", type: "NUMERIC" },
];

const ids = (items) => items.map(({ id }) => id);

await runSteps([
  passes("create a dataset", async () => {
    const [made] = await bigquery.createDataset("kitchen", { location: "EU", labels: { team: "cooks" } });
    assert.equal(made.id, "kitchen");
    assert.equal(made.metadata.id, "example-123:kitchen");
    assert.deepEqual(made.metadata.datasetReference, { datasetId: "kitchen", projectId: "example-123" });
    assert.equal(made.metadata.location, "EU");
  }),
  passes("a second dataset of that name is a conflict", () => fails(409, () => bigquery.createDataset("kitchen"))),
  passes("ask whether datasets exist", async () => {
    assert.deepEqual(await dataset.exists(), [true]);
    assert.deepEqual(await bigquery.dataset("missing").exists(), [false]);
  }),
  passes("list datasets", async () => {
    await bigquery.createDataset("cellar");
    await bigquery.createDataset("attic");
    const [datasets] = await bigquery.getDatasets();
    assert.deepEqual(ids(datasets).toSorted(), ["attic", "cellar", "kitchen"]);
    assert.equal(datasets[0].metadata.kind, "bigquery#dataset");
  }),
  passes("set the metadata of a dataset", async () => {
    await dataset.setMetadata({ description: "All dishes", defaultTableExpirationMs: "3600000" });
    const [metadata] = await dataset.getMetadata();
    assert.equal(metadata.description, "All dishes");
    assert.equal(metadata.defaultTableExpirationMs, "3600000");
    assert.deepEqual(metadata.labels, { team: "cooks" });
  }),
  passes("change the labels of a dataset", async () => {
    await dataset.setMetadata({ labels: { stage: "test", team: null } });
    assert.deepEqual((await dataset.getMetadata())[0].labels, { stage: "test" });
  }),
  passes("change who has access to a dataset", async () => {
    const access = [{ role: "READER", userByEmail: "cook@example.com" }];
    await dataset.setMetadata({ access });
    assert.deepEqual((await dataset.getMetadata())[0].access, access);
  }),
  passes("change a dataset only if nothing else has", async () => {
    const [{ etag }] = await dataset.getMetadata();
    assert.ok(etag);
    await dataset.setMetadata({ friendlyName: "Kitchen", etag });
    assert.equal((await dataset.getMetadata())[0].friendlyName, "Kitchen");
    await fails(412, () => dataset.setMetadata({ friendlyName: "Old", etag }));
  }),
  passes("create a table with a schema", async () => {
    const [made] = await dataset.createTable("orders", { schema: { fields }, labels: { kind: "facts" } });
    assert.equal(made.id, "orders");
    assert.equal(made.metadata.id, "example-123:kitchen.orders");
    assert.deepEqual(made.metadata.tableReference, {
      datasetId: "kitchen",
      projectId: "example-123",
      tableId: "orders",
    });
    assert.deepEqual(made.metadata.schema.fields, fields);
  }),
  passes("create a table with a schema as text", async () => {
    await dataset.createTable("guests", { schema: "name, born:date, seats:integer" });
    assert.deepEqual((await dataset.table("guests").getMetadata())[0].schema.fields, [
      { name: "name", type: "STRING" },
      { name: "born", type: "DATE" },
      { name: "seats", type: "INTEGER" },
    ]);
  }),
  passes("create a partitioned table", async () => {
    await dataset.createTable("days", { schema: "day:date", timePartitioning: { type: "DAY", field: "day" } });
    const [{ timePartitioning }] = await dataset.table("days").getMetadata();
    assert.deepEqual(timePartitioning, { type: "DAY", field: "day" });
  }),
  passes("list tables", async () => {
    const [tables] = await dataset.getTables();
    assert.deepEqual(ids(tables).toSorted(), ["days", "guests", "orders"]);
    assert.ok(tables.every(({ metadata }) => metadata.kind === "bigquery#table"));
  }),
  passes("list pages of tables", async () => {
    const [first, next] = await dataset.getTables({ maxResults: 2, autoPaginate: false });
    const [second, last] = await dataset.getTables(next);
    assert.deepEqual(ids([...first, ...second]).toSorted(), ["days", "guests", "orders"]);
    assert.equal(last, null);
  }),
  passes("add a column to a table", async () => {
    const [before] = await table.getMetadata();
    await table.setMetadata({ schema: { fields: [...before.schema.fields, { name: "spicy", type: "BOOLEAN" }] } });
    const [after] = await table.getMetadata();
    assert.deepEqual(after.schema.fields, [...fields, { name: "spicy", type: "BOOLEAN" }]);
    assert.deepEqual(after.labels, { kind: "facts" });
  }),
  passes("describe a table", async () => {
    await table.setMetadata({ description: "What was ordered", friendlyName: "Orders" });
    const [metadata] = await table.getMetadata();
    assert.equal(metadata.description, "What was ordered");
    assert.ok(Number(metadata.creationTime) > 0);
    assert.ok(Number(metadata.lastModifiedTime) >= Number(metadata.creationTime));
  }),
  passes("create a view", async () => {
    const view = { query: "SELECT title FROM kitchen.orders", useLegacySql: false };
    await dataset.createTable("titles", { view });
    const [metadata] = await dataset.table("titles").getMetadata();
    assert.equal(metadata.view.query, view.query);
  }),
  passes("change the IAM policy of a table", async () => {
    const bindings = [{ role: "roles/bigquery.dataViewer", members: ["user:cook@example.com"] }];
    await table.setIamPolicy({ bindings });
    assert.deepEqual((await table.getIamPolicy())[0].bindings, bindings);
    assert.deepEqual((await table.testIamPermissions(["bigquery.tables.get"]))[0].permissions, ["bigquery.tables.get"]);
  }),
  refused("insert rows", () => table.insert([{ id: 1, title: "Soup", price: "4.50" }])),
  refused("read rows", () => table.getRows()),
  refused("query", () => bigquery.query("SELECT title FROM kitchen.orders")),
  refused("query by a job", () => bigquery.createQueryJob({ query: "SELECT 1" })),
  refused("try a query", () => bigquery.createQueryJob({ query: "SELECT 1", dryRun: true })),
  refused("load a file of the disk", async () => {
    await writeFile("orders.csv", "1,Soup,4.50\n");
    await table.load("orders.csv", { sourceFormat: "CSV" });
  }),
  refused("copy a table", () => table.copy(dataset.table("orders2"))),
  passes("list jobs", async () => {
    assert.deepEqual((await bigquery.getJobs())[0], []);
  }),
  passes("a missing job is not found", () => fails(404, () => bigquery.job("missing").getMetadata())),
  passes("create, change and delete a routine", async () => {
    const routine = dataset.routine("double");
    await routine.create({
      routineType: "SCALAR_FUNCTION",
      language: "SQL",
      arguments: [{ name: "x", dataType: { typeKind: "INT64" } }],
      definitionBody: "x * 2",
    });
    assert.deepEqual(ids((await dataset.getRoutines())[0]), ["double"]);
    await routine.setMetadata({ description: "Twice" });
    const [metadata] = await routine.getMetadata();
    assert.equal(metadata.description, "Twice");
    assert.equal(metadata.definitionBody, "x * 2");
    await routine.delete();
    assert.deepEqual(await routine.exists(), [false]);
  }),
  refused("list models", () => dataset.getModels()),
  passes("delete a table", async () => {
    await dataset.table("days").delete();
    assert.deepEqual(await dataset.table("days").exists(), [false]);
    await fails(404, () => dataset.table("days").getMetadata());
  }),
  passes("delete an empty dataset", async () => {
    await bigquery.dataset("attic").delete();
    assert.deepEqual(await bigquery.dataset("attic").exists(), [false]);
  }),
  passes("delete a dataset with its tables", async () => {
    await dataset.delete({ force: true });
    assert.deepEqual(ids((await bigquery.getDatasets())[0]), ["cellar"]);
  }),
]);
