/** CRC-32C (RFC 3720 §12.1), eight bytes at a time with the tables of slicing-by-8. */

import { base64 } from "../platform/bytes.js";

/** The reversed Castagnoli polynomial. */
const polynomial = 0x82f63b78;

/** Eight tables of 256 entries in one array. Table k contains the effect of a byte k bytes later. */
const tables: Uint32Array = new Uint32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  tables[byte] = crc;
}
for (let at = 256; at < tables.length; at++) {
  const before = tables[at - 256] ?? 0;
  tables[at] = (before >>> 8) ^ (tables[before & 255] ?? 0);
}

/** The checksum of bytes that arrive in chunks. */
export class Crc32c {
  #crc = -1;

  update(bytes: Uint8Array): void {
    const t = tables;
    let crc = this.#crc;
    let i = 0;
    // The casts are safe: every index is below the length of its array.
    for (const end = bytes.length - 7; i < end; i += 8) {
      const low =
        crc ^
        ((bytes[i] as number) |
          ((bytes[i + 1] as number) << 8) |
          ((bytes[i + 2] as number) << 16) |
          ((bytes[i + 3] as number) << 24));
      crc =
        (t[1792 + (low & 255)] as number) ^
        (t[1536 + ((low >>> 8) & 255)] as number) ^
        (t[1280 + ((low >>> 16) & 255)] as number) ^
        (t[1024 + (low >>> 24)] as number) ^
        (t[768 + (bytes[i + 4] as number)] as number) ^
        (t[512 + (bytes[i + 5] as number)] as number) ^
        (t[256 + (bytes[i + 6] as number)] as number) ^
        (t[bytes[i + 7] as number] as number);
    }
    for (; i < bytes.length; i++) crc = (t[(crc ^ (bytes[i] as number)) & 255] as number) ^ (crc >>> 8);
    this.#crc = crc;
  }

  /** The four bytes in Base64, most significant byte first. */
  digest(): string {
    const bytes = new DataView(new ArrayBuffer(4));
    bytes.setUint32(0, ~this.#crc);
    return base64(new Uint8Array(bytes.buffer));
  }
}
