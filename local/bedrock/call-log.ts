/** The book of calls: one JSON line for each answer, on its way to the disk before the answer is on its way to the caller. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** One call and what it used. An error used nothing. */
export interface LoggedCall {
  /** ISO 8601 */
  readonly at: string;
  /** As the caller named it. */
  readonly modelId: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** `ok`, or the error's code: `ThrottlingException` … */
  readonly status: string;
}

export interface CallLog {
  /** Returns once the line is the kernel's, so that it outlives a killed process. */
  append(call: LoggedCall): void;
  close(): void;
}

/** @param file is made with its folder if it is not there, and appended to if it is */
export function openCallLog(file: string): CallLog {
  mkdirSync(dirname(file), { recursive: true });
  const handle = openSync(file, "a");
  return {
    append({ at, modelId, inputTokens, outputTokens, status }) {
      writeSync(handle, `${JSON.stringify({ at, modelId, inputTokens, outputTokens, status })}\n`);
    },
    close: () => closeSync(handle),
  };
}
