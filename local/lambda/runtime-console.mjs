/** Writes console output as Lambda's text format does: time, request id, level and message, separated by tabs. */
import { format } from "node:util";

const LEVELS = { log: "INFO", info: "INFO", warn: "WARN", error: "ERROR", debug: "DEBUG", trace: "TRACE" };

/** @param {() => string} requestId of the current event */
export function patchConsole(requestId) {
  for (const [method, level] of Object.entries(LEVELS)) {
    const stream = level === "ERROR" || level === "WARN" ? process.stderr : process.stdout;
    console[method] = (...parts) => {
      stream.write(`${new Date().toISOString()}\t${requestId()}\t${level}\t${format(...parts)}\n`);
    };
  }
}
