/** Custom resources as stored by the last start, one file each. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

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
    const file = this.#fileOf(resource.path);
    writeFileSync(`${file}.tmp`, JSON.stringify(resource, null, 2));
    renameSync(`${file}.tmp`, file);
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
