import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { launchBrowser } from "../tests/e2e/browser.ts";
import type { BenchOptions, Figure } from "./figure.ts";
import { benchTemplate, callTimesOf, startBenchJob, withInstance, type BenchInstance } from "./instance.ts";

const RECORDS = 500;
const RECORDS_SHORT = 60;

/** From the moment a model's answer is sent until its record is counted on the job's page. */
export async function* screen({ isShort }: BenchOptions): AsyncGenerator<Figure> {
  const records = isShort ? RECORDS_SHORT : RECORDS;
  const delaysMs = await withInstance({ latencyMs: 500 }, async (instance) => {
    const seen = await watchJob(instance, records);
    const log = await readFile(join(instance.data, "model-calls.jsonl"), "utf8");
    // A call that is repeated after an interruption makes no further record.
    const answered = callTimesOf(log)
      .sort((a, b) => a - b)
      .slice(0, records);
    // When the page counts n records, the first n answers have reached the screen.
    return answered.map((at, n) => (seen.find(({ made }) => made > n)?.at ?? Infinity) - at).sort((a, b) => a - b);
  });
  const share = (part: number) => (delaysMs[Math.floor(part * (delaysMs.length - 1))] ?? Infinity) / 1000;
  yield { what: "model's answer to screen, median", value: share(0.5), unit: "s", aim: "≤ 1" };
  yield { what: "model's answer to screen, 95th percentile", value: share(0.95), unit: "s" };
}

interface Observation {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Records that the page counts. */
  readonly made: number;
}

/** Watches a job's page from its start to its end. */
async function watchJob({ outputs, api }: BenchInstance, records: number): Promise<Observation[]> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(outputs.appUrl);
    await page.getByLabel("Email").fill(outputs.demoUser.email);
    await page.getByLabel("Password", { exact: true }).fill(outputs.demoUser.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Jobs", level: 1 }).waitFor();
    await page.evaluate(noteProgress);
    const id = await startBenchJob(api, await benchTemplate(api), records);
    await page.evaluate((path) => {
      history.pushState(null, "", path);
      dispatchEvent(new PopStateEvent("popstate"));
    }, `/jobs/${id}`);
    await page.getByText("Completed", { exact: true }).first().waitFor({ timeout: 120_000 });
    await page.waitForFunction(
      (all) => (window as unknown as { seen: { made: number }[] }).seen.at(-1)?.made === all,
      records,
    );
    return await page.evaluate(() => (window as unknown as { seen: Observation[] }).seen);
  } finally {
    await browser.close();
  }
}

/** Runs in the page: records when its count of records changes. */
function noteProgress(): void {
  const seen: { at: number; made: number }[] = [];
  (window as unknown as { seen: typeof seen }).seen = seen;
  new MutationObserver(() => {
    const text = document.querySelector('[aria-label="Records generated"]')?.getAttribute("aria-valuetext") ?? "";
    const made = Number(/^[\d,]+/.exec(text)?.[0].replaceAll(",", "") ?? 0);
    if (made > 0 && made !== seen.at(-1)?.made) seen.push({ at: Date.now(), made });
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}
