/** Renders the prompts of one record before anything is saved or spent. */
import { checkPicks } from "../../core/seeds/pick.ts";
import type { TemplateProblem } from "../../core/template/document/source.ts";
import type { Template } from "../../core/template/template.ts";
import { Sandbox } from "../../worker/sandbox/sandbox.ts";
import type { SeedSource } from "../../worker/seeds.ts";
import type { RenderedStep, RenderTemplateInput } from "../generated/schema.ts";
import { lambdaHandler } from "./lambdaHandler.ts";
import { drawnItems } from "./drawnItems.ts";
import { chosenParameters } from "./parameters.ts";
import { readSource } from "./readTemplateSource.ts";
import { includedTextsOf } from "./templateRows.ts";
import { renderRecord } from "./renderRecord.ts";
import { openSeeds, seedSetToUse } from "./seedSetToUse.ts";
import { truncateToFit, truncateText, truncateValue } from "./truncate.ts";
import { PlaceholderSeeds } from "./placeholderSeeds.ts";

/** AppSync's responses have at most 5 MB, and JSON within JSON grows. */
const MAX_RESPONSE_BYTES = 2_000_000;

export interface TemplateToRender {
  owner: string;
  input: RenderTemplateInput;
}

export interface Rendering {
  problems: TemplateProblem[];
  seeds: Record<string, unknown>;
  steps: RenderedStep[];
}

/** Created with the first record and kept for the function's lifetime: creating one takes longer than rendering. */
let sandbox: Promise<Sandbox> | undefined;

export const handler = lambdaHandler(async ({ owner, input }: TemplateToRender): Promise<Rendering> => {
  const read = await readSource({
    source: input.source,
    owner,
    existing: await includedTextsOf(owner, input.templateId),
  });
  if (Array.isArray(read)) return { problems: read, seeds: {}, steps: [] };
  const { template, partials, analysis } = read;
  const parameters = chosenParameters(template, input.parameters);
  const recordNo = Math.max(0, input.recordNo ?? 0);
  const seeds = await seedsFor(owner, input, template, analysis.seedSchema);
  const items = await drawnItems(seeds, template.pick, { jobId: "render", slot: recordNo, attempt: 0 });
  const values = { ...items, ...mapValues(parameters, (value) => JSON.stringify(value ?? null)) };
  const record = { source: input.source, template, partials, values, recordNo };
  const rendering = await renderRecord(await (sandbox ??= Sandbox.create()), record);
  const shown = { ...rendering, seeds: mapValues(items, (item) => JSON.parse(item) as unknown) };
  return truncateToFit(MAX_RESPONSE_BYTES, (most) => truncateRendering(shown, most));
});

/** @param seedSchema what the template reads from its seeds, as JSON text */
async function seedsFor(
  owner: string,
  { seedSetId }: RenderTemplateInput,
  template: Template,
  seedSchema: string,
): Promise<SeedSource> {
  if (seedSetId == null) return new PlaceholderSeeds(JSON.parse(seedSchema) as PlaceholderSeeds["collections"]);
  const seeds = await openSeeds(await seedSetToUse(owner, seedSetId));
  checkPicks(template, seeds.index.collections);
  return seeds;
}

function truncateRendering({ problems, seeds, steps }: Rendering, most: number): Rendering {
  return {
    problems,
    seeds: mapValues(seeds, (value) => truncateValue(value, most)),
    steps: steps.map((step) => ({
      ...step,
      system: step.system == null ? null : truncateText(step.system, most),
      turns: step.turns.map(({ role, text }) => ({ role, text: truncateText(text, most) })),
    })),
  };
}

function mapValues<T, U>(map: Readonly<Record<string, T>>, each: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, each(value)]));
}
