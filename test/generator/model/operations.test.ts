/** Every style of long-running operation, in small documents. */
import { describe, expect, it } from "vitest";
import { readDocument } from "../../../generator/src/discovery/read.js";
import { buildModel } from "../../../generator/src/model/build.js";
import type { MethodModel, ResourceModel, ValueSource } from "../../../generator/src/model/types.js";

/** `[verb, path, response, body, parameters]`. Undeclared path variables are required strings. */
type Method = readonly [verb: string, path: string, response?: string, body?: string | undefined, parameters?: object];

interface Api {
  /** Properties by schema. A string refers to a schema. */
  readonly schemas: Readonly<Record<string, Readonly<Record<string, object | string>>>>;
  /** Methods by resources and name: `zones.operations.get`. */
  readonly methods: Readonly<Record<string, Method>>;
}

interface Resource {
  readonly methods: Record<string, object>;
  readonly resources: Record<string, Resource>;
}

const text = { type: "string" };

const strings = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, text]));

const referenceTo = (schema: string | undefined) => (schema === undefined ? undefined : { $ref: schema });

function methodsOf({ methods, schemas }: Api): ReadonlyMap<string, MethodModel> {
  const top: Resource = { methods: {}, resources: {} };
  for (const [id, [httpMethod, path, responseType, body, parameters]] of Object.entries(methods)) {
    const names = id.split(".");
    let resource = top;
    for (const name of names.slice(0, -1)) resource = resource.resources[name] ??= { methods: {}, resources: {} };
    const request = referenceTo(body);
    const response = referenceTo(responseType);
    resource.methods[names.at(-1) ?? ""] = { id, httpMethod, path, request, response, parameters };
  }
  const types = Object.entries(schemas).map(([id, properties]) => {
    const typed = Object.entries(properties).map(([name, type]) => [
      name,
      typeof type === "string" ? referenceTo(type) : type,
    ]);
    return [id, { id, type: "object", properties: Object.fromEntries(typed) as object }];
  });
  const document = {
    kind: "discovery#restDescription",
    name: "works",
    version: "v1",
    rootUrl: "https://works.example/",
    schemas: Object.fromEntries(types) as object,
    ...top,
  };
  const { root } = buildModel(readDocument(JSON.stringify(document), "works.json").document, {}, () => {});
  const all = (resource: ResourceModel): readonly MethodModel[] => [
    ...resource.methods,
    ...resource.resources.flatMap(all),
  ];
  return new Map(all(root).map((method) => [method.id, method]));
}

const sourceText = ({ from, path, within, isSegment }: ValueSource) =>
  [from, ...path].join(".") + (within === undefined ? "" : ` within ${within}`) + (isSegment === true ? "/" : "");

/** The operation of a method, with polls as `id name=source …`. */
function operationOf(api: Api, id: string) {
  const method = methodsOf(api).get(id);
  if (method === undefined) throw new Error(`no method ${id}`);
  const { operation } = method;
  if (operation === undefined) return undefined;
  const { done, error, isAnswer, polls, type } = operation;
  return {
    type: type.kind === "reference" ? type.name : type.kind,
    polls: polls.map(({ method, sources }) =>
      [method.id, ...Array.from(sources, ([name, source]) => `${name}=${sourceText(source)}`)].join(" "),
    ),
    done: done.join("."),
    error: error.join("."),
    isAnswer,
  };
}

const patterned = (pattern: string) => ({ name: { type: "string", location: "path", required: true, pattern } });

const LONGRUNNING = { ...strings("name", "done"), error: "Status", metadata: {}, response: {} };

const longrunning: Api = {
  schemas: { Operation: LONGRUNNING, Status: strings("message"), Thing: strings("name") },
  methods: {
    "folders.operations.get": ["GET", "v1/{+name}", "Operation", undefined, patterned("^folders/[^/]+/ops/[^/]+$")],
    "folders.operations.list": ["GET", "v1/{+name}/operations", "Thing"],
    "folders.operations.cancel": ["POST", "v1/{+name}:cancel", "Thing"],
    "folders.operations.wait": ["POST", "v1/{+name}:wait", "Operation"],
    "folders.operations.delete": ["DELETE", "v1/{+name}", "Operation"],
    "things.create": ["POST", "v1/{+parent}/things", "Operation", "Thing"],
    "things.delete": ["DELETE", "v1/{+name}", "Operation"],
    "things.get": ["GET", "v1/{+name}", "Thing"],
    "things.check": ["GET", "v1/{+name}:check", "Operation"],
    "things.export": ["GET", "v1/things/{thing}/export", "Operation"],
    "things.state": ["GET", "v1/things/{thing}/states/{state}", "Operation"],
    "things.patch": ["PATCH", "v1/{+name}", "Operation", "Thing"],
    "things.rename": ["POST", "v1/{+name}:rename", "Thing", "Thing"],
    "things.replace": ["PUT", "v1/{+name}", "Operation", "Thing"],
    "things.operations.get": ["GET", "v1/{+name}", "Operation", undefined, patterned("^things/[^/]+/ops/[^/]+$")],
  },
};

const twoTemplates: Api = {
  schemas: { Operation: LONGRUNNING, Status: {} },
  methods: {
    "operations.things.operations.get": ["GET", "v1/operations/{+name}", "Operation"],
    "things.operations.get": ["GET", "v1/{+name}", "Operation"],
    "things.annotate": ["POST", "v1/things:annotate", "Operation"],
  },
};

const oneSegment: Api = {
  schemas: { Operation: { ...strings("name", "done"), error: "Status", metadata: {} }, Status: {} },
  methods: {
    "buckets.operations.get": ["GET", "b/{bucket}/operations/{operationId}", "Operation"],
    "folders.rename": ["POST", "b/{bucket}/folders/{folder}/rename", "Operation"],
  },
};

const sql: Api = {
  schemas: {
    Operation: {
      ...strings("name", "operationType", "status", "targetId", "targetProject"),
      error: "OperationErrors",
    },
    OperationErrors: { errors: { type: "array", items: text } },
    Backup: strings("name"),
  },
  methods: {
    "operations.get": ["GET", "sql/v1/projects/{project}/operations/{operation}", "Operation"],
    "instances.delete": ["DELETE", "sql/v1/projects/{project}/instances/{instance}", "Operation"],
    "backups.create": ["POST", "sql/v1/{+parent}/backups", "Operation", "Backup"],
  },
};

const named: Api = {
  schemas: {
    InstanceOperation: {
      ...strings("instance", "operation", "operationType", "state"),
      error: { type: "array", items: text },
    },
    Started: strings("kind", "operation"),
    Instance: strings("instance", "project"),
    CloneRequest: strings("destination"),
  },
  methods: {
    "operations.get": ["GET", "projects/{project}/instances/{instance}/operations/{operation}", "InstanceOperation"],
    "instances.restart": ["POST", "projects/{project}/instances/{instance}/restart", "Started"],
    "instances.insert": ["POST", "projects/{project}/instances", "Started", "Instance"],
    "instances.clone": ["POST", "projects/{project}/instances/clone", "Started", "CloneRequest"],
    "instances.find": ["GET", "projects/{project}/instances/{instance}/find", "Started"],
  },
};

const gke: Api = {
  schemas: {
    Operation: { ...strings("name", "operationType", "status", "targetLink", "zone"), error: "Status" },
    Status: {},
    Request: strings("projectId", "zone"),
  },
  methods: {
    "locations.clusters.create": ["POST", "v1/{+parent}/clusters", "Operation", "Request"],
    "locations.clusters.delete": ["DELETE", "v1/{+name}", "Operation"],
    "locations.clusters.update": ["PUT", "v1/{+name}", "Operation", "Request"],
    "locations.operations.get": ["GET", "v1/{+name}", "Operation"],
    "zones.clusters.delete": ["DELETE", "v1/projects/{projectId}/zones/{zone}/clusters/{clusterId}", "Operation"],
    "zones.clusters.check": ["GET", "v1/projects/{projectId}/zones/{zone}/clusters/{clusterId}/check", "Operation"],
    "zones.operations.get": ["GET", "v1/projects/{projectId}/zones/{zone}/operations/{operationId}", "Operation"],
  },
};

const compute: Api = {
  schemas: {
    Operation: {
      ...strings("name", "operationType", "region", "status", "targetLink", "zone"),
      error: { type: "object", properties: { errors: { type: "array", items: text } } },
    },
  },
  methods: {
    "globalOperations.get": ["GET", "{project}/global/operations/{operation}", "Operation"],
    "regionOperations.get": ["GET", "{project}/regions/{region}/operations/{operation}", "Operation"],
    "zoneOperations.get": ["GET", "{project}/zones/{zone}/operations/{operation}", "Operation"],
    "zoneOperations.wait": ["POST", "{project}/zones/{zone}/operations/{operation}/wait", "Operation"],
    "disks.insert": ["POST", "{project}/zones/{zone}/disks", "Operation"],
    "addresses.insert": ["POST", "{project}/regions/{region}/addresses", "Operation"],
    "projects.moveDisk": ["POST", "{project}/moveDisk", "Operation"],
  },
};
const ZONE_OF_ANSWER = "zoneOperations.get project=params.project zone=response.zone operation=response.name";
const REGION_OF_ANSWER = "regionOperations.get project=params.project region=response.region operation=response.name";
const GLOBAL = "globalOperations.get project=params.project operation=response.name";

const dns: Api = {
  schemas: { Operation: strings("id", "status", "type"), Zone: strings("name") },
  methods: {
    "zoneOperations.get": ["GET", "projects/{project}/managedZones/{managedZone}/operations/{operation}", "Operation"],
    "zones.patch": ["PATCH", "projects/{project}/managedZones/{managedZone}", "Operation", "Zone"],
  },
};

const location = { location: { type: "string", location: "query" }, view: { type: "string", location: "query" } };

const bigquery: Api = {
  schemas: {
    Job: { ...strings("id"), jobReference: "JobReference", status: "JobStatus" },
    JobReference: strings("jobId", "location", "projectId"),
    JobStatus: { ...strings("state"), errorResult: {} },
    Cancelled: { job: "Job" },
    Rows: { jobReference: "JobReference" },
  },
  methods: {
    "jobs.cancel": ["POST", "projects/{+projectId}/jobs/{+jobId}/cancel", "Cancelled"],
    "jobs.get": ["GET", "projects/{+projectId}/jobs/{+jobId}", "Job", undefined, location],
    "jobs.insert": ["POST", "projects/{+projectId}/jobs", "Job", "Job"],
    "jobs.query": ["POST", "projects/{+projectId}/queries", "Rows"],
  },
};

/** App Engine: flat paths, and two collections of operations. */
const flat: Api = {
  schemas: { Operation: LONGRUNNING, Status: {}, App: strings("id") },
  methods: {
    "apps.operations.get": ["GET", "v1/apps/{appsId}/operations/{operationsId}", "Operation"],
    "projects.operations.get": ["GET", "v1/projects/{projectsId}/operations/{operationsId}", "Operation"],
    "apps.create": ["POST", "v1/apps", "Operation", "App"],
    "apps.repair": ["POST", "v1/apps/{appsId}:repair", "Operation"],
  },
};
const APP_OF_NAME = "apps.operations.get appsId=response.name/ operationsId=response.name/";
const PROJECT_OF_NAME = "projects.operations.get projectsId=response.name/ operationsId=response.name/";

/** Street View: the resource itself is read as an operation, without a collection of operations. */
const sequences: Api = {
  schemas: { Operation: LONGRUNNING, Status: {} },
  methods: {
    "photoSequence.create": ["POST", "v1/photoSequence", "Operation"],
    "photoSequence.get": ["GET", "v1/photoSequence/{sequenceId}", "Operation"],
    "photo.publish": ["POST", "v1/photo:publish", "Operation"],
    "photo.find": ["GET", "v1/photo:find", "Operation"],
  },
};

const style = (type: string, done: string, error: string, isAnswer = true) => ({ type, done, error, isAnswer });
const byName = style("Operation", "done", "error");
const byStatus = style("Operation", "status", "error");

describe("the operation of a method", () => {
  const byString = style("InstanceOperation", "state", "error", false);
  const first = ["folders.operations.get name=response.name"];

  it.each([
    [
      "google.longrunning: the first of all collections with the same path",
      longrunning,
      "things.create",
      byName,
      first,
    ],
    ["google.longrunning, started by DELETE", longrunning, "things.delete", byName, first],
    ["google.longrunning, started by PATCH", longrunning, "things.patch", byName, first],
    ["google.longrunning, started by PUT", longrunning, "things.replace", byName, first],
    ["google.longrunning, started by GET with a custom verb", longrunning, "things.check", byName, first],
    ["google.longrunning, started by GET with its own path", longrunning, "things.export", byName, first],
    [
      "a name with all parameters of the poll (App Engine)",
      flat,
      "apps.create",
      byName,
      [APP_OF_NAME, PROJECT_OF_NAME],
    ],
    [
      "a name in another collection than the starter's",
      flat,
      "apps.repair",
      byName,
      [PROJECT_OF_NAME, "apps.operations.get appsId=params.appsId operationsId=response.name"],
    ],
    [
      "a resource that is read as an operation (Street View)",
      sequences,
      "photoSequence.create",
      byName,
      ["photoSequence.get sequenceId=response.name"],
    ],
    [
      "google.longrunning with two paths: the shorter one accepts any name",
      twoTemplates,
      "things.annotate",
      byName,
      ["things.operations.get name=response.name", "operations.things.operations.get name=response.name"],
    ],
    [
      "google.longrunning in a path of single segments (Cloud Storage)",
      oneSegment,
      "folders.rename",
      byName,
      ["buckets.operations.get bucket=params.bucket operationId=response.name"],
    ],
    ["Cloud SQL", sql, "instances.delete", byStatus, ["operations.get project=params.project operation=response.name"]],
    [
      "Cloud SQL, with the project only in the operation",
      sql,
      "backups.create",
      byStatus,
      ["operations.get project=response.targetProject operation=response.name"],
    ],
    [
      "Cloud SQL v1beta3: a string with the name",
      named,
      "instances.restart",
      byString,
      ["operations.get project=params.project instance=params.instance operation=response.operation"],
    ],
    [
      "Cloud SQL v1beta3, with the instance only in the body",
      named,
      "instances.insert",
      byString,
      ["operations.get project=params.project instance=body.instance operation=response.operation"],
    ],
    [
      "GKE by zone",
      gke,
      "zones.clusters.delete",
      byStatus,
      [
        "zones.operations.get projectId=params.projectId zone=params.zone operationId=response.name",
        "locations.operations.get name=response.name",
      ],
    ],
    [
      "GKE by name: an id in the collection of the cluster",
      gke,
      "locations.clusters.delete",
      byStatus,
      ["locations.operations.get name=response.name within name"],
    ],
    [
      "GKE by name, with a zonal poll only for bodies with the project",
      gke,
      "locations.clusters.update",
      byStatus,
      [
        "locations.operations.get name=response.name within name",
        "zones.operations.get projectId=body.projectId zone=response.zone operationId=response.name",
      ],
    ],
    [
      "GKE by parent",
      gke,
      "locations.clusters.create",
      byStatus,
      [
        "locations.operations.get name=response.name within parent",
        "zones.operations.get projectId=body.projectId zone=response.zone operationId=response.name",
      ],
    ],
    [
      "Compute Engine in a zone",
      compute,
      "disks.insert",
      byStatus,
      ["zoneOperations.get project=params.project zone=params.zone operation=response.name", REGION_OF_ANSWER, GLOBAL],
    ],
    [
      "Compute Engine in a region",
      compute,
      "addresses.insert",
      byStatus,
      [
        "regionOperations.get project=params.project region=params.region operation=response.name",
        ZONE_OF_ANSWER,
        GLOBAL,
      ],
    ],
    [
      "Compute Engine, global only if the response has neither zone nor region",
      compute,
      "projects.moveDisk",
      byStatus,
      [ZONE_OF_ANSWER, REGION_OF_ANSWER, GLOBAL],
    ],
    [
      "Cloud DNS",
      dns,
      "zones.patch",
      byStatus,
      ["zoneOperations.get project=params.project managedZone=params.managedZone operation=response.id"],
    ],
    [
      "BigQuery",
      bigquery,
      "jobs.insert",
      style("Job", "status.state", "status.errorResult"),
      [
        "jobs.get projectId=response.jobReference.projectId jobId=response.jobReference.jobId location=response.jobReference.location",
      ],
    ],
  ])("%s", (_, api, id, want, polls) => {
    expect(operationOf(api, id)).toEqual({ ...want, polls });
  });

  it("is polled with any name, because a pattern is only valid for one collection", () => {
    const operation = methodsOf(longrunning).get("things.create")?.operation;
    expect(operation?.polls[0]?.method.parameters).toMatchObject([
      { name: "name", required: true, pattern: undefined },
    ]);
    expect(methodsOf(longrunning).get("folders.operations.get")?.parameters[0]?.pattern).toBe(
      "^folders/[^/]+/ops/[^/]+$",
    );
  });
});

describe("the wait method of a poll", () => {
  const waitsOf = (api: Api, id: string) =>
    methodsOf(api)
      .get(id)
      ?.operation?.polls.map(({ wait }) => wait?.id);
  const withBody = (body: string): Api => ({
    schemas: { ...longrunning.schemas, WaitRequest: strings("timeout") },
    methods: { ...longrunning.methods, "folders.operations.wait": ["POST", "v1/{+name}:wait", body, "WaitRequest"] },
  });

  it.each([
    ["google.longrunning", longrunning, "things.create", ["folders.operations.wait"]],
    ["a method with an optional body", withBody("Operation"), "things.create", ["folders.operations.wait"]],
    ["not a method that returns another type", withBody("Thing"), "things.create", [undefined]],
    ["Compute Engine in a zone", compute, "disks.insert", ["zoneOperations.wait", undefined, undefined]],
    ["none for Cloud SQL", sql, "instances.delete", [undefined]],
  ])("%s", (_, api, id, want) => expect(waitsOf(api, id)).toEqual(want));
});

describe("a method that reads an operation polls itself", () => {
  it.each([
    ["google.longrunning", longrunning, "folders.operations.get", style("Operation", "done", "error")],
    ["a method outside operations collections", longrunning, "things.state", style("Operation", "done", "error")],
    [
      "a method in an API without such collections",
      sequences,
      "photoSequence.get",
      style("Operation", "done", "error"),
    ],
    ["every operations collection", longrunning, "things.operations.get", style("Operation", "done", "error")],
    ["Cloud SQL", sql, "operations.get", byStatus],
    ["Compute Engine", compute, "zoneOperations.get", byStatus],
    ["BigQuery", bigquery, "jobs.get", style("Job", "status.state", "status.errorResult")],
    ["an operation that is named by a string", named, "operations.get", style("InstanceOperation", "state", "error")],
  ])("%s", (_, api, id, want) => expect(operationOf(api, id)).toEqual({ ...want, polls: [] }));
});

describe("these methods have no operation", () => {
  const without = ({ methods, schemas }: Api, ...ids: readonly string[]): Api => ({
    schemas,
    methods: Object.fromEntries(Object.entries(methods).filter(([id]) => !ids.includes(id))),
  });
  const job = { Operation: strings("name", "status"), Import: strings("name", "status"), Rule: strings("operation") };
  const lookalikes: Api = {
    schemas: job,
    methods: {
      "imports.operations.get": ["GET", "v1/{+name}", "Import"],
      "imports.create": ["POST", "v1/imports", "Import"],
      "rules.create": ["POST", "v1/{+parent}/rules", "Rule"],
      "rules.get": ["GET", "v1/{+name}", "Rule"],
      "tasks.get": ["GET", "v1/tasks/{task}", "Operation"],
      "tasks.create": ["POST", "v1/tasks", "Operation"],
      "works.operations.get": ["GET", "v1/works/{work}/operations/{operation}", "Operation"],
    },
  };

  it.each([
    ["a method whose operation only another resource reads", sequences, "photo.publish"],
    ["a GET method whose operation cannot be read", sequences, "photo.find"],
    ["a GET method of an older style", gke, "zones.clusters.check"],
    ["a GET method that returns a name", named, "instances.find"],
    ["a method that returns another type", longrunning, "things.rename"],
    ["wait of an operations collection", longrunning, "folders.operations.wait"],
    ["wait of a collection of zonal operations", compute, "zoneOperations.wait"],
    ["cancel of an operations collection", longrunning, "folders.operations.cancel"],
    ["delete of an operations collection", longrunning, "folders.operations.delete"],
    ["an API without polls", without(longrunning, "folders.operations.get", "things.operations.get"), "things.create"],
    ["an API without polls for jobs", without(bigquery, "jobs.get"), "jobs.insert"],
    ["a job inside the response", bigquery, "jobs.cancel"],
    ["a reference to a job without its state", bigquery, "jobs.query"],
    ["a name without a source for the instance", named, "instances.clone"],
    ["a string `operation` with another meaning", lookalikes, "rules.create"],
    ["a schema that only has a status", lookalikes, "imports.create"],
    ["an operation whose poll has a parameter without a source", lookalikes, "tasks.create"],
  ])("%s", (_, api, id) => expect(operationOf(api, id)).toBeUndefined());
});
