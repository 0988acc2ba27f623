/** Routing of requests to methods: templates, patterns, custom verbs, and hostile paths. */
import { describe, expect, it } from "vitest";
import { indexApi } from "../../../generator/src/mock/api-index.js";
import { GoogleError } from "../../../generator/src/mock/google-error.js";
import { canonicalPath, compileRoutes, findRoute } from "../../../generator/src/mock/routes.js";
import { modelOf } from "./support.js";

const RESERVED = { name: "^projects/[^/]+/things/[^/]+$", parent: "^projects/[^/]+$" };

function variable(name: string, pattern?: string) {
  return {
    [name]: { type: "string", location: "path", required: true, ...(pattern === undefined ? {} : { pattern }) },
  };
}

const METHODS: readonly (readonly [name: string, verb: string, path: string, parameters?: object])[] = [
  ["one", "GET", "a/{x}"],
  ["fixed", "GET", "a/fixed"],
  ["two", "GET", "a/{x}/b/{y}"],
  ["post", "POST", "a/{x}"],
  ["verb", "POST", "a/{x}:undelete"],
  ["pair", "GET", "pair/{x},{y}"],
  ["list", "GET", "maps/{map}{/rest*}/tail"],
  ["get", "GET", "v1/{+name}", variable("name", RESERVED.name)],
  ["cancel", "POST", "v1/{+name}:cancel", variable("name", RESERVED.name)],
  ["things", "GET", "v1/{+parent}/things", variable("parent", RESERVED.parent)],
  ["any", "GET", "v1/{+anything}"],
  ["head", "HEAD", "a/headed"],
  ["root", "GET", "/top/{x}"],
];

const model = modelOf(
  JSON.stringify({
    kind: "discovery#restDescription",
    name: "routes",
    version: "v1",
    rootUrl: "https://routes.example.com/base/",
    servicePath: "svc/",
    methods: Object.fromEntries(
      METHODS.map(([name, httpMethod, path, parameters = {}]) => [name, { id: name, httpMethod, path, parameters }]),
    ),
  }),
  "routes.json",
);
const routes = compileRoutes(indexApi(model).resources.flatMap(({ methods }) => methods));

const found = (verb: string, path: string) => {
  const match = findRoute(routes, verb, path);
  return match && { id: match.route.entry.method.id, ...Object.fromEntries(match.variables) };
};

describe("a request", () => {
  it.each<[verb: string, path: string, want: object]>([
    ["GET", "/base/svc/a/1", { id: "one", x: "1" }],
    ["GET", "/base/svc/a/fixed", { id: "fixed" }],
    ["GET", "/base/svc/a/fixed2", { id: "one", x: "fixed2" }],
    ["GET", "/base/svc/a/1/b/2", { id: "two", x: "1", y: "2" }],
    ["GET", "/base/svc/a/b%2Fc%20d%C3%A9", { id: "one", x: "b/c dé" }],
    ["POST", "/base/svc/a/1", { id: "post", x: "1" }],
    ["POST", "/base/svc/a/1:undelete", { id: "verb", x: "1" }],
    ["POST", "/base/svc/a/1:other", { id: "post", x: "1:other" }],
    ["GET", "/base/svc/pair/1,2,3", { id: "pair", x: "1,2", y: "3" }],
    ["GET", "/base/svc/maps/m/p/q/tail", { id: "list", map: "m", rest: "/p/q" }],
    ["GET", "/base/svc/maps/m/tail", { id: "list", map: "m", rest: "" }],
    ["GET", "/base/svc/v1/projects/p/things/t", { id: "get", name: "projects/p/things/t" }],
    ["GET", "/base/svc/v1/projects/p%2Fq/things/t", { id: "get", name: "projects/p/q/things/t" }],
    ["POST", "/base/svc/v1/projects/p/things/t:cancel", { id: "cancel", name: "projects/p/things/t" }],
    ["GET", "/base/svc/v1/projects/p/things", { id: "things", parent: "projects/p" }],
    ["GET", "/base/svc/v1/projects/p/other", { id: "any", anything: "projects/p/other" }],
    ["HEAD", "/base/svc/a/headed", { id: "head" }],
    ["HEAD", "/base/svc/a/1", { id: "one", x: "1" }],
    ["GET", "/base/top/1", { id: "root", x: "1" }],
  ])("%s %s finds its method", (verb, path, want) => {
    expect(found(verb, path)).toEqual(want);
  });

  it.each([
    ["GET", "/"],
    ["GET", "/base/svc/a/"],
    ["GET", "/base/svc/a/1/"],
    ["GET", "/base/svc//a/1"],
    ["GET", "/svc/a/1"],
    ["GET", "/base/svc/A/1"],
    ["DELETE", "/base/svc/a/1"],
    ["POST", "/base/svc/v1/projects/p/things:cancel"],
    ["GET", "/base/svc/maps/m"],
    ["get", "/base/svc/a/1"],
    ["", ""],
  ])("%s %s finds none", (verb, path) => {
    expect(found(verb, path)).toBeUndefined();
  });

  it.each([
    "/base/svc/a/..",
    "/base/svc/a/%2e%2e",
    "/base/svc/a/../../etc/passwd",
    "/base/svc/a/..%2f..%2fetc",
    "/base/svc/a/x%5c..%5cy",
    "/base/svc/a/.",
    "/base/svc/v1/projects/../things/t",
    "/nowhere/..",
    "/base/svc/a/%",
    "/base/svc/a/%zz",
    "/base/svc/a/%c3%28",
  ])("is rejected if its path has dot segments or invalid encoding: %s", (path) => {
    expect(() => found("GET", path)).toThrow(GoogleError);
  });

  it("is routed in polynomial time for hostile templates and paths", () => {
    const template = "{+a}a{+b}a{+c}a{+d}b";
    const hostile = modelOf(
      JSON.stringify({
        kind: "discovery#restDescription",
        name: "hostile",
        version: "v1",
        rootUrl: "https://hostile.example.com/",
        methods: { slow: { id: "slow", httpMethod: "GET", path: template } },
      }),
      "hostile.json",
    );
    const [route] = compileRoutes(indexApi(hostile).resources.flatMap(({ methods }) => methods));
    // Backtracking without a cache would never finish.
    expect(route && findRoute([route], "GET", `/${"a".repeat(500)}`)).toBeUndefined();
  });
});

describe("a path", () => {
  it.each([
    ["/a/b%2Fc", "/a/b%2Fc"],
    ["/a/b%2fc", "/a/b%2Fc"],
    ["/%61/b", "/a/b"],
    ["/a/é", "/a/%C3%A9"],
  ])("is stored under one spelling: %s", (path, want) => {
    expect(canonicalPath(path)).toBe(want);
  });
});
