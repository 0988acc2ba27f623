/** Common mistakes in calls, one a line, written for our client and for Google's. Each is an error at run time. */

interface Mistake {
  readonly name: string;
  readonly ours: string;
  readonly peer: string;
}

export const MISTAKES: readonly Mistake[] = [
  {
    name: "no parameters where some are required",
    ours: "await instances.list();",
    peer: "await instances.list();",
  },
  {
    name: "a missing path parameter",
    ours: 'await instances.get({ project: "p" });',
    peer: 'await instances.get({ project: "p" });',
  },
  {
    name: "a misspelled parameter",
    ours: 'await instances.list({ project: "p", maxResult: 10 });',
    peer: 'await instances.list({ project: "p", maxResult: 10 });',
  },
  {
    name: "a parameter of the wrong type",
    ours: 'await instances.list({ project: "p", maxResults: "ten" });',
    peer: 'await instances.list({ project: "p", maxResults: "ten" });',
  },
  {
    name: "a misspelled property of a body",
    ours: 'await instances.insert({ project: "p", requestBody: { name: "i", setings: {} } });',
    peer: 'await instances.insert({ project: "p", requestBody: { name: "i", setings: {} } });',
  },
  {
    name: "a value that the enum does not have",
    ours: 'await instances.insert({ project: "p", requestBody: { databaseVersion: "MYSQL_9_9" } });',
    peer: 'await instances.insert({ project: "p", requestBody: { databaseVersion: "MYSQL_9_9" } });',
  },
  {
    name: "a body with a property that only the server sets",
    ours: 'await instances.insert({ project: "p", requestBody: { createTime: "2026-01-01T00:00:00Z" } });',
    peer: 'await instances.insert({ project: "p", requestBody: { createTime: "2026-01-01T00:00:00Z" } });',
  },
  {
    name: "a comparison with a value that never occurs",
    ours: 'export const running = instance.state === "RUNNING";',
    peer: 'export const running = instance.data.state === "RUNNING";',
  },
  {
    name: "a misspelled property of a response",
    ours: "export const version = instance.databaseVerson;",
    peer: "export const version = instance.data.databaseVerson;",
  },
  {
    name: "fields that names an unknown property",
    ours: 'await instances.list({ project: "p", fields: "items(name,tier)" });',
    peer: 'await instances.list({ project: "p", fields: "items(name,tier)" });',
  },
  {
    name: "a property that fields does not select",
    ours: 'export const region = (await instances.get({ project: "p", instance: "i", fields: "name" })).region;',
    peer: 'export const region = (await instances.get({ project: "p", instance: "i", fields: "name" })).data.region;',
  },
  {
    name: "a method of another resource",
    ours: 'await instances.getIamPolicy({ project: "p" });',
    peer: 'await instances.getIamPolicy({ project: "p" });',
  },
];
