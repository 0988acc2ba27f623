/** Where a client tells what it does: the user's logger, or standard error by `DISCOGEN_LOG`. */
import { environment, writeLog } from "../platform/node/environment.js";

/** Fields of a message, free of secrets. */
export interface LogFields {
  readonly methodId: string;
  readonly [field: string]: unknown;
}

/** Takes messages. A level that is missing is left out; `console` is one of these. */
export interface Logger {
  /** Every attempt with its request, and every answer. */
  debug?(message: string, fields: LogFields): void;
  /** Every call that is done. */
  info?(message: string, fields: LogFields): void;
  /** Every attempt that failed and is repeated. */
  warn?(message: string, fields: LogFields): void;
  /** Every call that failed. */
  error?(message: string, fields: LogFields): void;
}

/** Levels of messages, the least important first. */
export type LogLevel = "debug" | "error" | "info" | "warn";

const levels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** Writes a message; never throws, since a call must not fail for its log. */
export type Log = (level: LogLevel, message: string, fields: LogFields) => void;

/** The log of a client; `undefined` where nobody wants one. `DISCOGEN_LOG` also cuts what a logger of the user's gets. */
export function logOf(logger: Logger | undefined): Log | undefined {
  const asked = environment("DISCOGEN_LOG")?.trim().toLowerCase();
  const least = levels.findIndex((level) => level === asked);
  if (asked === "off" || (logger === undefined && least < 0)) return undefined;
  const target = logger ?? standardError;
  return (level, message, fields) => {
    if (levels.indexOf(level) < least) return;
    try {
      target[level]?.(message, fields);
    } catch {
      // Whoever logs has to see to their logger.
    }
  };
}

const write =
  (level: LogLevel) =>
  (message: string): void =>
    writeLog(`${new Date().toISOString()} discogen ${level} ${message}`);

const standardError: Logger = {
  debug: write("debug"),
  info: write("info"),
  warn: write("warn"),
  error: write("error"),
};
