/** Custom resources as stored by the last start, one file each. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { replaceFile } from "../files.ts";

export interface StoredResource {
  readonly path: string;
  readonly type: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly properties: Record<string, unknown>;
  readonly data: Readonly<Record<string, unknown>>;
}

export class StoredResources {
  constructor(private readonly folder: string) {}

  read(resourcePath: string): StoredResource | undefined {
    const file = this.#fileOf(resourcePath);
    return existsSync(file) ? readFile(file) : undefined;
  }

  all(): StoredResource[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => readFile(path.join(this.folder, name)));
  }

  write(resource: StoredResource): void {
    replaceFile(this.#fileOf(resource.path), JSON.stringify(resource, null, 2));
  }

  remove(resourcePath: string): void {
    rmSync(this.#fileOf(resourcePath));
  }

  #fileOf(resourcePath: string): string {
    return path.join(this.folder, `${createHash("sha256").update(resourcePath).digest("hex").slice(0, 32)}.json`);
  }
}

function readFile(file: string): StoredResource {
  return JSON.parse(readFileSync(file, "utf8")) as StoredResource;
}
