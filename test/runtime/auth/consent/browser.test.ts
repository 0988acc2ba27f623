/** A user who signs in with Chromium. */
import { expect, it } from "vitest";
import { OAuthClient } from "../../../../runtime/src/auth.js";
import { needsChromium, openPage } from "../../../support/browser.js";
import { authorizationServer, user } from "../../support/authorization-server.js";
import { failureOf } from "../../support/library.js";

const scopes = ["openid", "email", "https://www.googleapis.com/auth/drive"];

it.skipIf(needsChromium !== "")(`a user signs in with Chromium and grants some scopes${needsChromium}`, async () => {
  const server = await authorizationServer();
  const { faults, page, requests } = await openPage();
  const auth = await OAuthClient.fromJSON(server.clientFile).authorizeOnLoopback({
    scopes,
    open: async (url) => {
      await page.goto(url);
      await page.getByLabel("https://www.googleapis.com/auth/drive").uncheck();
      await page.getByRole("button", { name: "Allow" }).click();
    },
  });
  await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/\?.*code=/);
  expect(await page.title()).toBe("Signed in");
  const text = await page.locator("body").innerText();
  expect(text).toContain(`You are signed in as ${user}.`);
  expect(text).toContain("You did not grant: https://www.googleapis.com/auth/drive.");
  expect(text).toContain("You can close this window and return to the program.");
  expect(auth.toJSON().email).toBe(user);
  expect(auth.grantedScopes).toEqual(["openid", "email"]);
  // The page loads nothing, and its policy blocks nothing that it needs.
  expect(faults).toEqual([]);
  expect(requests.filter((url) => url.includes("code=") || url.startsWith(server.url))).toHaveLength(3);
  expect(server.refusals).toEqual([]);
});

it.skipIf(needsChromium !== "")(
  `a user declines in Chromium and sees why the sign-in failed${needsChromium}`,
  async () => {
    const server = await authorizationServer();
    const { faults, page } = await openPage();
    const signIn = OAuthClient.fromJSON(server.clientFile).authorizeOnLoopback({
      scopes,
      open: async (url) => {
        await page.goto(url);
        await page.getByRole("button", { name: "Deny" }).click();
      },
    });
    expect(await failureOf(signIn)).toMatchObject({ code: "CONSENT_DENIED", reason: "access_denied" });
    await page.waitForURL(/error=access_denied/);
    expect(await page.title()).toBe("Sign-in failed");
    expect(await page.locator("body").innerText()).toMatch(/no consent: access_denied\. The user declined/);
    expect(faults.filter((fault) => !fault.includes("status of 400"))).toEqual([]);
  },
);
