/** Logs calls to the user's logger, or to standard error if `DISCOGEN_LOG` is set. */
import { environment, writeLog } from "../platform/node/environment.js";

/** The fields of a message. They contain no secrets. */
export interface LogFields {
  readonly methodId: string;
  readonly [field: string]: unknown;
}

/** Receives messages. Messages of a missing level are dropped. `console` is a logger. */
export interface Logger {
  /** Every request and every response. */
  debug?(message: string, fields: LogFields): void;
  /** Every successful call. */
  info?(message: string, fields: LogFields): void;
  /** Every failed attempt that is retried. */
  warn?(message: string, fields: LogFields): void;
  /** Every failed call. */
  error?(message: string, fields: LogFields): void;
}

/** The level of a message. */
export type LogLevel = "debug" | "error" | "info" | "warn";

/** The least important first. */
const levels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** Writes a message. Never throws, because logging must not make a call fail. */
export type Log = (level: LogLevel, message: string, fields: LogFields) => void;

/** Returns the log of a client, if there is a logger. `DISCOGEN_LOG` also filters messages for the user's logger. */
export function logOf(logger: Logger | undefined): Log | undefined {
  const wanted = environment("DISCOGEN_LOG")?.trim().toLowerCase();
  const least = levels.findIndex((level) => level === wanted);
  if (wanted === "off" || (logger === undefined && least < 0)) return undefined;
  const target = logger ?? standardError;
  return (level, message, fields) => {
    if (levels.indexOf(level) < least) return;
    try {
      target[level]?.(message, fields);
    } catch {
      // An error of the logger must not end the call.
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
