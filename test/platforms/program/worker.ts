/** A worker: runs the checks when it gets a request with the input as its body. */
import { runChecks } from "./checks.ts";

const worker = {
  async fetch(request: Request): Promise<Response> {
    await runChecks({ input: await request.json() });
    return new Response("done");
  },
};

export default worker;
