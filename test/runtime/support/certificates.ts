/** X.509 certificates for tests (RFC 5280), signed by an authority that is created in each run. */
import { type KeyObject, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A certificate and its key, both PEM. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

function der(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const commonName = (name: string): Buffer => sequence(der(0x31, sequence(oid("550403"), der(0x0c, name))));
const time = (date: Date): Buffer => der(0x18, date.toISOString().replace(/[-:T]|\.\d+/g, ""));
const ecdsaWithSha256: Buffer = sequence(oid("2a8648ce3d040302"));
const day = 24 * 3600 * 1000;

function certify(
  subject: string,
  publicKey: KeyObject,
  issuer: string,
  issuerKey: KeyObject,
  isAuthority: boolean,
): string {
  const extensions = [
    // basicConstraints
    sequence(oid("551d13"), der(0x04, sequence(...(isAuthority ? [der(0x01, Buffer.from([0xff]))] : [])))),
    // subjectAltName: the name and 127.0.0.1
    sequence(oid("551d11"), der(0x04, sequence(der(0x82, subject), der(0x87, Buffer.from([127, 0, 0, 1]))))),
  ];
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ecdsaWithSha256,
    commonName(issuer),
    sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + day))),
    commonName(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", content, issuerKey);
  const certificate = sequence(content, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  // Without an empty line at the end, which would be invalid.
  const lines = certificate.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

const authorityName = "test authority";
const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** The certificate of the authority, PEM. */
export const ca: string = certify(authorityName, authority.publicKey, authorityName, authority.privateKey, true);

/** A certificate of the authority for this name and for 127.0.0.1, for servers and clients. */
export function certificateFor(name: string): Certified {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    cert: certify(name, publicKey, authorityName, authority.privateKey, false),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
