/** The compiler's errors for common mistakes: one short error each, at the wrong property. */
import { fileURLToPath } from "node:url";
import ts from "typescript-6.0";
import { describe, expect, it } from "vitest";

const PRELUDE = `import { SQLAdminClient, type DatabaseInstance } from "@discogen/generated/sqladmin/v1beta3";
declare const sqladmin: SQLAdminClient;
declare const maybe: string | undefined;
declare const instance: DatabaseInstance;
declare const settings: { auth?: unknown };
export async function program() {
`;

/** Statements with the wrong part between « and », and the error there. */
const MISTAKES: readonly (readonly [name: string, code: string, want: string])[] = [
  ["no parameters", `sqladmin.instances.«get»()`, "Expected 1-2 arguments, but got 0."],
  [
    "a missing parameter",
    `sqladmin.instances.get(«{ project: "p" }»)`,
    "Argument of type '{ project: string; }' is not assignable to parameter of type 'InstancesGetParams'.\n" +
      "  Property 'instance' is missing in type '{ project: string; }' but required in type 'InstancesGetParams'.",
  ],
  [
    "a misspelled parameter",
    `sqladmin.instances.list({ «projekt»: "p" })`,
    "Object literal may only specify known properties, but 'projekt' does not exist in type 'InstancesListParams'. Did you mean to write 'project'?",
  ],
  [
    "a parameter of another client",
    `sqladmin.instances.list({ project: "p", «pageSize»: 5 })`,
    "Object literal may only specify known properties, and 'pageSize' does not exist in type 'InstancesListParams'.",
  ],
  [
    "a parameter of a wrong type",
    `sqladmin.instances.list({ project: "p", «maxResults»: "5" })`,
    "Type 'string' is not assignable to type 'number'.",
  ],
  [
    "a number for a name",
    `sqladmin.instances.list({ «project»: 5 })`,
    "Type 'number' is not assignable to type 'string'.",
  ],
  [
    "a value that may be missing",
    `sqladmin.instances.list({ «project»: maybe })`,
    "Type 'string | undefined' is not assignable to type 'string'.\n  Type 'undefined' is not assignable to type 'string'.",
  ],
  ["null", `sqladmin.instances.list({ «project»: null })`, "Type 'null' is not assignable to type 'string'."],
  [
    "an array for a single value",
    `sqladmin.instances.list({ «project»: ["p"] })`,
    "Type 'string[]' is not assignable to type 'string'.",
  ],
  [
    "googleapis' name of the body",
    `sqladmin.instances.insert({ project: "p", «resource»: {} })`,
    "Object literal may only specify known properties, and 'resource' does not exist in type 'InstancesInsertParams'.",
  ],
  [
    "a missing body",
    `sqladmin.instances.insert(«{ project: "p" }»)`,
    "Argument of type '{ project: string; }' is not assignable to parameter of type 'InstancesInsertParams'.\n" +
      "  Property 'requestBody' is missing in type '{ project: string; }' but required in type 'InstancesInsertParams'.",
  ],
  [
    "a missing body property",
    `sqladmin.instances.insert({ project: "p", «requestBody»: { project: "p" } })`,
    "Property 'instance' is missing in type '{ project: string; }' but required in type 'InstancesInsertBody'.",
  ],
  [
    "an unknown body property",
    `sqladmin.instances.update({ project: "p", instance: "i", requestBody: { «regoin»: "r" } })`,
    "Object literal may only specify known properties, but 'regoin' does not exist in type 'DatabaseInstance'. Did you mean to write 'region'?",
  ],
  [
    "an unknown nested body property",
    `sqladmin.instances.update({ project: "p", instance: "i", requestBody: { settings: { «teir»: "D1" } } })`,
    "Object literal may only specify known properties, and 'teir' does not exist in type 'Settings'.",
  ],
  [
    "a nested body property of a wrong type",
    `sqladmin.instances.update({ project: "p", instance: "i", requestBody: { settings: { «tier»: 1 } } })`,
    "Type 'number' is not assignable to type 'string'.",
  ],
  [
    "an element of a wrong type",
    `sqladmin.instances.update({ project: "p", instance: "i", requestBody: { settings: { authorizedGaeApplications: [«1»] } } })`,
    "Type 'number' is not assignable to type 'string'.",
  ],
  [
    "null outside of PATCH",
    `sqladmin.instances.update({ project: "p", instance: "i", requestBody: { «region»: null } })`,
    "Type 'null' is not assignable to type 'string | undefined'.",
  ],
  [
    "a body for a method without one",
    `sqladmin.instances.list({ project: "p", «requestBody»: {} })`,
    "Object literal may only specify known properties, and 'requestBody' does not exist in type 'InstancesListParams'.",
  ],
  [
    "an unknown field",
    `sqladmin.instances.list({ project: "p", «fields»: "items(instance,stat)" })`,
    `Type '"items(instance,stat)"' is not assignable to type '"unknown field: items/stat"'.`,
  ],
  [
    "a field that was not selected",
    `(await sqladmin.instances.get({ project: "p", instance: "i", fields: "instance" })).«state»`,
    "Property 'state' does not exist on type '{ instance?: string; }'.",
  ],
  [
    "a forgotten await",
    `sqladmin.instances.get({ project: "p", instance: "i" }).«state»`,
    "Property 'state' does not exist on type 'ApiPromise<DatabaseInstance>'.",
  ],
  [
    "googleapis' data",
    `(await sqladmin.instances.get({ project: "p", instance: "i" })).«data»`,
    "Property 'data' does not exist on type 'DatabaseInstance'.",
  ],
  [
    "items of a promise without pages",
    `for await (const tier of «sqladmin.tiers.list({ project: "p" })») void tier`,
    "Type 'ApiPromise<TiersListResponse>' must have a '[Symbol.asyncIterator]()' method that returns an async iterator.",
  ],
  [
    "a property that may be missing",
    `const name: string = instance.instance; void «name»`
      .replace("const name", "const «name»")
      .replace("void «name»", "void name"),
    "Type 'string | undefined' is not assignable to type 'string'.\n  Type 'undefined' is not assignable to type 'string'.",
  ],
  [
    "an unknown method",
    `sqladmin.instances.«remove»({ project: "p" })`,
    "Property 'remove' does not exist on type 'InstancesResource'.",
  ],
  [
    "an unknown resource",
    `sqladmin.«instance».get({ project: "p" })`,
    "Property 'instance' does not exist on type 'SQLAdminClient'. Did you mean 'instances'?",
  ],
  [
    "an unknown call option",
    `sqladmin.tiers.list({ project: "p" }, { «responseType»: "stream" })`,
    "Object literal may only specify known properties, and 'responseType' does not exist in type 'CallOptions'.",
  ],
  [
    "an option of a wrong type",
    `sqladmin.tiers.list({ project: "p" }, { «timeout»: "5s" })`,
    "Type 'string' is not assignable to type 'number'.",
  ],
  [
    "a string as credentials",
    `new SQLAdminClient({ «auth»: "ya29.token" })`,
    "Type 'string' is not assignable to type 'Credentials'.",
  ],
];

describe("a common mistake is one short error at the wrong part", () => {
  const errors = errorsOf(MISTAKES.map(([, code]) => code));
  it.each(MISTAKES.map(([name, code, want], index) => [name, code, want, errors[index] ?? []] as const))(
    "%s",
    (_, code, want, found) => {
      expect(found).toEqual([{ place: /«(.*)»/.exec(code)?.[1], text: want }]);
      expect(want.length).toBeLessThan(300);
    },
  );

  it("two mistakes at once are two errors", () => {
    const [found] = errorsOf([`sqladmin.instances.list({ project: 5, maxResults: "5" })`]);
    expect(found).toEqual([
      { place: "project", text: "Type 'number' is not assignable to type 'string'." },
      { place: "maxResults", text: "Type 'string' is not assignable to type 'number'." },
    ]);
  });
});

interface FoundError {
  readonly place: string;
  readonly text: string;
}

/** The errors of each statement, all compiled as one program. */
function errorsOf(statements: readonly string[]): readonly (readonly FoundError[])[] {
  const file = fileURLToPath(new URL("mistakes-program.ts", import.meta.url));
  const lines = statements.map((statement) => `{ ${statement.replaceAll(/[«»]/g, "")}; }`);
  const source = `${PRELUDE}${lines.join("\n")}\n}\n`;
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  host.getSourceFile = (name, languageVersion, ...rest) =>
    name === file
      ? ts.createSourceFile(name, source, languageVersion)
      : getSourceFile.call(host, name, languageVersion, ...rest);
  const program = ts.createProgram([file], options, host);
  const found = statements.map((): FoundError[] => []);
  const before = PRELUDE.split("\n").length - 1;
  for (const diagnostic of program.getSemanticDiagnostics(program.getSourceFile(file))) {
    const { start = 0, length = 0, messageText } = diagnostic;
    const line = source.slice(0, start).split("\n").length - 1 - before;
    found[line]?.push({
      place: source.slice(start, start + length),
      text: ts.flattenDiagnosticMessageText(messageText, "\n"),
    });
  }
  return found;
}
