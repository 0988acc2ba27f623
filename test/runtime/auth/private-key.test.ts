/** Private keys as environment variables, secret stores and configuration files pass them on. */
import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { importPKCS8 } from "jose";
import { describe, expect, it } from "vitest";
import { readPrivateKey } from "../../../runtime/src/auth/private-key.js";
import { pkcs1, pkcs8 } from "../support/keys.js";

const lines = pkcs8.trim().split("\n");
const content = lines.slice(1, -1);
const joined = content.join("");
const marked = (body: string, label = "PRIVATE KEY"): string =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
const repeat = (times: number, change: (text: string) => string): string =>
  Array.from({ length: times }).reduce<string>((text) => change(text), pkcs8);
const quoted = (text: string): string => JSON.stringify(text);
const keyOf = (reading: ReturnType<typeof readPrivateKey>): string => ("pem" in reading ? reading.pem : reading.fault);

const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = { type: "pkcs8", format: "pem" } as const;
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const privateKeyOf = (pair: { readonly privateKey: typeof ec }): string => pair.privateKey.export(pem).toString();

const repaired: readonly (readonly [string, string])[] = [
  ["PKCS#8", pkcs8],
  ["PKCS#1", pkcs1],
  ["PKCS#1 with the label of PKCS#8", pkcs1.replaceAll("RSA ", "")],
  ["PKCS#8 with the label of PKCS#1", pkcs8.replaceAll("PRIVATE", "RSA PRIVATE")],
  ["CRLF", pkcs8.replaceAll("\n", "\r\n")],
  ["CR", pkcs8.replaceAll("\n", "\r")],
  ["backslash and n", pkcs8.replaceAll("\n", "\\n")],
  ["backslash and r, backslash and n", pkcs8.replaceAll("\n", "\\r\\n")],
  ["two backslashes and n", pkcs8.replaceAll("\n", "\\\\n")],
  ["backslashes before real line breaks", pkcs8.replaceAll("\n", "\\\n")],
  ["a JSON string", quoted(pkcs8)],
  ["a JSON string in a JSON string in a JSON string", repeat(3, quoted)],
  ["single quotes", `'${pkcs8.replaceAll("\n", "\\n")}'`],
  ["escaped single quotes", `\\'${pkcs8}\\'`],
  ["typographic quotes", `“${pkcs8.trim()}”`],
  ["quotes that a program joins", lines.map((line) => `"${line}\\n"`).join(" +\n  ")],
  ["spaces for line breaks", lines.join(" ")],
  ["tabs for line breaks", lines.join("\t")],
  ["non-breaking spaces for line breaks", lines.join("\u00a0")],
  ["no line breaks", lines.join("")],
  ["blank lines between lines", lines.join("\n\n\n")],
  ["no line break after the first line", pkcs8.replace("-----\n", "-----")],
  ["indentation", lines.map((line) => `    ${line}`).join("\n")],
  ["a YAML block", `|\n${lines.map((line) => `\t  ${line}`).join("\r\n")}`],
  ["a folded YAML block", `>-\n  ${lines.join(" \n  ")}`],
  ["a line break in a marker", pkcs8.replaceAll("PRIVATE KEY", "PRIVATE\n  KEY")],
  ["a byte order mark", `\ufeff${pkcs8}`],
  ["zero-width spaces", lines.join("\u200b\n\u2060")],
  ["dashes that an editor joined", pkcs8.replaceAll("-----", "—")],
  ["no dashes", pkcs8.replaceAll("-----", "")],
  [
    "characters that JSON may escape",
    quoted(pkcs8).replaceAll("=", "\\u003d").replaceAll("+", "\\u002b").replaceAll("/", "\\/"),
  ],
  ["percent-encoding", encodeURIComponent(pkcs8)],
  ["percent-encoding twice", encodeURIComponent(encodeURIComponent(pkcs8))],
  ["form encoding", new URLSearchParams({ key: pkcs8 }).toString().slice(4)],
  ["spaces for plus signs", pkcs8.replaceAll("+", " ")],
  ["n for line breaks", lines.join("n")],
  ["rn for line breaks", lines.join("rn")],
  ["/n for line breaks", lines.join("/n")],
  ["no padding", pkcs8.replaceAll("=", "")],
  ["Base64 of the PEM", Buffer.from(pkcs8).toString("base64")],
  ["Base64url of the PEM", Buffer.from(pkcs8).toString("base64url")],
  ["only Base64", content.join("\n")],
  ["no first line, but all bytes", lines.slice(1).join("\n")],
  ["no last line, but all bytes", lines.slice(0, -1).join("\n")],
  ["a typing error in the last line", pkcs8.replace("END", "EDN")],
  ["text around it", `Bag Attributes\n  Key Attributes: <No Attributes>\n${pkcs8}\n# end`],
  ["a certificate before it", marked("MIIB", "CERTIFICATE") + pkcs8],
  ["the same key twice", pkcs8 + pkcs8],
];

describe("a private key is repaired", () => {
  it.each(repaired)("%s", async (_name, text) => {
    const key = keyOf(readPrivateKey(text));
    expect(key).toBe(marked(joined));
    await importPKCS8(key, "RS256");
  });
});

const rejected: readonly (readonly [string, string, string])[] = [
  ["blank", " \n", "is blank"],
  ["text", "hunter2", "is not a private key in PEM: it has no line -----BEGIN PRIVATE KEY-----"],
  [
    "no last line",
    lines.slice(0, 9).join("\n"),
    "is cut off: its last line, -----END PRIVATE KEY-----, is missing or damaged, and only 384 of its 1,2",
  ],
  [
    "no first line",
    lines.slice(9).join("\n"),
    "is damaged: its first line, -----BEGIN PRIVATE KEY-----, is missing or damaged, and ",
  ],
  ["only the first line", "-----BEGIN PRIVATE KEY-----\\n", "is incomplete: its last line"],
  ["nothing between its lines", marked(""), "is incomplete: nothing is between its first and last line"],
  ["a line is missing", pkcs8.replace(`${content[7] ?? ""}\n`, ""), "is incomplete: only 1,1"],
  ["a line is there twice", pkcs8.replace(content[7] ?? "", (line) => `${line}\n${line}`), "is damaged: it has 1,2"],
  [
    "a character is missing",
    marked(
      joined
        .replace(/=*$/, "")
        .slice(0, -1)
        .padEnd(joined.length - 3, "A")
        .slice(0, ((joined.length >> 2) << 2) - 3),
    ),
    "which is not a multiple of 4",
  ],
  [
    "a character was changed",
    marked(joined.replace(/^(.{800})(.)/, (_all, head: string, one: string) => head + (one === "A" ? "B" : "A"))),
    "is damaged: it has its full length, but the numbers of the RSA key contradict each other",
  ],
  ["lines in another order", [lines[0], ...content.toReversed(), lines.at(-1)].join("\n"), "is damaged: "],
  ["a character that is not Base64", marked(joined.replace(/^(.{65})./, "$1*")), "is damaged: character 66 of its 1,6"],
  [
    "a wrong label",
    pkcs8.replaceAll("PRIVATE", "FOO"),
    "has a wrong label in its first line: -----BEGIN PRIVATE KEY----- is expected",
  ],
  ["another label", pkcs8.replaceAll("PRIVATE", "PGP PRIVATE"), "is a PEM with another label"],
  ["parameters", marked("BggqhkjOPQMBBw==", "EC PARAMETERS"), "is a PEM of another kind"],
  ["a certificate", marked("MIIB", "CERTIFICATE"), "is a certificate, not a private key"],
  [
    "a public key",
    other.publicKey.export({ type: "spki", format: "pem" }).toString(),
    "is a public key, not a private key",
  ],
  [
    "a public key with the label of a private key",
    marked(other.publicKey.export({ type: "spki", format: "der" }).toString("base64")),
    "is a public key, not a private key",
  ],
  ["a public key for SSH", "ssh-rsa AAAAB3NzaC1yc2E= a@b", "is a public key for SSH"],
  [
    "encrypted PKCS#8",
    other.privateKey.export({ ...pem, cipher: "aes-256-cbc", passphrase: "x" }).toString(),
    "is encrypted, and this library takes no passphrase. Decrypt it with `openssl pkey -in ",
  ],
  [
    "encrypted PKCS#1",
    other.privateKey
      .export({ ...pem, type: "pkcs1", cipher: "aes-256-cbc", passphrase: "x" })
      .toString()
      .replaceAll("\n", "\\n"),
    "is encrypted",
  ],
  [
    "encrypted PKCS#8 without its label",
    other.privateKey
      .export({ ...pem, cipher: "aes-256-cbc", passphrase: "x" })
      .toString()
      .replaceAll("ENCRYPTED ", ""),
    "is encrypted",
  ],
  ["two keys", pkcs8 + other.privateKey.export(pem).toString(), "contains more than one private key"],
  ["EC", ec.export(pem).toString(), "is not an RSA private key but one for EC. Service accounts sign with RSA"],
  ["EC in SEC1", ec.export({ ...pem, type: "sec1" }).toString(), "is not an RSA private key but one for EC"],
  [
    "EC in SEC1 with the label of PKCS#8",
    ec
      .export({ ...pem, type: "sec1" })
      .toString()
      .replaceAll("EC ", ""),
    "is not an RSA private key but one for EC",
  ],
  ["Ed25519", privateKeyOf(generateKeyPairSync("ed25519")), "is not an RSA private key but one for Ed25519"],
  ["X448", privateKeyOf(generateKeyPairSync("x448")), "is not an RSA private key but one for X448"],
  [
    "RSA-PSS",
    privateKeyOf(generateKeyPairSync("rsa-pss", { modulusLength: 2048 })),
    "is not an RSA private key but one for RSA-PSS",
  ],
  [
    "1024 bits",
    privateKeyOf(generateKeyPairSync("rsa", { modulusLength: 1024 })),
    "is an RSA key of 1024 bits. Google takes keys from 2048 bits on",
  ],
  ["OpenSSH", marked("b3BlbnNzaC1rZXktdjEA", "OPENSSH PRIVATE KEY"), "is a key for OpenSSH"],
  [
    "PKCS#12 in Base64",
    Buffer.from("3013020103300e06092a864886f70d010701a0010000".slice(0, 42), "hex").toString("base64"),
    "is a PKCS#12 key",
  ],
  ["a JWK", JSON.stringify(other.privateKey.export({ format: "jwk" })), "is a JWK, not a PEM"],
  ["the complete key file", JSON.stringify({ private_key: pkcs8 }), "is JSON, probably the complete key file"],
  ["dots", marked("..."), "is a placeholder, not a key"],
  ["an abbreviated key", `${pkcs8.slice(0, 100)}…${pkcs8.slice(-60)}`, "is a placeholder, not a key"],
  ["REDACTED", marked("REDACTED"), "is a placeholder, not a key"],
  ["a placeholder without lines", "<your private key>", "is a placeholder, not a key"],
  ["undefined", "undefined", "is a placeholder, not a key"],
  ["a fingerprint", `SHA256:${"a".repeat(43)}`, "is a fingerprint or the id of a key"],
  ["an id", "3f2b".repeat(10), "is a fingerprint or the id of a key (private_key_id), not the key"],
  ["a path", "/etc/keys/service.pem", "is the path of a file, not its content"],
  ["a variable", "${PRIVATE_KEY}", "is the name of a variable that was not replaced by its value"],
  ["a reference", "projects/p/secrets/s/versions/latest", "is a reference to a secret, not its value"],
  ["a very long text", "a".repeat(70_000), "is too long for a private key"],
];

it.each(rejected)("the message says what is wrong: %s", (_name, text, message) => {
  expect(keyOf(readPrivateKey(text))).toContain(message);
});

/** Changes that happen to keys, each of which leaves one reading. */
const changes: readonly ((text: string) => string)[] = [
  (text) => text.replaceAll("\n", "\r\n"),
  (text) => text.replaceAll("\n", "\\n"),
  (text) => text.replaceAll(/\r?\n/g, " "),
  (text) => text.replaceAll("\n", "\n\n"),
  (text) => text.replaceAll("\n", "\n\t  "),
  (text) => text.replaceAll(" ", "\u00a0"),
  (text) => text.replaceAll("\\", "\\\\"),
  (text) => text.trim(),
  (text) => `\ufeff${text}`,
  (text) => `  ${text}  `,
  (text) => `'${text}'`,
  quoted,
  encodeURIComponent,
];

it("repairs every combination of changes", () => {
  const combination = fc.array(fc.constantFrom(...changes), { maxLength: 5 });
  fc.assert(
    fc.property(fc.constantFrom(pkcs1, pkcs8), combination, (key, list) => {
      const text = list.reduce((all, change) => change(all), key);
      fc.pre((text.match(/%25/g) ?? []).length === 0 && text.length < 65_536);
      expect(keyOf(readPrivateKey(text))).toBe(marked(joined));
    }),
    { numRuns: 300 },
  );
});

it("contains nothing of the key in messages about damaged keys", () => {
  const parts = new Set(Array.from({ length: joined.length - 7 }, (_unused, index) => joined.slice(index, index + 8)));
  const damage = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    size: fc.nat(200),
    insert: fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom("", " ", "-----", "BEGIN ", "\\n", '"', "{", "%41", "="),
    ),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...repaired.map(([, text]) => text)),
      fc.array(damage, { minLength: 1, maxLength: 4 }),
      (start, list) => {
        const text = list.reduce((all, { at, insert, size }) => {
          const index = Math.floor(at * all.length);
          return all.slice(0, index) + insert + all.slice(index + size);
        }, start);
        const reading = readPrivateKey(text);
        const pem = "pem" in reading ? reading.pem : marked(joined);
        expect(pem).toBe(marked(joined));
        const message = "fault" in reading ? reading.fault : "";
        const shown = Array.from(message, (_unused, index) => message.slice(index, index + 8));
        expect(shown.filter((part) => parts.has(part))).toEqual([]);
      },
    ),
    { numRuns: 1000 },
  );
});

it("takes linear time for any text", () => {
  for (const part of ["-", " ", "\\", "BEGIN ", "-----BEGIN PRIVATE KEY-----", '"', "'+", "A", "\n", "%41", "<"])
    expect(readPrivateKey(part.repeat(Math.floor(65_000 / part.length)))).toHaveProperty("fault");
});
