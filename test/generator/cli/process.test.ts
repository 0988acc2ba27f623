/** Each command as the binary: it must print and return what `main` does in the process of a test. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { serve } from "../../runtime/support/server.js";
import { discogen, discogenProcess, type Outcome } from "../../support/discogen.js";
import { ROOT, temporaryFolder } from "../../support/folders.js";

const API = "sqladmin:v1beta3";
const SHELVES = join(ROOT, "test/fixtures/shelves.v1.json");

/** Times differ between runs. */
const withoutTimes = ({ stdout, ...outcome }: Outcome) => ({
  ...outcome,
  stdout: stdout.replace(/"ms": \d+/g, '"ms": 0').replace(/\d+\.\d s$/m, "0.0 s"),
});

describe("the binary does what main does", () => {
  const rows: readonly (readonly [code: number, ...args: readonly string[]])[] = [
    [0, "--version"],
    [0, "help", "call"],
    [2, "genrate"],
    [0, "generate", SHELVES, "--out", "out", "--reporter", "json"],
    [2, "generate", "missing.json"],
    [1, "check", API, "--out", "out"],
    [2, "check", "--sped", "--reporter", "json"],
    [0, "list", "--offline"],
    [2, "list", "a", "b"],
    [2, "update"],
    [0, "init", "--yes", "--reporter", "json"],
    [2, "init", "--yes", "sheets"],
    [0, "diff", API, API],
    [1, "diff", API, SHELVES, "--fail-on", "breaking", "--reporter", "markdown"],
    [0, "openapi", API],
    [2, "openapi"],
    [0, "docs", API, "--out", "site"],
    [2, "docs", API],
    [0, "scopes", API, "instances.list"],
    [2, "scopes", API, "instances.lst"],
    [2, "mock", API, "--port", "eighty"],
    [2, "call", API, "instances.get"],
    [3, "call", API, "instances.list", "--project", "p", "--credentials", "/none/key.json"],
    [0, "call", API, "instances.list", "--help"],
  ];
  it.each(rows.map(([code, ...args]) => [args.join(" ").replaceAll(ROOT, ""), code, args] as const))(
    "%s: exit code %i",
    async (_, code, args) => {
      const outcome = await discogenProcess(args, await temporaryFolder());
      expect(outcome.code).toBe(code);
      expect(withoutTimes(outcome)).toEqual(withoutTimes(await discogen(args, await temporaryFolder())));
    },
  );

  it("reads standard input, and sends a request", async () => {
    const { url, seen } = await serve(
      (_request, response) => void response.setHeader("content-type", "application/json").end("{}"),
    );
    const folder = await temporaryFolder();
    const args = ["call", API, "instances.insert", "--project", "p", "--body", "-", "--key", "k", "--root-url", url];
    const outcome = await discogenProcess(args, folder, {}, '{"instance":"a"}');
    expect(outcome).toEqual({ code: 0, stdout: "{}\n", stderr: "" });
    expect(await discogen(args, folder, {}, '{"instance":"a"}')).toEqual(outcome);
    expect(seen.map(({ body }) => body)).toEqual(['{"instance":"a"}', '{"instance":"a"}']);
  });

  it("reads the environment of its process", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "bad.json"), "[]");
    const env = { FORCE_COLOR: "1" };
    const outcome = await discogenProcess(["openapi", "bad.json"], folder, env);
    expect(outcome.stderr).toContain("\u001b[31merror");
    expect(await discogen(["openapi", "bad.json"], folder, env)).toEqual(outcome);
  });
});
