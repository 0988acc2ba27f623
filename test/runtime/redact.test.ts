/** Which paths, names and URLs are shown, and how the others are described. */
import { describe, expect, it } from "vitest";
import { adviceForKey, fileProblem, isShowable, shownName, urlOf } from "../../runtime/src/redact.js";
import { keyFor, pkcs8 } from "./support/keys.js";

const json = JSON.stringify(keyFor("https://oauth2.googleapis.com/token"));
const base64 = Buffer.from(json).toString("base64");
const random = Buffer.from(Array.from({ length: 30 }, (_, i) => (i * 73 + 41) % 256));

describe("a name is shown", () => {
  it.each([
    "service-account.json",
    "/home/runner/work/repository/repository/service-account.json",
    "/root/.config/gcloud/application_default_credentials.json",
    "/var/run/secrets/workload-spiffe-credentials/certificates.pem",
    "/var/run/secrets/tokens/gcp-ksa/google-application-credentials.json",
    "C:\\Users\\Anna\\AppData\\Roaming\\gcloud\\application_default_credentials.json",
    "keys/my-company-analytics-production-1a2b3c4d5e6f.json",
    "/tmp/discogen-XyZ123/application_default_credentials.json",
    "/tmp/0f8fad5b-d9cb-469f-a165-70867728950e/key.json",
    "https://sts.googleapis.com/v1/token",
    "a key with spaces.json",
    "/proc/self/fd/63",
    `${"x".repeat(39)}.json`,
    `${"long/".repeat(49)}k.json`,
    "drive:v3",
    "",
  ])("%s", (name) => expect(shownName(name)).toBe(name));
});

describe("a secret is described", () => {
  it.each<[string, string, RegExp]>([
    ["the JSON of a key", json, /^a JSON text of [\d,]+ characters$/],
    ["indented JSON", JSON.stringify(JSON.parse(json), null, 2), /^a JSON text/],
    ["JSON behind spaces", `\n  ${json}`, /^a JSON text/],
    ["JSON with a byte order mark", `\ufeff${json}`, /^a JSON text/],
    ["short JSON", '{"a":1}', /^a JSON text of 7 characters$/],
    ["an array", `[${json}]`, /^a JSON text/],
    ["an array of strings", '["s3cret"]', /^a JSON text/],
    ["a string in quotes", '"s3cret"', /^a JSON text/],
    ["percent-encoded JSON", encodeURIComponent(json), /^a JSON text/],
    ["JSON in a path", `./${json}`, /^a PEM text/],
    ["a PEM", pkcs8, /^a PEM text/],
    ["a PEM on one line", pkcs8.replaceAll("\n", "\\n"), /^a PEM text/],
    ["a PEM without its first line", pkcs8.split("\n").slice(1).join("\n"), /^a (?:PEM|Base64) text/],
    ["one line of a PEM", pkcs8.split("\n")[3] ?? "", /^a Base64 text of 64 characters$/],
    ["Base64", base64, /^a Base64 text/],
    ["Base64 in lines", base64.replace(/.{64}/g, "$&\n"), /^a Base64 text/],
    ["Base64 for URLs", Buffer.from(json).toString("base64url"), /^a Base64 text/],
    ["Base64 of 40 characters", random.toString("base64"), /^a Base64 text of 40 characters$/],
    ["Base64 for URLs of 40 characters", random.toString("base64url"), /^a Base64 text of 40 characters$/],
    ["Base64 with slashes", "aB3/".repeat(10), /^a Base64 text/],
    ["hexadecimal digits", Buffer.from("s3cret".repeat(4)).toString("hex"), /^a Base64 text/],
    ["40 equal letters", "a".repeat(40), /^a Base64 text/],
    ["Base64 in a path", `/secrets/${random.toString("base64")}.json`, /^a text/],
    ["a data: URL", `data:application/json;base64,${base64}`, /^a data: URL/],
    ["a short data: URL", "data:,s3cret", /^a data: URL/],
    ["an access token", "ya29.a0AfH6SMB", /^a text/],
    ["a header", "Bearer s3cret", /^a text/],
    ["an API key", `AIza${"x".repeat(35)}`, /^a text/],
    ["a refresh token", "1//0gNotForYourEyes", /^a text/],
    ["a client secret", "GOCSPX-notforyoureyes", /^a text/],
    ["a JWT", `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvIn0.c2lnbmF0dXJl`, /^a text/],
    ["a URL with a password", "https://user:s3cret@proxy/", /^a text/],
    ["a URL with a key", "https://example.com/?key=s3cret", /^a text/],
    ["two lines", "s3cret\ns3cret", /^a text/],
    ["256 characters", "a ".repeat(128), /^a text of 256 characters$/],
  ])("%s", (_name, secret, want) => {
    expect(shownName(secret)).toMatch(want);
    expect(isShowable(secret)).toBe(false);
  });

  it.each([undefined, null, 7, Buffer.from("s3cret"), { key: "s3cret" }])("a value of another type: %j", (value) =>
    expect(shownName(value)).toBe(`a value of type ${typeof value}`),
  );
});

describe("advice for a key that is passed as a path", () => {
  it.each<[string, string, string]>([
    ["JSON", json, "looks like the key itself, not the path of a file. Pass the JSON to take()"],
    ["a PEM", pkcs8, "looks like the key itself, not the path of a file. Pass the JSON to take()"],
    ["Base64", base64, "Decode it from Base64 and pass the JSON to take()"],
    ["Base64 for URLs", Buffer.from(json).toString("base64url"), "Decode it from Base64"],
    ["Base64 in lines", base64.replace(/.{76}/g, "$&\n"), "Decode it from Base64"],
    ["Base64 of a PEM", Buffer.from(pkcs8).toString("base64"), "Decode it from Base64"],
    ["a data: URL", `data:application/json;base64,${base64}`, "Decode it from Base64"],
    ["an access token", "ya29.a0AfH6SMB", "new AccessTokenCredentials()"],
  ])("%s", (_name, secret, want) => expect(adviceForKey(secret, "take")).toContain(want));

  it.each(["key.json", "/no/such/file", ""])("none for the path %j", (path) =>
    expect(adviceForKey(path, "take")).toBeUndefined(),
  );
});

it.each<[Error, string]>([
  [
    Object.assign(new Error("ENOENT: no such file or directory, open 'a.txt'"), { code: "ENOENT", path: "a.txt" }),
    "ENOENT: no such file or directory: a.txt",
  ],
  [
    Object.assign(new Error(`ENAMETOOLONG: name too long, open '${json}'`), { code: "ENAMETOOLONG", path: json }),
    `ENAMETOOLONG: name too long: ${shownName(json)}`,
  ],
  [Object.assign(new Error("Received 's3cret\\x00'"), { code: "ERR_INVALID_ARG_VALUE" }), "the path is invalid"],
  [new Error("it broke"), "it broke"],
])("the problem of a file: %s", (error, want) => expect(fileProblem(error)).toBe(want));

it("the URL of an upload session is shown without its path", () => {
  const request = { origin: "https://storage.googleapis.com", path: "/upload/s3cret?id=s3cret" };
  expect(urlOf({ ...request, secretPath: true })).toBe("https://storage.googleapis.com/[redacted]");
  expect(urlOf(request)).toBe("https://storage.googleapis.com/upload/s3cret?id=s3cret");
});
