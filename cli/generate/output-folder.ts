/** The directory for the dataset, checked before anything is paid for that could not be delivered. It holds one dataset at a time. */
import { mkdir, open, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { UsageError } from "../exit-codes.ts";
import type { GenerateOptions } from "./options.ts";

const CHECKSUMS = "SHA256SUMS";
const REPORT = "report.json";

/**
 * Creates the directory if needed and writes a probe in it.
 * @returns whether it was created
 * @throws UsageError when it is not writable, or holds the dataset of another job that is not to be replaced
 */
export async function prepareOutputFolder({
  out,
  overwrite = false,
  resume,
}: Pick<GenerateOptions, "out" | "overwrite" | "resume">): Promise<boolean> {
  const isNew = await makeWritable(out);
  const jobId = isNew || overwrite ? undefined : await datasetIn(out);
  if (jobId !== undefined && jobId !== resume)
    throw new UsageError(
      `${out} already holds a dataset${jobId && `, that of job ${jobId}`}; choose another directory with --out, or replace it with --overwrite.`,
    );
  return isNew;
}

/** The files of the dataset in the directory, as its checksums list them; none if there is no dataset. */
export async function filesOfDataset(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, CHECKSUMS), "utf8").catch(() => "");
  const names = [...text.matchAll(/^[0-9a-f]{64}  (.+)$/gm)].map(([, name = ""]) => name);
  return names.length === 0 ? [] : [...names, CHECKSUMS];
}

/** Removes files of a dataset that was replaced, and directories that are empty without them. */
export async function removeFiles(folder: string, names: readonly string[]): Promise<void> {
  const root = resolve(folder);
  for (const name of names) {
    const path = resolve(root, name);
    // The list is a file that anyone may have written.
    if (!path.startsWith(root + sep)) continue;
    await rm(path, { force: true });
    await removeEmpty(dirname(path), root);
  }
}

/** The directory and those above it, up to the root, as far as they are empty. */
async function removeEmpty(directory: string, root: string): Promise<void> {
  if (directory === root) return;
  const isRemoved = await rmdir(directory).then(
    () => true,
    () => false,
  );
  if (isRemoved) await removeEmpty(dirname(directory), root);
}

/** The id of the job whose dataset is in the directory, empty if it does not say; `undefined` if there is none. */
async function datasetIn(folder: string): Promise<string | undefined> {
  const report = await readFile(join(folder, REPORT), "utf8").catch(() => undefined);
  if (report === undefined) return (await filesOfDataset(folder)).length > 0 ? "" : undefined;
  try {
    const { jobId, files } = JSON.parse(report) as { jobId?: unknown; files?: unknown };
    return Array.isArray(files) ? String(jobId ?? "") : undefined;
  } catch {
    return undefined;
  }
}

async function makeWritable(folder: string): Promise<boolean> {
  try {
    const isNew = await makeFolder(resolve(folder));
    const probe = join(folder, `.probe-${process.pid}`);
    await (await open(probe, "w")).close();
    await rm(probe);
    return isNew;
  } catch (cause) {
    throw new UsageError(
      `The output directory ${folder} is not writable (${(cause as Error).message}); choose another with --out.`,
      { cause },
    );
  }
}

/** Level by level: Node's own `recursive` never ends under an existing directory that allows no new ones, such as /proc. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "ENOENT" || !(await makeFolder(dirname(path)))) throw error;
    await mkdir(path);
    return true;
  }
}
