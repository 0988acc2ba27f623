/** Faults in the format of the command line. */
import { describe, expect, it } from "vitest";
import { type Fault, readFault } from "../../../generator/src/mock/index.js";

describe("a fault", () => {
  it.each<[text: string, want: Fault]>([
    ["on=call,status=503", { on: "call", status: 503 }],
    ["after=2, on = call ,status=429", { on: "call", after: 2, status: 429 }],
    ["on=upload,cutAfter=300000", { on: "upload", cutAfter: 300_000 }],
    ["on=download,cutAfter=0", { on: "download", cutAfter: 0 }],
  ])("is read from text: %j", (text, want) => {
    expect(readFault(text)).toEqual(want);
  });

  it.each([
    ["on=cal,status=503", "on must be call, download, upload, not cal"],
    ["status=503", "on must be call, download, upload, not undefined"],
    ["on=call,staus=503", 'unknown member "staus"; use on, after, status, cutAfter; did you mean status?'],
    ["on=call", "set either status or cutAfter"],
    ["on=call,status=503,cutAfter=1", "set either status or cutAfter"],
    ["on=call,status=200", "400 to 599, not 200"],
    ["on=call,status=", 'status must be a non-negative integer, not ""'],
    ["on=call,status=503,after=-1", 'after must be a non-negative integer, not "-1"'],
    ["on=call,status=503,status=500", "status is set twice"],
    ["on=call,__proto__=1", 'unknown member "__proto__"'],
    ["call", '"call" is not name=value'],
    ["", '"" is not name=value'],
  ])("that is not valid is rejected with the reason: %j", (text, why) => {
    expect(() => readFault(text)).toThrow(why);
    expect(() => readFault(text)).toThrow(RangeError);
  });
});
