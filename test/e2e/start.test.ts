/** The example that `npm start` runs. */
import { describe, expect, it } from "vitest";
import { node } from "../support/discogen.js";

const start = (...args: readonly string[]) => node(["--import", "tsx", "scripts/start.ts", ...args]);

describe("npm start", () => {
  it("generates, authenticates and prints the instances of several pages", async () => {
    const { code, stdout, stderr } = await start();
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/(\d+) instances came over [2-9] pages/),
    });
    const instances: unknown = JSON.parse(stdout);
    expect(instances).toEqual(
      expect.arrayContaining([expect.objectContaining({ instance: expect.any(String), state: "RUNNABLE" })]),
    );
    expect(Array.isArray(instances) && instances.length).toBeGreaterThanOrEqual(3);
  });

  it("fails with an AuthError that shows no secret if the key is wrong", async () => {
    const { code, stdout, stderr } = await start("--wrong-key");
    expect(code).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toContain("AuthError");
    expect(stderr).toContain("invalid_grant");
    expect(stderr).not.toMatch(/PRIVATE KEY|eyJ[\w-]+\.|Bearer|assertion=/);
  });
});
