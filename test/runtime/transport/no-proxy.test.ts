/** Addresses and ranges in NO_PROXY. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { isExcludedAddress } from "../../../runtime/src/transport/no-proxy.js";
import { clientOf, failureOf } from "../support/library.js";
import { proxyTo } from "../support/proxy.js";
import { serve, statuses } from "../support/server.js";

describe("NO_PROXY", () => {
  it.each<[string, string, boolean]>([
    ["10.0.0.0/8", "10.1.2.3", true],
    ["10.0.0.0/8", "11.1.2.3", false],
    ["10.1.2.3/8", "10.200.0.1", true],
    ["192.168.4.0/22", "192.168.7.255", true],
    ["192.168.4.0/22", "192.168.8.0", false],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["203.0.113.9/32", "203.0.113.9", true],
    ["203.0.113.9/32", "203.0.113.8", false],
    ["203.0.113.9", "203.0.113.9", true],
    ["fd00::/8", "[fd12:3456::1]", true],
    ["fd00::/8", "[fe80::1]", false],
    ["[fd00::]/8", "[fd12:3456::1]", true],
    ["::/0", "[2001:db8::1]", true],
    ["2001:db8::1/128", "[2001:db8::1]", true],
    ["2001:db8::1", "[2001:db8::1]", true],
    ["[2001:db8:0::1]", "[2001:db8::1]", true],
    ["::/0", "10.1.2.3", false],
    ["localhost, 10.0.0.0/8\tfd00::/8", "[fd00::1]", true],
    ["10.0.0.0/8", "[::ffff:a01:203]", true],
    ["10.0.0.0/8", "ten.example.com", false],
    ["*", "10.1.2.3", false],
    ["", "10.1.2.3", false],
    // Invalid entries are ignored, valid ones still apply.
    ["10.0.0.0/33", "10.1.2.3", false],
    ["10.0.0.0/-1", "10.1.2.3", false],
    ["10.0.0.0/", "10.1.2.3", false],
    ["10.0.0.0/8/8", "10.1.2.3", false],
    ["10.0.0/8", "10.1.2.3", false],
    ["10.0.0.0/8x", "10.1.2.3", false],
    ["10.0.0.0/1e1", "10.1.2.3", false],
    ["fd00::/129", "[fd00::1]", false],
    ["fd00::/9999999999999999999999", "[fd00::1]", false],
    ["example.com/8", "10.1.2.3", false],
    ["/8,//,/,10.0.0.0/99,172.16.0.0/12", "172.16.0.1", true],
  ])("%j for %s: %s", (noProxy, hostname, want) => {
    expect(isExcludedAddress(hostname, noProxy)).toBe(want);
  });

  it.each<[string, boolean]>([
    ["192.0.2.0/24", true],
    ["192.0.2.1", true],
    ["198.51.100.0/24", false],
  ])("%s and a client for 192.0.2.1: direct is %s", async (noProxy, isDirect) => {
    const { url } = await serve(statuses(200));
    const proxy = await proxyTo(url);
    vi.stubEnv("HTTPS_PROXY", proxy.url);
    vi.stubEnv("NO_PROXY", noProxy);
    vi.stubEnv("https_proxy", undefined);
    vi.stubEnv("no_proxy", undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    // This address is reserved for documentation, so there is no response.
    const client = clientOf("https://192.0.2.1/", { timeout: 300, retry: false });
    await failureOf(client.books.list());
    expect(proxy.requested.length === 0).toBe(isDirect);
  });
});
