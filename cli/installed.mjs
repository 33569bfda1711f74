/**
 * Whether the installed packages are those of the lockfile. npm runs this as `postinstall`, so an install by hand is noted
 * too.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const MARKER = join(ROOT, "node_modules", ".plot-palette-installed");

export function isInstalled() {
  return existsSync(MARKER) && readFileSync(MARKER, "utf8") === lockDigest();
}

export function noteInstalled() {
  writeFileSync(MARKER, lockDigest());
}

function lockDigest() {
  return createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) noteInstalled();
