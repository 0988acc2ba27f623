/** The sign-in with a browser on the same machine, against a server that verifies it. */
import { chmod, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  type AuthorizedUserKey,
  type LoopbackOptions,
  OAuthClient,
  openBrowser,
} from "../../../../runtime/src/auth.js";
import { temporaryFolder } from "../../../support/folders.js";
import { type Answer, authorizationServer, consentTo, user } from "../../support/authorization-server.js";
import { failureOf } from "../../support/library.js";

const scopes = ["openid", "email", "https://www.googleapis.com/auth/drive"];

interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Answers the consent page like a user, follows the redirect, and keeps the pages of the loopback server. */
function browser(answer?: Answer) {
  const loading: Promise<Shown>[] = [];
  const load = async (url: string, init?: RequestInit): Promise<Shown> => {
    const response = await fetch(url, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const visit = async (url: string, init?: RequestInit): Promise<void> => {
    loading.push(load(url, init));
    await loading.at(-1);
  };
  const open = async (url: string): Promise<void> => visit(await consentTo(url, answer));
  /** The program may end before the browser has read the last page. */
  const shown = (): Promise<Shown[]> => Promise.all(loading);
  return { shown, visit, open };
}

/** The redirect URI in the URL of an authorization page. */
const redirectIn = (url: string): string => new URL(url).searchParams.get("redirect_uri") ?? "";

/** Whether nothing listens any more. */
async function isClosed(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.once("connect", () => resolve((socket.destroy(), false)));
    socket.once("error", () => resolve(true));
  });
}

async function listening(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

async function freePort(): Promise<number> {
  const { port, server } = await listening();
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

describe("authorizeOnLoopback()", () => {
  it("signs a user in, shows a page, and closes its server", async () => {
    const server = await authorizationServer();
    const client = OAuthClient.fromJSON(server.clientFile);
    const { open, shown } = browser();
    const stored: AuthorizedUserKey[] = [];
    const urls: string[] = [];
    const auth = await client.authorizeOnLoopback({
      scopes,
      loginHint: user,
      prompt: "consent",
      onTokens: (key) => void stored.push(key),
      open: (url) => {
        urls.push(url);
        return open(url);
      },
    });
    const token = String((await auth.getRequestHeaders())["authorization"]).replace("Bearer ", "");
    expect(server.isActive(token)).toBe(true);
    expect(auth.grantedScopes).toEqual(scopes);
    expect(stored).toMatchObject([{ account: user, token }]);
    expect(urls).toHaveLength(1);
    expect(redirectIn(String(urls[0]))).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(Object.fromEntries(new URL(String(urls[0])).searchParams)).toMatchObject({
      access_type: "offline",
      login_hint: user,
      prompt: "consent",
    });
    const pages = await shown();
    expect(pages.map(({ status }) => status)).toEqual([200]);
    expect(pages[0]?.text).toMatch(/You are signed in as user@example\.com\..*You can close this window/);
    expect(pages[0]?.text).not.toMatch(/ya29|1\/\/0|4\/0/);
    expect(pages[0]?.headers.get("cache-control")).toBe("no-store");
    expect(pages[0]?.headers.get("referrer-policy")).toBe("no-referrer");
    expect(pages[0]?.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
    expect(await isClosed(redirectIn(String(urls[0])))).toBe(true);
    expect(server.refusals).toEqual([]);
  });

  it("shows which scopes the user did not grant", async () => {
    const server = await authorizationServer();
    const { open, shown } = browser({ without: ["https://www.googleapis.com/auth/drive"] });
    const auth = await OAuthClient.fromJSON(server.clientFile).authorizeOnLoopback({ scopes, open });
    expect(auth.missingScopes(scopes)).toEqual(["https://www.googleapis.com/auth/drive"]);
    const pages = await shown();
    expect(pages[0]?.text).toContain("You did not grant: https://www.googleapis.com/auth/drive.");
  });

  it("reports a denied consent in the program and in the browser", async () => {
    const server = await authorizationServer();
    const { open, shown } = browser({ deny: true });
    const stored: unknown[] = [];
    const onTokens = (key: unknown): void => void stored.push(key);
    const client = OAuthClient.fromJSON(server.clientFile);
    expect(await failureOf(client.authorizeOnLoopback({ scopes, open, onTokens }))).toMatchObject({
      code: "CONSENT_DENIED",
      reason: "access_denied",
    });
    const pages = await shown();
    expect(pages.map(({ status }) => status)).toEqual([400]);
    expect(pages[0]?.text).toMatch(/<h1>Sign-in failed<\/h1>.*no consent: access_denied/);
    expect(stored).toEqual([]);
  });

  it("shows texts of other parties as text", async () => {
    const server = await authorizationServer();
    const { shown, visit } = browser();
    const error = encodeURIComponent('<script>alert("x")</script>&\u202e');
    const open = async (url: string): Promise<void> => {
      const state = String(new URL(url).searchParams.get("state"));
      await visit(`${redirectIn(url)}?error=${error}&error_description=<img/src=x>&state=${state}`);
    };
    await failureOf(OAuthClient.fromJSON(server.clientFile).authorizeOnLoopback({ scopes, open }));
    const pages = await shown();
    expect(pages[0]?.text).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;: &lt;img/src=x&gt;");
    expect(pages[0]?.text).not.toMatch(/<script|<img|\u202e/);
  });

  it("ignores requests that are not the redirect of this sign-in", async () => {
    const server = await authorizationServer();
    const { shown, visit } = browser();
    const open = async (url: string): Promise<void> => {
      const uri = redirectIn(url);
      const state = String(new URL(url).searchParams.get("state"));
      await visit(`${uri}favicon.ico`);
      await visit(`${uri}other?code=a&state=${state}`);
      await visit(`${uri}?code=a&state=${state}`, { method: "POST" });
      await visit(`${uri}?code=a&state=${state}`, { method: "HEAD" });
      await visit(uri);
      await visit(`${uri}?code=a&state=other`);
      await visit(`${uri}?error=access_denied&state=other`);
      await visit(`${uri}?error=access_denied`);
      await visit(`${uri}?code=a&state=${state}&state=other`);
      await visit(await consentTo(url));
    };
    const client = OAuthClient.fromJSON(server.clientFile);
    const auth = await client.authorizeOnLoopback({ scopes, open });
    expect(auth.grantedScopes).toEqual(scopes);
    const pages = await shown();
    expect(pages.map(({ status }) => status)).toEqual([404, 404, 404, 404, 400, 400, 400, 400, 400, 200]);
    expect(pages[5]?.text).toContain("does not belong to the sign-in");
  });

  it("rejects requests for another host, which a web page may have redirected to this machine", async () => {
    const server = await authorizationServer();
    const { visit } = browser();
    const seen: string[] = [];
    const open = async (url: string): Promise<void> => {
      const target = new URL(await consentTo(url));
      seen.push(
        await new Promise((resolve) => {
          const socket = connect(Number(target.port), "127.0.0.1");
          let text = "";
          socket.on("data", (chunk) => void (text += String(chunk)));
          socket.once("close", () => resolve(text));
          socket.write(`GET ${target.pathname}${target.search} HTTP/1.1\r\nHost: attacker.example.com\r\n\r\n`);
        }),
      );
      await visit(target.href);
    };
    await OAuthClient.fromJSON(server.clientFile).authorizeOnLoopback({ scopes, open });
    expect(seen[0]).toMatch(/^HTTP\/1\.1 404 /);
  });

  it("shows the same page to a browser that loads it twice", async () => {
    const server = await authorizationServer();
    const { shown, visit } = browser();
    const open = async (url: string): Promise<void> => {
      const target = await consentTo(url);
      await Promise.all([visit(target), visit(target)]);
    };
    await OAuthClient.fromJSON(server.clientFile).authorizeOnLoopback({ scopes, open });
    const pages = await shown();
    expect(pages.map(({ status }) => status)).toEqual([200, 200]);
    expect(server.refusals).toEqual([]);
  });

  it.each<[string, (uri: string) => string | undefined, object]>([
    ["no browser returns", () => undefined, { code: "CONSENT_TIMEOUT" }],
    ["a request without a state arrives", (uri) => uri, { code: "CONSENT_TIMEOUT" }],
    [
      "only a redirect with another state arrives",
      (uri) => `${uri}?code=a&state=other`,
      { code: "CONSENT_STATE_MISMATCH" },
    ],
  ])("ends at its timeout if %s", async (_name, urlFor, expected) => {
    const server = await authorizationServer();
    const { visit } = browser();
    let uri = "";
    const open = async (url: string): Promise<void> => {
      uri = redirectIn(url);
      const target = urlFor(uri);
      if (target !== undefined) await visit(target);
    };
    const client = OAuthClient.fromJSON(server.clientFile);
    expect(await failureOf(client.authorizeOnLoopback({ scopes, open, timeout: 100 }))).toMatchObject(expected);
    expect(await isClosed(uri)).toBe(true);
  });

  it("ends with an AbortError after an abort", async () => {
    const server = await authorizationServer();
    const client = OAuthClient.fromJSON(server.clientFile);
    const abort = new AbortController();
    let uri = "";
    const open = (url: string): void => {
      uri = redirectIn(url);
      abort.abort();
    };
    expect(await failureOf(client.authorizeOnLoopback({ scopes, open, signal: abort.signal }))).toMatchObject({
      code: "ABORTED",
    });
    expect(await isClosed(uri)).toBe(true);
    const opened: string[] = [];
    const record = (url: string): void => void opened.push(url);
    const error = await failureOf(client.authorizeOnLoopback({ scopes, open: record, signal: abort.signal }));
    expect(error).toMatchObject({ code: "ABORTED" });
    expect(opened).toEqual([]);
  });

  it("ends with the error of `open`, and closes its server", async () => {
    const server = await authorizationServer();
    const client = OAuthClient.fromJSON(server.clientFile);
    let uri = "";
    const problem = new Error("no browser");
    const openers: ((url: string) => void | Promise<void>)[] = [
      (url) => {
        uri = redirectIn(url);
        throw problem;
      },
      async () => {
        throw problem;
      },
    ];
    for (const open of openers) expect(await failureOf(client.authorizeOnLoopback({ scopes, open }))).toBe(problem);
    expect(await isClosed(uri)).toBe(true);
  });

  it("closes its server while connections without a request are open", async () => {
    const server = await authorizationServer();
    const { open, shown } = browser();
    const start = performance.now();
    await OAuthClient.fromJSON(server.clientFile).authorizeOnLoopback({
      scopes,
      open: async (url) => {
        const socket = connect(Number(new URL(redirectIn(url)).port), "127.0.0.1");
        socket.on("error", () => undefined);
        onTestFinished(() => void socket.destroy());
        await new Promise((resolve) => void socket.once("connect", resolve));
        await open(url);
      },
    });
    const pages = await shown();
    expect(pages.map(({ status }) => status)).toEqual([200]);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("listens on a given port", async () => {
    const server = await authorizationServer();
    const port = await freePort();
    const { open } = browser();
    const urls: string[] = [];
    await OAuthClient.fromJSON(server.clientFile).authorizeOnLoopback({
      scopes,
      port,
      open: (url) => {
        urls.push(redirectIn(url));
        return open(url);
      },
    });
    expect(urls).toEqual([`http://127.0.0.1:${String(port)}/`]);
  });

  it("reports a port that is in use", async () => {
    const { port } = await listening();
    const server = await authorizationServer();
    const client = OAuthClient.fromJSON(server.clientFile);
    expect(await failureOf(client.authorizeOnLoopback({ scopes, port, open: () => undefined }))).toMatchObject({
      code: "CONSENT_PORT_UNAVAILABLE",
      message: expect.stringMatching(/cannot listen on port \d+ of this machine: another program uses it/) as unknown,
    });
  });

  it("uses the registered loopback redirect URI of a web client", async () => {
    const [first, second] = [await freePort(), await freePort()];
    const redirectUris = [
      "https://example.com/callback",
      `http://localhost:${String(first)}/callback`,
      `http://127.0.0.1:${String(second)}/sign-in/`,
    ];
    const server = await authorizationServer({ type: "web", redirectUris });
    const client = OAuthClient.fromJSON(server.clientFile);
    const { open, shown } = browser();
    await client.authorizeOnLoopback({ scopes, open });
    await client.authorizeOnLoopback({ scopes, open, port: second });
    expect(server.pages.map((page) => page.get("redirect_uri"))).toEqual(redirectUris.slice(1));
    const pages = await shown();
    expect(pages.map(({ status }) => status)).toEqual([200, 200]);
  });

  it.each<[string, Partial<LoopbackOptions>, RegExp]>([
    ["a web client without a loopback redirect URI", {}, /do not contain a loopback redirect URI/],
    ["a port that is not registered", { port: 8085 }, /with port 8085/],
    ["an impossible port", { port: 99_999 }, /port must be an integer from 0 to 65535/],
    ["a timeout of zero", { timeout: 0 }, /timeout must be a number of milliseconds/],
    ["an opener that is no function", { open: "firefox" as never }, /open must be a function/],
    ["no scopes", { scopes: [] }, /scopes/],
  ])("rejects %s", async (_name, options, message) => {
    const redirectUris = ["https://example.com/callback"];
    const client = new OAuthClient({ type: "web", clientId: "c", clientSecret: "s", redirectUris });
    const installed = new OAuthClient({ clientId: "c" });
    const isInstalled = options.scopes !== undefined;
    const request = (isInstalled ? installed : client).authorizeOnLoopback({
      scopes,
      open: () => undefined,
      ...options,
    });
    expect(await failureOf(request)).toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(message) as unknown,
    });
  });
});

describe("openBrowser()", () => {
  afterEach(() => vi.unstubAllEnvs());

  /** Puts a program in front of the PATH that records its arguments. */
  async function program(script: string): Promise<string> {
    const folder = await temporaryFolder();
    const path = join(folder, "xdg-open");
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    vi.stubEnv("PATH", `${folder}${delimiter}${String(process.env["PATH"])}`);
    vi.stubEnv("DISPLAY", ":0");
    return folder;
  }

  const url = "https://accounts.example.com/?a=1&b=$(touch%20x);'`";

  it("passes the URL as one argument, without a shell", async () => {
    const folder = await program(`printf '%s\\n' "$#" "$1" > "$(dirname "$0")/arguments"`);
    expect(await openBrowser(url)).toBe(true);
    expect(await readFile(join(folder, "arguments"), "utf8")).toBe(`1\n${url}\n`);
  });

  it("reports that the program failed, is missing, or has no screen", async () => {
    await program("exit 3");
    expect(await openBrowser(url)).toBe(false);
    vi.stubEnv("PATH", "/nonexistent");
    expect(await openBrowser(url)).toBe(false);
    await program("exit 0");
    for (const name of ["BROWSER", "DISPLAY", "WAYLAND_DISPLAY"]) vi.stubEnv(name, "");
    expect(await openBrowser(url)).toBe(false);
  });

  it.each(["file:///etc/passwd", "--help", "javascript:alert(1)", "https://a b"])("does not open %s", async (text) => {
    await program("exit 0");
    expect(await openBrowser(text)).toBe(false);
  });

  it("is the default, and prints the URL if there is no browser", async () => {
    for (const name of ["BROWSER", "DISPLAY", "WAYLAND_DISPLAY"]) vi.stubEnv(name, "");
    const lines: string[] = [];
    onTestFinished(() => void vi.restoreAllMocks());
    const server = await authorizationServer();
    const { open } = browser();
    vi.spyOn(process.stderr, "write").mockImplementation((line) => {
      lines.push(String(line));
      void open(/https?:\S+/.exec(String(line))?.[0] ?? "");
      return true;
    });
    await OAuthClient.fromJSON(server.clientFile).authorizeOnLoopback({ scopes });
    expect(lines).toEqual([expect.stringMatching(/^Open this URL in a browser to sign in: http:\S+\n$/)]);
  });
});
