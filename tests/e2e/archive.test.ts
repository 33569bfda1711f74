/** Three days later: how the lifecycle archives datasets, what the user sees, and how a dataset is restored. */
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { createHash, randomUUID } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { openApi, type Api } from "../../cli/api.ts";
import { followJob } from "../../cli/job-watch.ts";
import { launchBrowser } from "./browser.ts";
import { startProduct, until, type Product } from "./product.ts";

const DAY_MS = 86_400_000;
/** S3 acts at the following midnight. */
const UNTIL_ARCHIVED_MS = 4 * DAY_MS;
const ARCHIVE = "state archiveClass requestedAt restoredUntil";
const ARCHIVE_QUERY = `query ($id: ID!) { getDatasetArchive(jobId: $id) { ${ARCHIVE} } }`;

let product: Product;

describe("with archiveClass flexible", () => {
  let browser: Browser;
  beforeAll(async () => {
    [product, browser] = await Promise.all([startProduct({ context: { archiveClass: "flexible" } }), launchBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await product?.end();
  });

  test("a dataset is archived with its smallest files, its page offers Restore and reports when it is done, and the bytes are the same", async () => {
    const job = await withApi(async (api) => {
      const created = await createDataset(api);
      expect(await archiveOf(api, created.id)).toMatchObject({ state: "AVAILABLE", archiveClass: null });
      return { ...created, checksums: await download(api, created) };
    });
    product.cloud.clock.advance(UNTIL_ARCHIVED_MS);
    const later = await objectClasses();
    expect(new Set(later.filter(isOf("datasets/", job.id)).map(({ storageClass }) => storageClass))).toEqual(
      new Set(["GLACIER"]),
    );
    expect(Math.min(...later.filter(isOf("datasets/", job.id)).map(({ bytes }) => bytes))).toBeLessThan(1_000);
    // Parts stay readable as long as they exist: a job can be extended.
    expect(
      later.filter(({ key, storageClass }) => !key.startsWith("datasets/") && storageClass !== "STANDARD"),
    ).toEqual([]);

    const { page, pushed } = await jobPage(browser, job.id);
    await page.getByText(/Datasets are archived after 3 days\. Restoring this one takes 3 to 5 hours/).waitFor();
    await page.getByText("dataset.csv").waitFor();
    expect(await page.getByRole("button", { name: /^Download/ }).count()).toBe(0);
    await withApi(async (api) => {
      expect(await archiveOf(api, job.id)).toMatchObject({ state: "ARCHIVED", archiveClass: "FLEXIBLE" });
      await expect(download(api, job)).rejects.toThrow(
        /^"[\w.-]+" is archived; restore the dataset first, which takes 3 to 5 hours\.$/i,
      );
    });
    await saveScreenshot(page, "archived");

    const elsewhere = await page.context().newPage();
    await elsewhere.goto(`${product.outputs.appUrl}/templates`);
    await elsewhere.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Restore" }).click();
    await page.getByText(/^Restoring the dataset from the archive/).waitFor();
    expect(await page.getByRole("button", { name: "Restore" }).count()).toBe(0);
    await page.getByText(/has been restored and can be downloaded until/).waitFor({ timeout: 30_000 });
    expect(pushed.some((text) => text.includes('"state":"RESTORED"'))).toBe(true);
    await page.getByRole("button", { name: "Download dataset.csv" }).waitFor();
    await saveScreenshot(page, "restored");
    await elsewhere.getByText("The dataset of Archived wonders has been restored from the archive.").waitFor();
    await saveScreenshot(elsewhere, "elsewhere");
    await elsewhere.getByRole("link", { name: "Archived wonders" }).click();
    await elsewhere.getByText(/has been restored and can be downloaded until/).waitFor();
    expect(await elsewhere.getByText("The dataset of Archived wonders has been restored").count()).toBe(0);
    await withApi(async (api) => {
      expect(await archiveOf(api, job.id)).toMatchObject({ state: "RESTORED", requestedAt: expect.any(String) });
      expect(await download(api, job)).toEqual(job.checksums);
    });
    const restored = (await objectClasses()).filter(isOf("datasets/", job.id));
    expect(restored.filter(({ isRestored }) => !isRestored)).toEqual([]);

    product.cloud.clock.advance(9 * DAY_MS);
    await withApi((api) =>
      until("the restored copy to expire", async () => (await archiveOf(api, job.id)).state === "ARCHIVED"),
    );
  }, 180_000);
});

describe("with the instant class, the default", () => {
  beforeAll(async () => {
    product = await startProduct();
  }, 90_000);
  afterAll(() => product?.end());

  test("a dataset is archived with its smallest files and downloaded as before", async () => {
    const job = await withApi(async (api) => {
      const created = await createDataset(api);
      return { ...created, checksums: await download(api, created) };
    });
    product.cloud.clock.advance(UNTIL_ARCHIVED_MS);
    await withApi(async (api) => {
      expect(await archiveOf(api, job.id)).toMatchObject({ state: "AVAILABLE", archiveClass: "INSTANT" });
      expect(await download(api, job)).toEqual(job.checksums);
      const { restoreDataset } = await api.call<{ restoreDataset: { state: string } }>(
        "mutation ($id: ID!) { restoreDataset(jobId: $id) { state } }",
        { id: job.id },
      );
      expect(restoreDataset.state).toBe("AVAILABLE");
    });
    const classes = (await objectClasses()).filter(isOf("datasets/", job.id)).map(({ storageClass }) => storageClass);
    expect(new Set(classes)).toEqual(new Set(["GLACIER_IR"]));
  }, 120_000);
});

interface Dataset {
  readonly id: string;
  readonly files: readonly string[];
}

async function createDataset(api: Api): Promise<Dataset> {
  const input = {
    name: "Archived wonders",
    templateId: "questions-and-answers",
    seedSetId: "natural-wonders",
    recordCount: 12,
    budgetNanos: 1_000_000_000,
    formats: ["JSONL", "CSV", "PARQUET"],
    clientToken: randomUUID(),
  };
  const { createJob } = await api.call<{ createJob: { id: string } }>(
    "mutation ($input: CreateJobInput!) { createJob(input: $input) { id } }",
    { input },
  );
  const job = await followJob(api, createJob.id, AbortSignal.timeout(60_000), () => undefined);
  expect(job.status).toBe("COMPLETED");
  return { id: job.id, files: job.datasetFiles.map(({ name }) => name) };
}

async function archiveOf(api: Api, id: string): Promise<Record<string, unknown>> {
  return (await api.call<{ getDatasetArchive: Record<string, unknown> }>(ARCHIVE_QUERY, { id })).getDatasetArchive;
}

/** The checksum of each file, as a user downloads it. */
async function download(api: Api, { id, files }: Dataset): Promise<Record<string, string>> {
  const checksums: Record<string, string> = {};
  for (const file of files) {
    const { getDownload } = await api.call<{ getDownload: { url: string } }>(
      "query ($id: ID!, $file: String!) { getDownload(jobId: $id, file: $file) { url } }",
      { id, file },
    );
    const answer = await fetch(getDownload.url);
    expect([file, answer.status]).toEqual([file, 200]);
    checksums[file] = createHash("sha256")
      .update(Buffer.from(await answer.arrayBuffer()))
      .digest("hex");
  }
  return checksums;
}

/** Signed in again: after some days a session has expired. */
async function withApi<T>(work: (api: Api) => Promise<T>): Promise<T> {
  const api = await openApi(product.outputs, product.outputs.demoUser);
  try {
    return await work(api);
  } finally {
    api.close();
  }
}

interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly storageClass: string;
  readonly isRestored: boolean;
}

async function objectClasses(): Promise<StoredObject[]> {
  const { cloud, outputs } = product;
  const client = new S3Client({
    region: outputs.region,
    endpoint: outputs.endpoints.s3,
    forcePathStyle: true,
    credentials: cloud.operator,
    systemClockOffset: cloud.clock.now() - Date.now(),
  });
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: outputs.bucket, OptionalObjectAttributes: ["RestoreStatus"] }),
  );
  client.destroy();
  return Contents.map(({ Key = "", Size = 0, StorageClass = "", RestoreStatus }) => ({
    key: Key,
    bytes: Size,
    storageClass: StorageClass,
    isRestored: RestoreStatus?.RestoreExpiryDate !== undefined,
  }));
}

function isOf(prefix: string, jobId: string) {
  return ({ key }: StoredObject) => key.startsWith(`${prefix}${jobId}/`);
}

/** Opened after the clock was advanced, so that the session is valid then. */
async function jobPage(browser: Browser, jobId: string): Promise<{ page: Page; pushed: string[] }> {
  const { appUrl, demoUser } = product.outputs;
  const page = await (await browser.newContext()).newPage();
  const pushed: string[] = [];
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => pushed.push(String(payload))));
  await page.goto(appUrl);
  await page.getByLabel("Email").fill(demoUser.email);
  await page.getByLabel("Password", { exact: true }).fill(demoUser.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Jobs", level: 1 }).waitFor();
  await page.goto(`${appUrl}/jobs/${jobId}`);
  return { page, pushed };
}

/** A screenshot for people, if requested. */
async function saveScreenshot(page: Page, name: string): Promise<void> {
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}.png`, fullPage: true });
}
