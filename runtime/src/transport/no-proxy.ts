/** IP addresses in `NO_PROXY`, which undici compares like names. */
import type { BlockList } from "node:net";

/** Separate by IP version, because Node versions differ in whether `::/0` contains IPv4 addresses. */
interface Ranges {
  readonly text: string;
  readonly ipv4: BlockList;
  readonly ipv6: BlockList;
}

let parsed: Ranges | undefined;

/** Returns whether `NO_PROXY` contains the host's address, or a range with it in CIDR notation (`10.0.0.0/8`). */
export function isExcludedAddress(hostname: string, noProxy: string): boolean {
  const address = withoutBrackets(hostname);
  const version = process.getBuiltinModule("node:net").isIP(address);
  if (version === 0) return false;
  if (parsed?.text !== noProxy) parsed = parse(noProxy);
  const { ipv4, ipv6 } = parsed;
  // An IPv6 address may represent an IPv4 address.
  return version === 4 ? ipv4.check(address) : ipv6.check(address, "ipv6") || ipv4.check(address, "ipv6");
}

/** Parses the value. Ignores entries that are neither an address nor a valid range: names, and typing errors. */
function parse(text: string): Ranges {
  const { BlockList, isIP } = process.getBuiltinModule("node:net");
  const ranges: Ranges = { text, ipv4: new BlockList(), ipv6: new BlockList() };
  for (const entry of text.split(/[,\s]/)) {
    const [address = "", length, ...rest] = entry.split("/");
    const plain = withoutBrackets(address);
    const version = isIP(plain);
    const bits = version === 4 ? 32 : 128;
    if (version === 0 || rest.length > 0 || !(length === undefined || isPrefixLength(length, bits))) continue;
    const type = version === 4 ? "ipv4" : "ipv6";
    ranges[type].addSubnet(plain, length === undefined ? bits : Number(length), type);
  }
  return ranges;
}

function isPrefixLength(text: string, bits: number): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) <= bits;
}

function withoutBrackets(address: string): string {
  return address.replace(/^\[(.*)\]$/, "$1");
}
