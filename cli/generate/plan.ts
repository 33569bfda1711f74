/** What a new job needs, read and validated locally before anything starts. */
import { readFile, stat } from "node:fs/promises";
import { parse as parseYaml } from "yaml";
import type { Nanos } from "#core/money/money";
import { DEFAULT_COLLECTION, seedFormatOf } from "#core/seeds/seed-set";
import { parseTemplate } from "#core/template/parse";
import type { Template } from "#core/template/template";
import type { SeedFile } from "../api-calls.ts";
import { UsageError } from "../exit-codes.ts";
import type { GenerateOptions } from "./options.ts";

export interface Plan {
  readonly template: TemplateFile;
  readonly seedFiles: readonly SeedFile[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly records: number;
  readonly budget: Nanos;
}

interface TemplateFile {
  readonly name: string;
  readonly source: string;
  readonly template: Template;
}

/** @throws UsageError or PlotPaletteError for an option that is missing, or a file that is missing or invalid */
export async function planJob({ template, seeds = [], set = {}, records, budget }: GenerateOptions): Promise<Plan> {
  if (!template) throw new UsageError("Expected --template FILE: the template to generate records with.");
  if (seeds.length === 0) throw new UsageError("Expected --seeds FILE: the seed data to draw from.");
  if (records === undefined) throw new UsageError("Expected --records N: the number of records to deliver.");
  if (budget === undefined) throw new UsageError("Expected --budget USD: the maximum model cost.");
  const file = await readTemplateFile(template);
  return {
    template: file,
    seedFiles: await readSeedFiles(seeds, collectionForUnnamed(seeds, file.template)),
    parameters: parameterValues(file.template, set),
    records,
    budget,
  };
}

async function readTemplateFile(path: string): Promise<TemplateFile> {
  const source = await readFile(path, "utf8").catch((cause: Error) => {
    throw new UsageError(`The template ${path} cannot be read (${cause.message}).`, { cause });
  });
  const template = parseTemplate(source);
  return { name: template.name, source, template };
}

/** Files without a name are for the only collection that the template draws from; when there are several, for `seeds`. */
function collectionForUnnamed(specs: readonly string[], { pick }: Template): string {
  const [only, ...others] = new Set(Object.values(pick).map(({ from }) => from));
  const areUnnamed = specs.every((spec) => spec.startsWith("="));
  return areUnnamed && only !== undefined && others.length === 0 ? only : DEFAULT_COLLECTION;
}

/** @param specs `name=file` each; without a name, for the collection `unnamed` */
async function readSeedFiles(specs: readonly string[], unnamed: string): Promise<SeedFile[]> {
  const files: SeedFile[] = [];
  for (const spec of specs) {
    const collection = spec.slice(0, spec.indexOf("=")) || unnamed;
    const path = spec.slice(spec.indexOf("=") + 1);
    seedFormatOf(path);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) throw new UsageError(`The seed file ${path} cannot be read; expected an existing file.`);
    if (found.size === 0) throw new UsageError(`The seed file ${path} is empty; expected at least one row.`);
    files.push({ collection, path, bytes: found.size });
  }
  return files;
}

/** Values read as YAML, except where the parameter's default is a string. */
function parameterValues({ parameters }: Template, set: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(set).map(([name, value]) => {
      const parameter = parameters[name];
      if (!parameter)
        throw new UsageError(
          `The template has no parameter "${name}"; it has ${Object.keys(parameters).join(", ") || "none"}.`,
        );
      return [name, typeof parameter.default === "string" ? value : parseYaml(value)];
    }),
  );
}
