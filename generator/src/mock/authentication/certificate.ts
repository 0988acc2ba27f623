/** A self-signed X.509 certificate of an RSA key (RFC 5280, DER in PEM): the format in which Google serves its keys. */
import { sign } from "node:crypto";
import type { RsaKeys } from "./key.js";

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = 0x05;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;

/** 1.2.840.113549.1.1.11: sha256WithRSAEncryption. */
const SHA256_WITH_RSA = Buffer.from("2a864886f70d01010b", "hex");
/** 2.5.4.3: commonName. */
const COMMON_NAME = Buffer.from("550403", "hex");

/** The certificate identifies a key of the mock, so its validity does not follow the clock. */
const VALIDITY = ["200101000000Z", "491231235959Z"];

/** Returns a certificate in PEM. */
export function certificateOf({ privateKey, publicKey }: RsaKeys, commonName: string): string {
  const algorithm = der(SEQUENCE, der(OBJECT_IDENTIFIER, SHA256_WITH_RSA), der(NULL));
  const attribute = der(SEQUENCE, der(OBJECT_IDENTIFIER, COMMON_NAME), der(UTF8_STRING, Buffer.from(commonName)));
  const name = der(SEQUENCE, der(SET, attribute));
  const validity = der(SEQUENCE, ...VALIDITY.map((time) => der(UTC_TIME, Buffer.from(time))));
  const key = publicKey.export({ type: "spki", format: "der" });
  const unsigned = der(SEQUENCE, der(INTEGER, Buffer.of(1)), algorithm, name, validity, name, key);
  // The first byte of a bit string counts its unused bits.
  const signature = der(BIT_STRING, Buffer.of(0), sign("sha256", unsigned, privateKey));
  const lines =
    der(SEQUENCE, unsigned, algorithm, signature)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

/** Returns a DER value: tag, length, contents. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  // Two bytes of length are enough for a certificate with an RSA key.
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
