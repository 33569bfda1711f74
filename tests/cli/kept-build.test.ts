import { mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { digestOf, keepBuild } from "../../cli/kept-build.mjs";
import { synthesisDigest } from "../../cli/synthesize.ts";

let root: string;
let folder: string;
let builds: number;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kept-build-"));
  folder = join(root, "build");
  builds = 0;
});
afterEach(() => rm(root, { recursive: true }));

async function build(outdir: string): Promise<void> {
  builds += 1;
  await mkdir(join(outdir, "inner"));
  await writeFile(join(outdir, "inner", "main.js"), "main");
}

test("builds once, and again when the digest is another", async () => {
  for (let start = 0; start < 3; start++) await keepBuild(folder, "one", build);
  expect(builds).toBe(1);
  await keepBuild(folder, "other", build);
  expect(builds).toBe(2);
  expect(await readFile(join(folder, "inner", "main.js"), "utf8")).toBe("main");
});

test.each([
  ["a file is missing", () => rm(join(folder, "inner", "main.js"))],
  ["a file was cut short", () => truncate(join(folder, "inner", "main.js"), 1)],
  ["its list of contents is broken", () => truncate(join(folder, "build-contents.json"), 5)],
  ["it is half of a build", () => rm(join(folder, "build-contents.json"))],
  ["the folder is a file", () => rename(folder, `${folder}-was`).then(() => writeFile(folder, ""))],
])("builds again when %s", async (_, damage) => {
  await keepBuild(folder, "one", build);
  await damage();
  await keepBuild(folder, "one", build);
  expect(builds).toBe(2);
  expect(await readFile(join(folder, "inner", "main.js"), "utf8")).toBe("main");
});

test("a build that fails leaves the one before, and nothing of its own", async () => {
  await keepBuild(folder, "one", build);
  const fails = async (outdir: string) => {
    await writeFile(join(outdir, "half"), "");
    throw new Error("no room");
  };
  await expect(keepBuild(folder, "other", fails)).rejects.toThrow("no room");
  expect(await readdir(root)).toEqual(["build"]);
  await keepBuild(folder, "one", build);
  expect(builds).toBe(1);
});

test("several at once end with one whole build", async () => {
  const digests = ["one", "other", "one", "other", "one"];
  await Promise.all(digests.map((digest) => keepBuild(folder, digest, build)));
  expect(await readdir(root)).toEqual(["build"]);
  const { digest } = JSON.parse(await readFile(join(folder, "build-contents.json"), "utf8")) as { digest: string };
  const before = builds;
  await keepBuild(folder, digest, build);
  expect(builds).toBe(before);
});

test("a build that is in use is not replaced", async () => {
  await keepBuild(folder, "one", build);
  const inUse = async () => Promise.reject(new Error("in use"));
  await keepBuild(folder, "one", build, inUse);
  await expect(keepBuild(folder, "other", build, inUse)).rejects.toThrow("in use");
  await keepBuild(folder, "one", build);
  expect(builds).toBe(2);
});

describe("the digest of a synthesis", () => {
  const FILES = [
    "infra/api.ts",
    "core/money/money.ts",
    "resolvers/Query.getJob.ts",
    "resolvers/lambda/dispatch.lambda.ts",
    "worker/Dockerfile",
    "client/jobs/JobRow.tsx",
    "client/public/favicon.svg",
    "samples/templates/poems.yaml",
    "schema.graphql",
    "package.json",
    "package-lock.json",
    "node_modules/.package-lock.json",
    "cdk.json",
    "tsconfig.json",
  ];
  const digest = (context?: Record<string, unknown>) => synthesisDigest(root, context);

  beforeEach(async () => {
    for (const file of FILES) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), "as it was");
    }
  });

  test.each(FILES)("changes with %s, its name and its existence", async (file) => {
    const path = join(root, file);
    const before = digest();
    expect(digest()).toBe(before);
    await writeFile(path, "as it wasn't");
    expect(digest()).not.toBe(before);
    await rm(path);
    expect(digest()).not.toBe(before);
    await writeFile(path, "as it was");
    expect(digest()).toBe(before);
  });

  test("changes with a new file, the context and the environment", async () => {
    const digests = [digest(), digest({ tiersAreStandIns: true })];
    process.env.CDK_CONTEXT_JSON = '{"archiveClass":"deep"}';
    digests.push(digest());
    delete process.env.CDK_CONTEXT_JSON;
    await writeFile(join(root, "core", "new.ts"), "");
    digests.push(digest());
    expect(new Set(digests).size).toBe(digests.length);
  });
});

test("a digest does not depend on where the folder is, and tells a file's name from its content", async () => {
  const there = join(root, "there");
  for (const [name, text] of [
    ["here/a", "bc"],
    ["there/a", "bc"],
    ["other/ab", "c"],
  ] as const) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  expect(digestOf(join(root, "here"), ["."])).toBe(digestOf(there, ["."]));
  expect(digestOf(join(root, "other"), ["."])).not.toBe(digestOf(there, ["."]));
});
