import type { Browser, BrowserContext, Page } from "playwright-core";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { openApi } from "../../cli/api.ts";
import { saveTemplate } from "../../cli/api-calls.ts";
import { launchBrowser } from "./browser.ts";
import { createUser, startProduct, until, type Product } from "./product.ts";

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct({ model: { latencyMs: 150 } }), launchBrowser()]);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await product?.end();
});

test("a new user signs in, starts a job from a sample, watches it live and downloads its three files", async () => {
  const { page, close } = await visitor(product.outputs.demoUser);
  await startSampleJob(page, "My first dataset", 120);
  await page.getByText("Running", { exact: true }).first().waitFor();
  await page
    .getByRole("meter", { name: "Records generated" })
    .or(page.getByRole("progressbar", { name: "Records generated" }))
    .first()
    .waitFor();
  await page.getByText("Completed", { exact: true }).first().waitFor({ timeout: 60_000 });
  for (const name of ["dataset.jsonl", "dataset.csv", "dataset.parquet"]) {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: `Download ${name}` }).click(),
    ]);
    const bytes = await readFile(await download.path());
    if (name === "dataset.jsonl") expect(bytes.toString().trim().split("\n")).toHaveLength(120);
    else if (name === "dataset.csv") expect(bytes.toString()).toMatch(/^id,question,answer/);
    else expect(bytes.subarray(0, 4).toString()).toBe("PAR1");
  }
  const costs = page.getByRole("region", { name: "Cost by step and model" });
  await costs.getByRole("row", { name: /^question amazon\.nova-micro-v1:0 120 / }).waitFor();
  await page.getByText(/^Original estimate: .* Spent: \$/).waitFor();
  await page.goto(`${product.outputs.appUrl}/jobs/new?templateId=questions-and-answers&seedSetId=natural-wonders`);
  await page.getByText(/^Estimated cost: \$/).waitFor();
  await page.getByLabel("Budget (USD)").fill("0.0001");
  await page.getByText(/^The budget of \$0\.0001 is less than one record can cost \(\$/).waitFor();
  // What the worst case rules out is not called likely to be enough.
  expect(await page.getByText(/covers even the high estimate|likely to be enough/).count()).toBe(0);
  await close();
}, 120_000);

test("a job is paused, its snapshot downloaded, edited, resumed, and extended after its end", async () => {
  const { page, close, errors } = await visitor(product.outputs.demoUser);
  await startSampleJob(page, "To be edited", 400);
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  await button("Export snapshot").waitFor();
  await button("Pause").click();
  await page.getByText(/^Paused\. Calls in flight still complete/).waitFor();
  // The button is gone, and the keyboard is not back at the top of the page.
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("MAIN");
  await button("Export snapshot").click();
  const snapshot = page.getByRole("button", { name: /^Download [\d,]+ records$/ });
  await snapshot.waitFor();
  const counted = Number((await snapshot.innerText()).replace(/\D/g, ""));
  const [download] = await Promise.all([page.waitForEvent("download"), snapshot.click()]);
  expect((await readFile(await download.path(), "utf8")).trim().split("\n")).toHaveLength(counted);
  await button("Edit").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Budget (USD)").fill("0.5");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText(/A budget can be raised, not lowered: enter \$1\.00 or more/).waitFor();
  await dialog.getByLabel("Budget (USD)").fill("1.5");
  await dialog.getByLabel("Priority").selectOption("HIGH");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await button("Resume").click();
  await dialog.getByText("Current: $1.50.").waitFor();
  await dialog.getByRole("button", { name: "Resume" }).click();
  await page.getByText("Completed", { exact: true }).first().waitFor({ timeout: 60_000 });
  await button("Add records").click();
  await dialog.getByLabel("Records", { exact: true }).fill("410");
  await dialog.getByRole("button", { name: "Add records" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("Completed", { exact: true }).first().waitFor({ timeout: 60_000 });
  const [extended] = await Promise.all([page.waitForEvent("download"), button("Download dataset.jsonl").click()]);
  expect((await readFile(await extended.path(), "utf8")).trim().split("\n")).toHaveLength(410);
  expect(errors).toEqual([]);
  await close();
}, 180_000);

test("two users at once each see only their own jobs update, pushed and not polled", async () => {
  const other = await createUser(product, "second@plot-palette.local");
  const [first, second] = await Promise.all([visitor(product.outputs.demoUser), visitor(other)]);
  await Promise.all([
    startSampleJob(first.page, "Job of the first", 150),
    startSampleJob(second.page, "Job of the second", 150),
  ]);
  await Promise.all([goToJobs(first.page), goToJobs(second.page)]);
  const before = [first.requests.length, second.requests.length];
  await Promise.all([
    jobCard(first.page, "Job of the first").getByText("Completed").waitFor({ timeout: 60_000 }),
    jobCard(second.page, "Job of the second").getByText("Completed").waitFor({ timeout: 60_000 }),
  ]);
  // Rows are refetched once when a job comes to rest; a polling page would have asked every second.
  expect(first.requests.length - before[0]!).toBeLessThanOrEqual(2);
  expect(second.requests.length - before[1]!).toBeLessThanOrEqual(2);
  expect(first.pushed.some((text) => text.includes("onJobChanged"))).toBe(true);
  await expectNothingOf(first.page, "Job of the second");
  await expectNothingOf(second.page, "Job of the first");
  const ids = new Set(second.pushed.flatMap((text) => [...text.matchAll(/"jobId":"(\w+)"/g)].map((match) => match[1])));
  const own = second.page.url();
  await jobCard(second.page, "Job of the second").getByRole("link").first().click();
  await second.page.waitForURL(/\/jobs\/\w+/);
  expect([...ids]).toEqual([second.page.url().split("/").at(-1)]);
  expect(own).toContain("/jobs");
  await Promise.all([first.close(), second.close()]);
}, 120_000);

test("someone else's job shows the same page as one that does not exist", async () => {
  const { page: owner, close: closeOwner } = await visitor(product.outputs.demoUser);
  await startSampleJob(owner, "Private", 10);
  const address = owner.url();
  const { page, close } = await visitor(await createUser(product, "third@plot-palette.local"));
  const shown = async (url: string) => {
    await page.goto(url);
    await page.getByRole("heading", { name: "Job not found" }).waitFor();
    return page.getByRole("main").innerText();
  };
  const theirs = await shown(address);
  expect(theirs).toBe(await shown(`${product.outputs.appUrl}/jobs/01JZZZZZZZZZZZZZZZZZZZZZZZ`));
  expect(theirs).not.toContain("Private");
  await Promise.all([close(), closeOwner()]);
}, 90_000);

test("seeds are uploaded with a progress bar, and a bad file is rejected with an explanation", async () => {
  const folder = await mkdtemp(join(product.data, "upload-"));
  await writeFile(join(folder, "towns.csv"), "name,people\nBern,134000\nGraz,290000\n");
  await writeFile(join(folder, "broken.jsonl"), '{"name":"Bern"}\n42\n');
  const { page, close } = await visitor(product.outputs.demoUser);
  await upload(page, join(folder, "towns.csv"));
  await page.getByText("Ready", { exact: true }).first().waitFor({ timeout: 30_000 });
  await upload(page, join(folder, "broken.jsonl"));
  await page
    .getByText(/row 2|line 2/i)
    .first()
    .waitFor({ timeout: 30_000 });
  await close();
}, 90_000);

test("items that do not fit the template are left out of a new seed set, and the job starts", async () => {
  const api = await openApi(product.outputs, product.outputs.demoUser);
  const source = WONDERS.replace(/^name: .*/m, "name: Praise");
  const templateId = await saveTemplate(api, { name: "Praise", source });
  api.close();
  const file = join(await mkdtemp(join(product.data, "upload-")), "gaps.csv");
  await writeFile(file, "name,people\nBern,134000\n,290000\nLecce,95000\n");
  const { page, close, errors } = await visitor(product.outputs.demoUser);
  await upload(page, file);
  await page.waitForURL(/\/seeds\/[0-9A-Z]{26}$/, { timeout: 30_000 });
  await page.getByText("Ready", { exact: true }).first().waitFor({ timeout: 30_000 });
  await page.goto(`${product.outputs.appUrl}/jobs/new?templateId=${templateId}`);
  await page.getByRole("radio", { name: /^gaps/ }).check({ force: true });
  await page.getByText("missing in 1 of 3 items").waitFor();
  await page.getByRole("button", { name: "Start job" }).click();
  await page
    .locator("#seeds-error")
    .getByText(/reads seed\.name, which is absent or null in 1 of 3 items/)
    .waitFor();
  await page.getByRole("button", { name: "Leave out items that do not fit" }).click();
  await page.getByRole("radio", { name: /^gaps.* for Praise/, checked: true }).waitFor();
  await page.locator(".choice", { hasText: "for Praise" }).getByText("2 items in seeds").waitFor({ timeout: 30_000 });
  await page.getByRole("button", { name: "Start job" }).click();
  await page.waitForURL(/\/jobs\/[0-9A-Z]{26}$/);
  expect(errors).toEqual([]);
  await close();
}, 90_000);

test("wide seeds scroll instead of breaking words, and two seed sets of one name are told apart", async () => {
  const columns = Array.from({ length: 18 }, (_, index) => `measurement_${index + 1}`);
  const folder = await mkdtemp(join(product.data, "upload-"));
  const cell = "Reykjavík and its surroundings";
  await writeFile(join(folder, "wide.csv"), `${columns.join(",")}\n${columns.map(() => cell).join(",")}\n`);
  const user = await createUser(product, "wide@plot-palette.local");
  const { page, close } = await visitor(user, { viewport: { width: 390, height: 800 } });
  for (const _ of [1, 2]) {
    await upload(page, join(folder, "wide.csv"));
    await page.getByText("Ready", { exact: true }).first().waitFor({ timeout: 30_000 });
  }
  const table = page.getByRole("region", { name: "Items as a table" });
  await table.waitFor();
  const shown = await table.evaluate((region) => ({
    scrolls: region.scrollWidth > region.clientWidth,
    pageScrolls: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    tallest: Math.max(...[...region.querySelectorAll<HTMLElement>(".cell")].map(({ offsetHeight }) => offsetHeight)),
    isAligned: [...region.querySelectorAll<HTMLElement>("th")].every(
      (head, index) => head.offsetLeft === region.querySelectorAll<HTMLElement>("td")[index]!.offsetLeft,
    ),
  }));
  expect(shown).toMatchObject({ scrolls: true, pageScrolls: false, isAligned: true });
  expect(shown.tallest).toBeLessThan(40);
  await table.focus();
  await page.keyboard.press("ArrowRight");
  await until("the arrow key to scroll the table", () => table.evaluate(({ scrollLeft }) => scrollLeft > 0));
  const told = /added \w+ \d+, \d{4}/;
  await page.goto(`${product.outputs.appUrl}/seeds`);
  await page.getByText(told).first().waitFor();
  expect(new Set(await page.getByText(told).allInnerTexts()).size).toBe(2);
  await page.goto(`${product.outputs.appUrl}/jobs/new`);
  await page.getByRole("radio", { name: told }).first().waitFor();
  expect(await page.getByRole("radio", { name: told }).count()).toBe(2);
  await close();
}, 120_000);

test("a template is written with live errors and prompts, test-run, saved and compared with its next version", async () => {
  const { page, close, errors } = await visitor(product.outputs.demoUser);
  await page.goto(`${product.outputs.appUrl}/templates/new`);
  const editor = page.getByRole("textbox", { name: "Template" });
  await editor.fill(WONDERS.replace("it.seed.name", "it.seeds.name"));
  await page.getByRole("button", { name: /reads it\.seeds.*line 6/ }).waitFor();
  expect(await page.locator(".cm-lintRange-error").count()).toBeGreaterThan(0);
  await editor.fill(WONDERS);
  await page.getByText("No problems").waitFor();
  await page.getByLabel("Seeds").selectOption("natural-wonders");
  await page
    .getByRole("tabpanel")
    .getByText(/^Describe .+ to a child\.$/)
    .waitFor();
  await page.getByRole("tab", { name: "Test run" }).click();
  await page.getByRole("button", { name: "Run" }).click();
  await page.getByText("Completed", { exact: true }).waitFor({ timeout: 30_000 });
  await page.getByText(/^Spent today on test runs and generated seeds: \$0\.\d*[1-9]\d*$/).waitFor();
  await editor.press("Control+s");
  await page.getByText("Version 1", { exact: true }).waitFor();
  await editor.fill(WONDERS.replace("a child", "an engineer"));
  await page.getByRole("link", { name: "Jobs" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Keep editing" }).click();
  // Once it is gone, the focus it returns cannot take the key press from the editor.
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await editor.press("Control+s");
  await page.getByText("Version 2", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Wonders for children", exact: true }).click();
  await page.getByRole("button", { name: "Compare versions" }).click();
  await page.getByRole("region", { name: "From version 1 to version 2" }).last().getByText("an engineer").waitFor();
  expect(errors).toEqual([]);
  await close();
}, 120_000);

test("an unsaved template outlives its session, for its author alone, until it is saved or discarded", async () => {
  const author = await createUser(product, "author@plot-palette.local");
  const { page, close } = await visitor(author);
  const address = `${product.outputs.appUrl}/templates/new?from=here`;
  const editor = page.getByRole("textbox", { name: "Template" });
  const restored = page.getByText(/^Draft restored from/);
  await page.goto(address);
  await editor.fill(WONDERS.replace("a child", "my half-done audience"));
  await page
    .getByRole("tabpanel")
    .getByText(/my half-done audience/)
    .waitFor();
  await editor.press("Control+End");
  await endSession(page);
  // The check of this text finds no token.
  await page.keyboard.insertText("# one more line");
  await page.getByText("Your session has ended; sign in again to continue.").waitFor();
  await signIn(page, await createUser(product, "next@plot-palette.local"));
  await page.getByRole("heading", { name: "New template" }).waitFor();
  expect(await restored.count()).toBe(0);
  expect(await editor.innerText()).not.toContain("half-done");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  expect(await page.getByText("Your session has ended").count()).toBe(0);
  await signIn(page, author);
  await restored.waitFor();
  expect(page.url()).toBe(address);
  expect(await editor.innerText()).toMatch(/my half-done audience[^]*# one more line/);
  await page.getByRole("textbox", { name: "Record" }).press("Control+s");
  await page.getByText("Version 1", { exact: true }).waitFor();
  expect(await restored.count()).toBe(0);

  await editor.fill(WONDERS.replace("a child", "nobody"));
  await page.getByRole("link", { name: "Jobs", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await page.getByRole("heading", { name: "Jobs", level: 1 }).waitFor();
  await page.goBack();
  await restored.waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
  await restored.waitFor({ state: "detached" });
  expect(await editor.innerText()).toContain("my half-done audience");
  await page.getByRole("button", { name: "Saved" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Edit Wonders for children" }).waitFor();
  expect(await restored.count()).toBe(0);
  await close();
}, 120_000);

test("a session whose token the server rejects ends with the sign-in page, not with an error", async () => {
  const { page, close } = await visitor(await createUser(product, "revoked@plot-palette.local"));
  // A token of another instance: well-formed and not expired, but with a signature that fails, and nothing to renew it with.
  await page.evaluate(() => {
    for (const key of Object.keys(localStorage)) {
      if (/\.(idToken|accessToken)$/.test(key)) localStorage[key] = localStorage[key].replace(/\.[^.]*$/, ".AAAA");
      if (key.endsWith(".refreshToken")) localStorage[key] = "of-another-instance";
    }
  });
  await page.goto(`${product.outputs.appUrl}/templates?tab=samples`);
  await page.getByText("Your session has ended; sign in again to continue.").waitFor();
  expect(page.url()).toContain("/templates?tab=samples");
  await close();
}, 60_000);

test("the editor says how to leave it, and saving waits for the check that is still running", async () => {
  const { page, close } = await visitor(product.outputs.demoUser);
  await page.goto(`${product.outputs.appUrl}/templates/new`);
  const editor = page.getByRole("textbox", { name: "Template" });
  const hint = page.getByText("Tab indents; press Esc, then Tab to leave the editor.");
  await hint.waitFor();
  expect(await editor.getAttribute("aria-describedby")).toBe(await hint.getAttribute("id"));
  const isFocused = () => editor.evaluate((element) => element === document.activeElement);
  await editor.press("Control+Home");
  await editor.press("Tab");
  expect([await isFocused(), (await editor.innerText()).startsWith("  name:")]).toEqual([true, true]);
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(product.outputs.graphqlUrl, async (route) => {
    if (route.request().postData()?.includes("checkTemplate")) await released;
    await route.continue();
  });
  await editor.fill(WONDERS.replace("Wonders for children", "Saved after its check"));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Checking…" }).waitFor();
  expect(await page.getByText(/Fix the errors/).count()).toBe(0);
  release();
  await page.getByText("Version 1", { exact: true }).waitFor();
  await page.unrouteAll({ behavior: "ignoreErrors" });

  await page.clock.install();
  await editor.press("Escape");
  await page.clock.fastForward(10_000);
  await page.keyboard.press("Tab");
  expect(await isFocused()).toBe(false);
  await close();
}, 90_000);

test("focus goes to the first problem of a new job, and back to what opened a dialog", async () => {
  const { page, close } = await visitor(product.outputs.demoUser, { viewport: { width: 1280, height: 700 } });
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement;
      const { top, bottom } = element.getBoundingClientRect();
      return { name: element.labels?.[0]?.innerText ?? element.innerText, isInView: top >= 0 && bottom <= innerHeight };
    });
  const start = page.getByRole("button", { name: "Start job" });
  await page.goto(`${product.outputs.appUrl}/jobs/new`);
  const sample = page.getByRole("radio", { name: /Questions and answers/ }).first();
  await sample.waitFor();
  await start.click();
  expect((await focused()).isInView).toBe(true);
  expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe("template");
  const message = await page.getByText("Choose a template.").boundingBox();
  expect(message!.y > 0 && message!.y < 700).toBe(true);
  await sample.check({ force: true });
  await page.getByLabel("Records", { exact: true }).fill("0");
  await start.click();
  expect(await focused()).toEqual({ name: "Records", isInView: true });
  await page.getByLabel("Records", { exact: true }).fill("10");
  await page.getByText("Advanced", { exact: true }).click();
  await page.getByLabel("Failure tolerance (%)").fill("101");
  await page.getByText("Advanced", { exact: true }).click();
  await start.click();
  expect(await focused()).toEqual({ name: "Failure tolerance (%)", isInView: true });

  await page.goto(`${product.outputs.appUrl}/seeds`);
  for (const closing of ["Cancel", "Escape"]) {
    await page.getByRole("button", { name: "Generate seeds" }).click();
    const cancel = page.getByRole("dialog").getByRole("button", { name: "Cancel" });
    await (closing === "Cancel" ? cancel.click() : cancel.press("Escape"));
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect((await focused()).name).toBe("Generate seeds");
  }
  await close();
}, 90_000);

test("an address that leads nowhere says so and offers a way on", async () => {
  const { page, close } = await visitor(product.outputs.demoUser);
  for (const [path, title, wayOn] of [
    ["/templates/nope", "Template not found", "Go to your templates"],
    ["/templates/nope/edit", "Template not found", "Go to your templates"],
    ["/seeds/nope", "Seed set not found", "Go to your seeds"],
    ["/jobs/nope", "Job not found", "Go to your jobs"],
    ["/nowhere", "Page not found", "Go to your jobs"],
  ] as const) {
    await page.goto(product.outputs.appUrl + path);
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    await page.getByRole("link", { name: wayOn }).waitFor();
  }
  await page.goto(`${product.outputs.appUrl}/jobs/new?templateId=nope&seedSetId=nope`);
  await page.getByText(/^The template in this address was not found/).waitFor();
  await page.getByText(/^The seed set in this address was not found/).waitFor();
  await page.getByRole("button", { name: "Start job" }).click();
  await page.getByText("Choose a template.").waitFor();
  await close();
}, 90_000);

const WONDERS = `name: Wonders for children
steps:
  - id: tell
    tier: economy
    maxTokens: 80
    prompt: Describe <%= it.seed.name %> to a child.
`;

test("a visitor finds the way back from a code, signs up with an emailed one, and signs out", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const mailFile = page.getByText(join(product.data, "cognito-identity-provider", "outbox.jsonl"));
  const createAccount = async (email: string) => {
    await page.getByRole("tab", { name: "Create account" }).click();
    await page.getByText("At least 12 characters, with a lowercase letter, an uppercase letter and a digit.").waitFor();
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password", { exact: true }).fill("A-New-Person-1");
    await page.getByLabel("Confirm password").fill("A-New-Person-1");
    await page.getByRole("button", { name: "Create account" }).click();
    await mailFile.waitFor();
  };
  await page.goto(product.outputs.appUrl);
  await createAccount("misspelled@plot-palette.local");
  await page.getByRole("button", { name: "Back to sign in" }).click();
  await page.getByRole("button", { name: "Forgot your password?" }).click();
  await page.getByLabel("Email").fill(product.outputs.demoUser.email);
  await page.getByRole("button", { name: "Send code" }).click();
  await mailFile.waitFor();
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.keyboard.press("Tab");
  await page.getByText("The password needs at least 12 characters.").waitFor();
  await page.getByRole("button", { name: "Back to sign in" }).click();
  await createAccount("newcomer@plot-palette.local");
  await page.getByLabel("Confirmation code").fill(await mailedCode("newcomer@plot-palette.local"));
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("newcomer@plot-palette.local").waitFor();
  await page.getByRole("link", { name: "Browse samples" }).click();
  await page.getByRole("link", { name: /^Sample .*Product reviews/ }).click();
  // A sample is not among the published templates, where its tags would lead.
  await page.getByText("judged", { exact: true }).waitFor();
  expect(await page.getByRole("link", { name: "judged", exact: true }).count()).toBe(0);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await context.close();
}, 60_000);

test.each([
  ["light", 1280],
  ["dark", 360],
] as const)(
  "in %s mode at %i pixels nothing overflows the page, and no script is blocked",
  async (colorScheme, width) => {
    const { page, close, errors } = await visitor(product.outputs.demoUser, {
      colorScheme,
      viewport: { width, height: 800 },
    });
    for (const path of [
      "/jobs",
      "/jobs/new",
      "/templates",
      "/templates/new",
      "/templates?tab=public",
      "/templates/questions-and-answers",
      "/seeds",
      "/seeds/natural-wonders",
    ]) {
      await page.goto(product.outputs.appUrl + path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect({
        path,
        wider: await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth),
      }).toEqual({ path, wider: false });
    }
    expect(errors).toEqual([]);
    await close();
  },
  90_000,
);

test("the header says Live only while the page is up to date: not offline, and not before the fetch after it", async () => {
  const { page, close } = await visitor(product.outputs.demoUser);
  const header = page.getByRole("banner").getByRole("status");
  await header.getByText("Live").waitFor();
  await page.context().setOffline(true);
  await header.getByText("Offline").waitFor({ timeout: 2_000 });
  let answer = (): void => undefined;
  const mayAnswer = new Promise<void>((resolve) => (answer = resolve));
  await page.route(product.outputs.graphqlUrl, async (route) => {
    await mayAnswer;
    await route.continue();
  });
  const isFetching = page.waitForRequest(product.outputs.graphqlUrl);
  await page.context().setOffline(false);
  await isFetching;
  expect(await header.innerText()).toBe("Reconnecting");
  answer();
  await header.getByText("Live").waitFor();
  await close();
}, 60_000);

test("a page stays usable through a restart of the instance, even if the API comes back on another port", async () => {
  const { page, close } = await visitor(product.outputs.demoUser);
  const header = page.getByRole("banner").getByRole("status");
  await header.getByText("Live").waitFor();
  const before = product.outputs;
  const squatter = createServer();
  product = await product.restart(async () => {
    await header.getByText("Reconnecting").waitFor();
    await new Promise<void>((taken) => squatter.listen(Number(new URL(before.graphqlUrl).port), "127.0.0.1", taken));
  });
  squatter.close();
  expect(product.outputs.graphqlUrl).not.toBe(before.graphqlUrl);
  expect({ ...product.outputs, endpoints: {} }).toEqual({
    ...before,
    ...{ graphqlUrl: product.outputs.graphqlUrl, realtimeUrl: product.outputs.realtimeUrl, endpoints: {} },
  });
  await header.getByText("Live").waitFor({ timeout: 45_000 });
  await page.getByRole("link", { name: "Seeds" }).click();
  await page.getByRole("heading", { name: "Natural wonders" }).waitFor();
  await close();
}, 120_000);

interface Visitor {
  readonly page: Page;
  /** The GraphQL requests sent, in order. */
  readonly requests: string[];
  /** The messages of the WebSocket. */
  readonly pushed: string[];
  /** The errors of the page and of the browser console. */
  readonly errors: string[];
  close(): Promise<void>;
}

/** A signed-in user in a browser context of their own. */
async function visitor(
  user: { email: string; password: string },
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Visitor> {
  const context: BrowserContext = await browser.newContext(options);
  const page = await context.newPage();
  const requests: string[] = [];
  const pushed: string[] = [];
  const errors: string[] = [];
  page.on(
    "request",
    (request) =>
      request.url() === product.outputs.graphqlUrl &&
      request.method() === "POST" &&
      requests.push(request.postData() ?? ""),
  );
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => pushed.push(String(payload))));
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(product.outputs.appUrl);
  await signIn(page, user);
  await page.getByRole("heading", { name: "Jobs", level: 1 }).waitFor();
  return { page, requests, pushed, errors, close: () => context.close() };
}

async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The browser's tokens are gone, as after a renewal that was refused. */
async function endSession(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const key of Object.keys(localStorage))
      if (key.startsWith("CognitoIdentityServiceProvider")) localStorage.removeItem(key);
  });
}

async function startSampleJob(page: Page, name: string, records: number): Promise<void> {
  await page.goto(`${product.outputs.appUrl}/jobs/new`);
  await page
    .getByRole("radio", { name: /Questions and answers/ })
    .first()
    .check({ force: true });
  await page
    .getByRole("radio", { name: /Natural wonders/ })
    .first()
    .check({ force: true });
  await page.getByLabel("Records", { exact: true }).fill(String(records));
  await page.getByLabel("Budget (USD)").fill("1");
  for (const format of ["JSONL", "CSV", "Parquet"])
    await page.getByRole("checkbox", { name: format, exact: true }).check({ force: true });
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: /Start/ }).click();
  await page.waitForURL(/\/jobs\/(?!new)\w+/);
}

async function goToJobs(page: Page): Promise<void> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Jobs" }).click();
  await page.getByRole("heading", { name: "Jobs", level: 1 }).waitFor();
}

function jobCard(page: Page, name: string) {
  return page.getByRole("listitem").or(page.getByRole("article")).filter({ hasText: name }).first();
}

async function expectNothingOf(page: Page, name: string): Promise<void> {
  expect(await page.getByText(name).count()).toBe(0);
}

async function upload(page: Page, file: string): Promise<void> {
  await page.goto(`${product.outputs.appUrl}/seeds`);
  // The form opens automatically for a user without seeds, which is known once the list is loaded.
  await page.getByRole("heading", { name: "Seeds", level: 1 }).waitFor();
  await page.getByLabel("Loading").first().waitFor({ state: "detached" });
  const form = page.getByRole("form", { name: "Upload seeds" });
  if (!(await form.isVisible())) await page.getByRole("button", { name: "Upload seeds" }).click();
  await form.locator("input[type=file]").setInputFiles(file);
  await form
    .getByRole("button", { name: /^(Upload|Send)/ })
    .last()
    .click();
}

function mailedCode(to: string): Promise<string> {
  return until("the email with the code", async () => {
    const text = await readFile(join(product.data, "cognito-identity-provider", "outbox.jsonl"), "utf8").catch(
      () => "",
    );
    const mails = text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { to: string; code: string });
    return mails.findLast((mail) => mail.to === to)?.code;
  });
}
