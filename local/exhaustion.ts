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

/** Tells the operator that the machine has run out of something, at most once a minute for each thing. */
export function reportExhaustion(error: unknown): void {
  const code = codeOf(error);
  if (code === undefined) return;
  const nowMs = performance.now();
  if (nowMs - (reportedAtMs.get(code) ?? -Infinity) < REPORT_EVERY_MS) return;
  reportedAtMs.set(code, nowMs);
  console.error(
    `The local cloud has no room: ${MEANINGS[code]} (${code}). Requests that need some fail until there is; free some, and they work again.`,
  );
}

/** How an error is logged: with its stack, unless the machine rather than the code is the reason, which the operator is told. */
export function failureText(error: unknown): string {
  reportExhaustion(error);
  if (isExhaustion(error)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const MOST_CAUSES = 5;

function codeOf(error: unknown): string | undefined {
  let each = error;
  for (let depth = 0; typeof each === "object" && each !== null && depth < MOST_CAUSES; depth += 1) {
    const { code, message, cause } = each as { code?: unknown; message?: unknown; cause?: unknown };
    if (typeof code === "string" && Object.hasOwn(MEANINGS, code)) return code;
    const inMessage = codeIn(String(message));
    if (inMessage) return inMessage;
    each = cause;
  }
  return undefined;
}

/** LevelDB passes on the system's own text only. */
function codeIn(message: string): string | undefined {
  if (!message.startsWith("IO error:")) return undefined;
  if (message.includes("No space left on device")) return "ENOSPC";
  if (message.includes("Disk quota exceeded")) return "EDQUOT";
  if (message.includes("File too large")) return "EFBIG";
  return message.includes("Too many open files") ? "EMFILE" : undefined;
}
