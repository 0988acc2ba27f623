/** What a program that uses a library costs the compiler. */
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { COMPILERS } from "./type-check.js";

export interface Program {
  /** Of the file; programs of one folder have names of their own. */
  readonly name: string;
  readonly text: string;
  /** Type packages that are there for everyone, such as `node`. Default: none. */
  readonly types?: readonly string[];
  /** Default: true. */
  readonly skipLibCheck?: boolean;
}

export interface CheckCost {
  readonly types: number;
  readonly instantiations: number;
  /** MB in use at the end, as the compiler tells it. */
  readonly memory: number;
  /** MB that the process held at its peak, Node and the compiler itself among them. */
  readonly peak: number;
  /** Milliseconds from reading the first file to the last complaint, as the compiler tells it. */
  readonly time: number;
  /** Milliseconds of the whole process: Node's start and that of the compiler come on top. */
  readonly wallTime: number;
  /** Complaints, one a line; empty when all is well. */
  readonly errors: string;
}

const tellPeak = `data:text/javascript,process.on("exit",()=>console.log("Peak: "+process.resourceUsage().maxRSS))`;

/** A program without any library: what has to be paid anyhow. */
export const BARE = "export {};\n";

/** Checks a program of a folder with TypeScript 5.9, the one that tells most. */
export async function checkCost(folder: string, program: Program): Promise<CheckCost> {
  const { name, text, types = [], skipLibCheck = true } = program;
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022"],
    types,
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck,
  };
  const config = join(folder, `${name}.tsconfig.json`);
  await writeFile(join(folder, `${name}.ts`), text);
  await writeFile(config, JSON.stringify({ compilerOptions, files: [`${name}.ts`] }));
  const start = performance.now();
  const { stdout, stderr, error } = spawnSync(
    process.execPath,
    ["--import", tellPeak, COMPILERS["5.9"], "-p", config, "--extendedDiagnostics", "--pretty", "false"],
    { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 },
  );
  const wallTime = performance.now() - start;
  if (error !== undefined) throw error;
  const figure = (label: string): number => {
    const found = new RegExp(String.raw`^${label}:\s+([\d.]+)`, "m").exec(stdout)?.[1];
    if (found === undefined) throw new Error(`the compiler told no "${label}": ${stdout}${stderr}`.slice(0, 2000));
    return Number(found);
  };
  return {
    types: figure("Types"),
    instantiations: figure("Instantiations"),
    memory: figure("Memory used") / 1024,
    peak: figure("Peak") / 1024,
    time: figure("Total time") * 1000,
    wallTime,
    errors: stdout
      .split("\n")
      .filter((line) => line.includes("error TS"))
      .join("\n"),
  };
}
