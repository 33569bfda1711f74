const LIMIT_MS = 10_000;

/** Polls for something without an event. @throws Error after ten seconds */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  while (!(await check())) {
    if (performance.now() > endMs) throw new Error(`After ${LIMIT_MS / 1000} seconds there still was no ${check}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
