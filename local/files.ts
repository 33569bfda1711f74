/**
 * How the services write their files: whole or not at all, so that a full disk leaves nothing half written, and readable by their
 * owner alone.
 */
import { appendFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { isExhaustion, reportExhaustion } from "./exhaustion.ts";

const OWNER_ONLY = 0o600;

/** Replaces a file atomically: a kill or a full disk leaves the old version or the new one. @throws Error when it cannot */
export function replaceFile(file: string, text: string, beside = `${file}.new`): void {
  try {
    writeFileSync(beside, text, { mode: OWNER_ONLY });
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Appends all of a text or nothing. @throws Error when it cannot */
export function appendWhole(file: string, text: string): void {
  const bytesBefore = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  try {
    appendFileSync(file, text, { mode: OWNER_ONLY });
  } catch (error) {
    cutBack(file, bytesBefore);
    throw error;
  }
}

/** Appends to a log. A log must not fail what it is about, so a line for which there is no room is lost. */
export function appendToLog(file: string, text: string): void {
  try {
    appendWhole(file, text);
  } catch (error) {
    if (isExhaustion(error)) reportExhaustion(error);
    else console.error(`The log ${file} cannot be written: ${(error as Error).message}`);
  }
}

function cutBack(file: string, bytes: number): void {
  try {
    truncateSync(file, bytes);
  } catch {
    // There is no file, or it cannot be opened either; then nothing was appended.
  }
}
