import { build } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { listen, readBody } from "../../local/http.ts";
import { FUNCTIONS } from "../../resolvers/manifest.ts";
import { CREATE_JOB, inputFor, TEMPLATE } from "./given.ts";
import { startWorld, type World } from "./world.ts";

interface LoadSamples {
  handler(event: object): Promise<void>;
  loadSamples(samples: readonly object[]): Promise<void>;
}

let world: World;
let folder: string;
let bundled: LoadSamples;
beforeAll(async () => {
  world = await startWorld();
  folder = mkdtempSync(join(tmpdir(), "samples-"));
  bundled = await bundle();
});
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});

/** The function as deployed: its samples are text files that only a bundler can import. */
async function bundle(): Promise<LoadSamples> {
  const outfile = join(folder, "index.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../../resolvers/lambda/loadSamples.lambda.ts", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
    loader: { ".yaml": "text", ".csv": "text", ".tsv": "text", ".jsonl": "text" },
    logLevel: "error",
  });
  return import(pathToFileURL(outfile).href) as Promise<LoadSamples>;
}

/** Invokes the function as CloudFormation does, and returns the response to CloudFormation. */
async function request(
  RequestType: "Create" | "Update" | "Delete",
): Promise<{ Status: string; PhysicalResourceId: string; Reason: string }> {
  const heard: string[] = [];
  const server = await listen(async (incoming, response) => {
    heard.push((await readBody(incoming)).toString());
    response.end();
  });
  await bundled.handler({
    RequestType,
    ResponseURL: `${server.url}/answer`,
    StackId: "stack",
    RequestId: "1",
    LogicalResourceId: "Samples",
  });
  await server.close();
  expect(heard).toHaveLength(1);
  return JSON.parse(heard[0] ?? "");
}

test("a deployment loads the samples, a second one changes nothing, and each sample's seeds fit its template", async () => {
  expect(await request("Create")).toMatchObject({
    Status: "SUCCESS",
    PhysicalResourceId: "samples",
    StackId: "stack",
    RequestId: "1",
  });
  expect(await request("Update")).toMatchObject({ Status: "SUCCESS" });
  const { listSampleTemplates } = await world.ask(
    "ann",
    "{ listSampleTemplates { items { id name latestVersion isSample sampleSeedSetId } } }",
  );
  expect(listSampleTemplates.items.length).toBeGreaterThanOrEqual(3);
  for (const { id, latestVersion, isSample, sampleSeedSetId } of listSampleTemplates.items) {
    expect([latestVersion, isSample]).toEqual([1, true]);
    const input = { ...(await inputFor(world, "ann")), templateId: id, seedSetId: sampleSeedSetId };
    expect((await world.ask("ann", CREATE_JOB, { input })).createJob.status).toBe("QUEUED");
  }
});

test("a template gets a new version only when its source has changed", async () => {
  const files = [{ collection: "movies", fileName: "m.csv", text: "Title\nAlien\n" }];
  const sample = (source: string) => ({
    template: { id: "mine", source },
    seedSet: { id: "films", name: "Films", files },
  });
  const latest = async () =>
    (await world.ask("ann", `{ getTemplate(id: "mine") { version name isSample } }`)).getTemplate;
  await bundled.loadSamples([sample(TEMPLATE)]);
  await bundled.loadSamples([sample(TEMPLATE)]);
  expect(await latest()).toEqual({ version: 1, name: "Film questions", isSample: true });
  await bundled.loadSamples([sample(TEMPLATE.replace("Film questions", "Newer"))]);
  expect(await latest()).toEqual({ version: 2, name: "Newer", isSample: true });
});

test("removing the stack keeps the samples, and a failure is reported with its reason", async () => {
  expect(await request("Delete")).toMatchObject({ Status: "SUCCESS" });
  expect(await world.row("Templates", { pk: "TEMPLATE#mine", sk: "HEAD" })).toBeDefined();
  const bucket = process.env.BUCKET;
  delete process.env.BUCKET;
  expect(await request("Update")).toMatchObject({
    Status: "FAILED",
    Reason: "The environment variable BUCKET is not set; the stack that starts this program must set it.",
  });
  process.env.BUCKET = bucket;
});

test.each(Object.keys(FUNCTIONS))("the function %s exports a handler", async (name) => {
  if (name === "loadSamples") return expect(bundled.handler).toBeInstanceOf(Function);
  const { handler } = await import(`../../resolvers/lambda/${name}.lambda.ts`);
  expect(handler).toBeInstanceOf(Function);
});
