/** The log of calls: one JSON line per answer, written before the answer is sent. */
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** One call and its usage. An error uses nothing. */
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
  /**
   * Returns once the kernel has the line, so that it survives a killed process.
   * @throws Error when there is no room for it; then nothing of it is written
   */
  append(call: LoggedCall): void;
  close(): void;
}

/** @param file created, with its folder, if missing; appended to otherwise */
export function openCallLog(file: string): CallLog {
  mkdirSync(dirname(file), { recursive: true });
  const handle = openSync(file, "a", 0o600);
  let bytesBefore = fstatSync(handle).size;
  return {
    append({ at, modelId, inputTokens, outputTokens, status }) {
      const line = Buffer.from(`${JSON.stringify({ at, modelId, inputTokens, outputTokens, status })}\n`);
      try {
        if (writeSync(handle, line) < line.length)
          throw Object.assign(new Error("ENOSPC: half a line"), { code: "ENOSPC" });
      } catch (error) {
        ftruncateSync(handle, bytesBefore);
        throw error;
      }
      bytesBefore += line.length;
    },
    close: () => closeSync(handle),
  };
}
