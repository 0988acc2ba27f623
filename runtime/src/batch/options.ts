/** Checks the options of sending a batch. */
import { type Known, checkNames } from "../call/check-names.js";
import { type BatchOptions, checkSignal } from "../call/options.js";
import { type Fault, InvalidRequestError, addFault } from "../errors.js";

/** Default and maximum of `BatchOptions.size`, Google's limit (https://developers.google.com/calendar/batch). */
export const largestBatch: number = 1000;

const batchOptions: Known<BatchOptions> = { signal: 1, size: 1 };

/** Checks the options of sending a batch. */
export function checkBatchOptions(subject: string, options: BatchOptions): void {
  const faults: Fault[] = [];
  checkNames(options, batchOptions, faults);
  checkSignal(options, faults);
  const { size } = options;
  if (size !== undefined && !(Number.isInteger(size) && size >= 1 && size <= largestBatch))
    addFault(faults, "size", `must be an integer from 1 to ${String(largestBatch)}`);
  if (faults.length > 0) throw new InvalidRequestError(subject, faults);
}
