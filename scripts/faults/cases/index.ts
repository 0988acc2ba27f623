/** All faults of the table, by section. */
import type { Fault } from "../fault.js";
import { bodies } from "./bodies.js";
import { connections } from "./connections.js";
import { authentication } from "./authentication.js";
import { aborts, timeouts } from "./slow.js";
import { delays, statuses } from "./statuses.js";
import { uploads } from "./uploads.js";

export interface Section {
  readonly title: string;
  readonly faults: readonly Fault[];
}

export const sections: readonly Section[] = [
  { title: "Connections", faults: connections },
  { title: "Error responses", faults: statuses },
  { title: "Responses that request a delay", faults: delays },
  { title: "Malformed responses", faults: bodies },
  { title: "Authentication", faults: authentication },
  { title: "Uploads in chunks", faults: uploads },
  { title: "Timeouts", faults: timeouts },
  { title: "Aborted calls", faults: aborts },
];
