import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ASSEMBLY } from "../e2e/synthesize-once.ts";

export interface Template {
  readonly file: string;
  readonly resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: any; readonly DeletionPolicy?: string }>
  >;
}

/** Every template of the assembly, nested ones too. */
export function templates(): Template[] {
  return readdirSync(ASSEMBLY)
    .filter((name) => name.endsWith(".template.json"))
    .map((name) => ({
      file: join(ASSEMBLY, name),
      resources: JSON.parse(readFileSync(join(ASSEMBLY, name), "utf8")).Resources ?? {},
    }));
}

/** The resources of a type, wherever they stand. */
export function resourcesOf(type: string): { id: string; properties: any; deletionPolicy?: string }[] {
  return templates().flatMap(({ resources }) =>
    Object.entries(resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({ id, properties: resource.Properties, deletionPolicy: resource.DeletionPolicy })),
  );
}
