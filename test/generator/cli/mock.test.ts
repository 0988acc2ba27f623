/** Options of `discogen mock`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { discogen, runningMock } from "../../support/discogen.js";
import { temporaryFolder } from "../../support/folders.js";

const API = "sqladmin:v1beta3";

describe("discogen mock", () => {
  it("fails the calls that --fault selects, and serves the others", async () => {
    const faults = ["on=call,after=1,status=503", "on=call,cutAfter=0", "on=call,status=429"];
    const { url } = await runningMock([API, ...faults.flatMap((fault) => ["--fault", fault])], {
      cwd: await temporaryFolder(),
    });
    const seen: unknown[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const received = await fetch(`${url}sql/v1beta3/projects/example-123/instances`).then(
        (response) => response.json() as Promise<{ error: { code: number; status: string } }>, // all are refused
        () => undefined,
      );
      seen.push(received === undefined ? "cut" : [received.error.code, received.error.status]);
    }
    const unsigned = [401, "UNAUTHENTICATED"];
    expect(seen).toEqual([unsigned, [503, "UNAVAILABLE"], "cut", [429, "RESOURCE_EXHAUSTED"], unsigned]);
  });

  it("rejects an invalid fault, and quotes it", async () => {
    const args = ["mock", API, "--fault", "on=call,status=500", "--fault", "on=call,staus=503"];
    const { code, stdout, stderr } = await discogen(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain('error USAGE discogen mock: --fault "on=call,staus=503": ');
    expect(stderr).toContain("did you mean status?");
    expect(stderr).toContain("help: Run `discogen mock --help`.");
  });

  it("lets pages of the origins that --cors names read responses", async () => {
    const origins = ["http://localhost:5173", "https://app.example.com"];
    const { url } = await runningMock([API, ...origins.flatMap((origin) => ["--cors", origin])], {
      cwd: await temporaryFolder(),
    });
    for (const origin of origins) {
      const response = await fetch(`${url}nowhere`, { headers: { origin } });
      expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([404, origin]);
    }
  });

  it("accepts calls without a token with --open", async () => {
    const { url } = await runningMock([API, "--open"], { cwd: await temporaryFolder() });
    expect((await fetch(`${url}sql/v1beta3/projects/example-123/instances`)).status).toBe(200);
  });

  it("serves the documents, with the corrections of the config", async () => {
    const cwd = await temporaryFolder();
    const patch = [{ at: "", merge: { title: "Corrected" } }];
    await writeFile(join(cwd, "discogen.config.json"), JSON.stringify({ apis: [{ id: API, patch }] }));
    const { url } = await runningMock([API], { cwd });
    const response = await fetch(`${url}discovery/v1/apis/sqladmin/v1beta3/rest`);
    expect(await response.json()).toMatchObject({ title: "Corrected", rootUrl: url });
  });

  it("refuses text for --cors that is not an origin, and names the origin to pass", async () => {
    const { code, stdout, stderr } = await discogen(["mock", API, "--cors", "http://localhost:5173/app"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("error USAGE discogen mock: --cors: an origin has no path and no trailing slash");
    expect(stderr).toContain("pass http://localhost:5173\n");
    expect(stderr).toContain("help: Run `discogen mock --help`.");
  });
});
