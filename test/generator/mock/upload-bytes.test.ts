/** Uploads and batches with the bytes that Google's clients send. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { jsonIn, startArchive } from "./sockets.js";

/** Every byte, line breaks at both ends, and text like a delimiter. */
const content = Buffer.concat([
  Buffer.from("\r\n--===============7330845974216740156\n"),
  Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  Buffer.from("\r\n--x\r\n\r"),
]);
const metadata = '{"name": "a.bin", "contentType": "image/png"}';

/** Returns a body with line ends as given, between texts and content. */
const body = (end: string, ...lines: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(lines.flatMap((line, index) => [Buffer.from(index === 0 ? "" : end), Buffer.from(line)]));

const python = "===============7330845974216740156==";

/** What Python's MIME library writes, for googleapiclient and for gcloud. */
const pythonParts = [
  `--${python}`,
  "Content-Type: application/json",
  "MIME-Version: 1.0",
  "",
  metadata,
  `--${python}`,
  "Content-Type: application/octet-stream",
  "MIME-Version: 1.0",
  "Content-Transfer-Encoding: binary",
  "",
  content,
  `--${python}--`,
];

describe("a multipart upload", () => {
  const path = "upload/archive/v1/files?uploadType=multipart";

  it.each<[string, string, Buffer]>([
    ["Python's client", `multipart/related; boundary="${python}"`, body("\n", ...pythonParts)],
    ["gcloud and bq", `multipart/related; boundary='${python}'`, body("\n", ...pythonParts, "")],
    [
      "Cloud Storage's client for Python",
      'multipart/related; boundary="==0=="',
      body(
        "\r\n",
        "--==0==",
        "content-type: application/json; charset=UTF-8",
        "",
        metadata,
        "--==0==",
        "content-type: application/octet-stream",
        "",
        content,
        "--==0==--",
      ),
    ],
    [
      "Cloud Storage's client for Node",
      "multipart/related; boundary=51a8b2f4-0b1f-4f2b-9f3a-7d1e6a5c1c11",
      body(
        "\r\n",
        "--51a8b2f4-0b1f-4f2b-9f3a-7d1e6a5c1c11",
        "Content-Type: application/json",
        "",
        metadata,
        "--51a8b2f4-0b1f-4f2b-9f3a-7d1e6a5c1c11",
        "Content-Type: application/octet-stream",
        "",
        content,
        "--51a8b2f4-0b1f-4f2b-9f3a-7d1e6a5c1c11--",
      ),
    ],
    [
      "Go's client",
      "multipart/related; boundary=4f1d8a0c9b7e",
      body(
        "\r\n",
        "--4f1d8a0c9b7e",
        "Content-Type: application/json",
        "",
        `${metadata}\n`,
        "--4f1d8a0c9b7e",
        "Content-Type: application/octet-stream",
        "",
        content,
        "--4f1d8a0c9b7e--",
        "",
      ),
    ],
    [
      "a browser with Google's sample code",
      'multipart/mixed; boundary="-------314159265358979323846"',
      body(
        "\r\n",
        "",
        "---------314159265358979323846",
        "Content-Type: application/json",
        "",
        metadata,
        "---------314159265358979323846",
        "Content-Type: application/octet-stream",
        "Content-Transfer-Encoding: base64",
        "",
        content.toString("base64"),
        "---------314159265358979323846--",
      ),
    ],
    [
      "a browser with a form",
      "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
      body(
        "\r\n",
        "------WebKitFormBoundary7MA4YWxkTrZu0gW",
        'Content-Disposition: form-data; name="metadata"; filename="blob"',
        "Content-Type: application/json",
        "",
        metadata,
        "------WebKitFormBoundary7MA4YWxkTrZu0gW",
        'Content-Disposition: form-data; name="file"; filename="a.bin"',
        "Content-Type: application/octet-stream",
        "",
        content,
        "------WebKitFormBoundary7MA4YWxkTrZu0gW--",
        "",
      ),
    ],
  ])("of %s stores metadata and each byte", async (_client, type, sent) => {
    const { send } = await startArchive();
    for (const length of [{ "content-length": String(sent.length) }, { "transfer-encoding": "chunked" }]) {
      const made = await send("POST", path, { "content-type": type, ...length }, sent);
      expect(made.status).toBe(200);
      const { id, ...file } = jsonIn(made);
      expect(file).toMatchObject({ name: "a.bin", contentType: "image/png", size: String(content.length) });
      const got = await send("GET", `archive/v1/files/${String(id)}?alt=media`);
      expect([got.headers["content-type"], got.bytes.equals(content)]).toEqual(["image/png", true]);
    }
  });

  it("accepts a compressed request", async () => {
    const { send } = await startArchive();
    const sent = gzipSync(body("\n", "--b", "Content-Type: application/json", "", "{}", "--b", "", "hello", "--b--"));
    const headers = { "content-type": "multipart/related; boundary=b", "content-encoding": "gzip" };
    expect(jsonIn(await send("POST", path, headers, sent))).toMatchObject({ size: "5" });
  });

  it("accepts empty metadata", async () => {
    const { send } = await startArchive();
    const sent = body(
      "\r\n",
      "--b",
      "Content-Type: application/json",
      "",
      "",
      "--b",
      "Content-Type: a/b",
      "",
      "",
      "--b--",
    );
    const made = await send("POST", path, { "content-type": "multipart/related; boundary=b" }, sent);
    expect(jsonIn(made)).toMatchObject({ size: "0", contentType: "a/b" });
  });
});

describe("a batch", () => {
  const part = (id: string, ...lines: readonly string[]): readonly string[] => [
    `--${python}`,
    "Content-Type: application/http",
    "MIME-Version: 1.0",
    "Content-Transfer-Encoding: binary",
    `Content-ID: <7b9c1b5e-5c0e-4b0a-8d5d-1c2a8a0f8e11 + ${id}>`,
    "",
    ...lines,
    "",
  ];
  const head = ["Host: 127.0.0.1", "content-length: 0", "", ""];
  const json = (name: string) => JSON.stringify({ name });

  it.each<[string, string, (name: string, url: string) => Buffer]>([
    [
      "Python's client",
      `multipart/mixed; boundary="${python}"`,
      (name) =>
        body(
          "\n",
          ...part(
            "1",
            "POST /archive/v1/files?alt=json HTTP/1.1",
            "Content-Type: application/json",
            "",
            json(name),
            "",
          ),
          ...part("a%20b", "GET /archive/v1/files/none?alt=json HTTP/1.1", ...head),
          `--${python}--`,
        ),
    ],
    [
      "Cloud Storage's client for Python",
      `multipart/mixed; boundary="${python}"`,
      (name, url) =>
        body(
          "\n",
          ...part("1", `POST ${url}archive/v1/files HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${json(name)}`),
          ...part("a%20b", `GET ${url}archive/v1/files/none HTTP/1.1\r\nAccept: */*\r\n\r\n`),
          `--${python}--`,
          "",
        ),
    ],
    [
      "Java's client",
      "multipart/mixed; boundary=__END_OF_PART__1f2e__",
      (name, url) =>
        body(
          "\r\n",
          ...[
            ...part("1", `POST ${url}archive/v1/files HTTP/1.1`, "Content-Type: application/json", "", json(name)),
            ...part("a%20b", `GET ${url}archive/v1/files/none HTTP/1.1`, "", ""),
            `--${python}--`,
            "",
          ].map((line) => line.replace(python, "__END_OF_PART__1f2e__")),
        ),
    ],
  ])("of %s gets complete responses with its ids", async (_client, type, sent) => {
    const { mock, send } = await startArchive();
    for (const path of ["batch", "batch/archive/v1"]) {
      const response = await send("POST", path, { "content-type": type }, sent("x", mock.url));
      expect(response.status).toBe(200);
      const [, boundary] = /boundary=(.+)$/.exec(String(response.headers["content-type"])) ?? [];
      const [, ...parts] = response.bytes.toString("utf8").split(`--${boundary}`);
      const seen = parts.slice(0, -1).map((text) => {
        const [outer = "", inner = "", ...rest] = text.split("\r\n\r\n");
        const [status = "", ...fields] = inner.split("\r\n");
        const length = fields.find((field) => field.startsWith("Content-Length: "))?.slice(16);
        const answer = rest.join("\r\n\r\n").replace(/\r\n$/, "");
        return [/Content-ID: (.*)/.exec(outer)?.[1], status, Number(length) === answer.length, answer.includes('"x"')];
      });
      expect(seen).toEqual([
        ["<response-7b9c1b5e-5c0e-4b0a-8d5d-1c2a8a0f8e11 + 1>", "HTTP/1.1 200 OK", true, true],
        ["<response-7b9c1b5e-5c0e-4b0a-8d5d-1c2a8a0f8e11 + a%20b>", "HTTP/1.1 404 Not Found", true, false],
      ]);
    }
  });
});
