/** Every fault of the table, by section. */
import type { Fault } from "../fault.js";
import { bodies } from "./bodies.js";
import { connections } from "./connections.js";
import { signIn } from "./sign-in.js";
import { aborts, limits } from "./slow.js";
import { pauses, statuses } from "./statuses.js";
import { uploads } from "./uploads.js";

export interface Section {
  readonly title: string;
  readonly faults: readonly Fault[];
}

export const sections: readonly Section[] = [
  { title: "Connections", faults: connections },
  { title: "Answers that say no", faults: statuses },
  { title: "Answers that ask for a pause", faults: pauses },
  { title: "Answers that are not what they should be", faults: bodies },
  { title: "Sign-in", faults: signIn },
  { title: "Uploads in parts", faults: uploads },
  { title: "Time limits", faults: limits },
  { title: "Cancelling", faults: aborts },
];
