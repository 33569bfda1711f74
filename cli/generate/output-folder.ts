/** The directory for the dataset, checked before anything is paid for that could not be delivered. */
import { mkdir, open, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "../exit-codes.ts";

/**
 * Creates the directory if needed and writes a probe in it.
 * @returns whether it was created
 * @throws UsageError when it is not writable
 */
export async function prepareOutputFolder(folder: string): Promise<boolean> {
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
