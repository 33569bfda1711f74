/** A container image from a Docker asset's folder: its files laid out as the Dockerfile copies them, without a build. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { CloudContext } from "../service.ts";
import { readDockerfile, type ImageRecipe } from "./dockerfile.ts";

export interface Image {
  /** The folder on this machine that is the image's `/`. */
  readonly root: string;
  readonly recipe: ImageRecipe;
}

/**
 * The image of a container definition.
 * @param reference `…/repository:HASH`, the hash naming a Docker image asset of the assembly
 * @throws Error when the assembly has no such asset or its Dockerfile needs a real build
 */
export function openImage(reference: string, context: CloudContext): Image {
  const tag = reference.slice(reference.lastIndexOf(":") + 1);
  const source = context.assetFolder(tag);
  const recipe = readDockerfile(readFileSync(path.join(source, "Dockerfile"), "utf8"));
  const root = path.join(context.folder, "images", tag);
  if (!existsSync(root)) layOut(source, recipe, root);
  for (const instruction of recipe.skipped) context.log(`ecs: the image ${tag} runs without "${instruction}"`);
  return { root, recipe };
}

/** Maps a path in the image to one on this machine. */
export function pathInImage(image: Image, imagePath: string): string {
  return path.join(image.root, imagePath);
}

/** Atomic: the layout is renamed into place once complete. */
function layOut(source: string, recipe: ImageRecipe, root: string): void {
  const unfinished = `${root}.${process.pid}.tmp`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(path.join(unfinished, recipe.workdir), { recursive: true });
  // Without it, Node would use the module type of a package around the data folder.
  writeFileSync(path.join(unfinished, "package.json"), "{}\n");
  for (const { sources, destination } of recipe.copies) {
    const found = sources.flatMap((pattern) => match(source, pattern));
    for (const file of found)
      copy(file, path.join(unfinished, destination), destination.endsWith("/") || found.length > 1);
  }
  renameSync(unfinished, root);
}

/** Copies like Docker: a folder's content into the destination, a file into it if it is a folder, else under its name. */
function copy(from: string, to: string, toFolder: boolean): void {
  const intoFolder = toFolder || (existsSync(to) && statSync(to).isDirectory());
  const target = intoFolder && !statSync(from).isDirectory() ? path.join(to, path.basename(from)) : to;
  mkdirSync(path.dirname(target), { recursive: true });
  cpSync(from, target, { recursive: true });
}

function match(folder: string, pattern: string): string[] {
  if (!/[*?]/.test(pattern)) return [path.join(folder, pattern)];
  const parent = path.join(folder, path.dirname(pattern));
  const source = path.basename(pattern).replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  const names = new RegExp(`^${source.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  return readdirSync(parent)
    .filter((name) => names.test(name))
    .map((name) => path.join(parent, name));
}
