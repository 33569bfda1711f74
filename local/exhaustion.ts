/**
 * A full disk or a lack of file descriptors. Neither ends the cloud: what needs them fails with its service's own error, which
 * clients retry, and works again once there is room.
 */

const MEANINGS: Readonly<Record<string, string>> = {
  ENOSPC: "its disk is full",
  EDQUOT: "its disk quota is used up",
  EFBIG: "a file reached the size limit",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open on this machine",
};
const REPORT_EVERY_MS = 60_000;
const reportedAtMs = new Map<string, number>();

/** Whether an error, or its cause, means that the machine has run out of something. */
export function isExhaustion(error: unknown): boolean {
  return codeOf(error) !== undefined;
}

/** Tells the operator about an exhaustion, at most once a minute for each kind. */
export function reportExhaustion(error: unknown): void {
  const code = codeOf(error);
  if (code === undefined) return;
  const nowMs = performance.now();
  if (nowMs - (reportedAtMs.get(code) ?? -Infinity) < REPORT_EVERY_MS) return;
  reportedAtMs.set(code, nowMs);
  console.error(
    `The local cloud cannot write its data: ${MEANINGS[code]} (${code}). Requests fail until there is room; free some, and they work again.`,
  );
}

/** How an error is logged: with its stack, unless the machine and not the code is the reason. */
export function describeFailure(error: unknown): string {
  if (isExhaustion(error)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function codeOf(error: unknown): string | undefined {
  for (let each = error, depth = 0; each instanceof Object && depth < 5; depth += 1) {
    const { code, message, cause } = each as { code?: unknown; message?: unknown; cause?: unknown };
    if (typeof code === "string" && code in MEANINGS) return code;
    // LevelDB reports the system's error in its message only.
    if (/No space left on device/.test(String(message))) return "ENOSPC";
    if (/Disk quota exceeded/.test(String(message))) return "EDQUOT";
    if (/Too many open files/.test(String(message))) return "EMFILE";
    each = cause;
  }
  return undefined;
}
