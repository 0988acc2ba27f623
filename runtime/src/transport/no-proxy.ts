/** Addresses in `NO_PROXY`, which undici compares as names. */
import type { BlockList } from "node:net";

let parsedText = "";
let parsed: BlockList | undefined;

/** Returns whether `NO_PROXY` lists the address of this host: itself or a range of CIDR, for instance `10.0.0.0/8`. */
export function isExcludedAddress(hostname: string, noProxy: string): boolean {
  const address = withoutBrackets(hostname);
  const { isIP } = process.getBuiltinModule("node:net");
  const version = isIP(address);
  if (version === 0) return false;
  if (noProxy !== parsedText) {
    parsed = parse(noProxy);
    parsedText = noProxy;
  }
  return parsed?.check(address, version === 4 ? "ipv4" : "ipv6") ?? false;
}

/** Entries that are no address and no range are not read: names, and typing errors. */
function parse(noProxy: string): BlockList {
  const { BlockList, isIP } = process.getBuiltinModule("node:net");
  const list = new BlockList();
  for (const entry of noProxy.split(/[,\s]/)) {
    const [address = "", length, ...rest] = entry.split("/");
    const plain = withoutBrackets(address);
    const version = isIP(plain);
    const bits = version === 4 ? 32 : 128;
    if (version === 0 || rest.length > 0 || !(length === undefined || isPrefixLength(length, bits))) continue;
    list.addSubnet(plain, length === undefined ? bits : Number(length), version === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

function isPrefixLength(text: string, bits: number): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) <= bits;
}

function withoutBrackets(address: string): string {
  return address.replace(/^\[(.*)\]$/, "$1");
}
