/**
 * Builds that are kept until something they are made of changes. Plain JavaScript, because it runs before anything is built.
 */
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";

/** Lists what a whole build consists of, and what it was made of. */
const CONTENTS = "build-contents.json";
/** A build that takes longer than this has died. */
const ABANDONED_MS = 60 * 60_000;

/**
 * Makes a folder with a build, unless it has that build already. Whatever else is in the folder is replaced: another build, half of
 * one, or one whose files were deleted or cut short. Several processes may do this at once: each builds beside it, and the last one's
 * stays.
 * @param folder where the build belongs
 * @param digest of all it is made of (`digestOf`)
 * @param build writes it to the folder it is given
 * @param mayReplace called before the folder is replaced; throws where it may not be
 */
export async function keepBuild(folder, digest, build, mayReplace = async () => undefined) {
  if (isWhole(folder, digest)) return;
  await removeAbandoned(folder);
  const staging = `${folder}.${randomUUID()}.new`;
  try {
    await mkdir(staging, { recursive: true });
    await build(staging);
    await writeFile(join(staging, CONTENTS), JSON.stringify({ digest, bytesOf: bytesOfFiles(staging) }));
    await mayReplace();
    await replace(staging, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function isWhole(folder, digest) {
  try {
    const contents = JSON.parse(readFileSync(join(folder, CONTENTS), "utf8"));
    return (
      contents.digest === digest &&
      Object.entries(contents.bytesOf).every(([name, bytes]) => statSync(join(folder, name)).size === bytes)
    );
  } catch {
    return false;
  }
}

/** A folder cannot be replaced in one step. Whoever looks in between finds none, and builds. */
async function replace(staging, folder) {
  const old = `${folder}.${randomUUID()}.old`;
  await rename(folder, old).catch(ignoreMissing);
  try {
    await rename(staging, folder);
  } catch (error) {
    // Another process was faster by a moment; its build is as good.
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}

function ignoreMissing(error) {
  if (error.code !== "ENOENT") throw error;
}

/** What killed processes have left behind. */
async function removeAbandoned(folder) {
  const parent = dirname(folder);
  for (const name of await readdir(parent).catch(() => [])) {
    if (!name.startsWith(`${basename(folder)}.`) || !/\.(new|old)$/.test(name)) continue;
    const path = join(parent, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true });
  }
}

/**
 * A digest of files and folders with all they contain, by name and content. What does not exist counts as such.
 * @param root names are relative to it, so that the same content elsewhere has the same digest
 * @param others values that also decide
 */
export function digestOf(root, paths, others) {
  const hash = createHash("sha256").update(JSON.stringify(others ?? null));
  for (const path of paths.map((name) => join(root, name)).flatMap(filesIn))
    hash.update(`\0${relative(root, path)}\0`).update(readFileSync(path));
  return hash.digest("hex");
}

function bytesOfFiles(folder) {
  return Object.fromEntries(filesIn(folder).map((path) => [relative(folder, path), statSync(path).size]));
}

/** A file itself, or all files of a folder, in the same order everywhere. */
function filesIn(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}
