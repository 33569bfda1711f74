/** Says what is wrong with a template, or what it would be; nothing is stored. */
import type { Partials } from "../../core/template.ts";
import type { TemplateFactsRow } from "../../core/rows.ts";
import type { Fault } from "../../core/template-source.ts";
import { answering } from "./answer.ts";
import { readSource } from "./readTemplateSource.ts";
import { readHead, readVersion } from "./templateRows.ts";

export interface TemplateToCheck {
  owner: string;
  source: string;
  /** The template it is to be a version of; what that holds of others may still be included. */
  id?: string | null;
}

export interface CheckedTemplate {
  faults: Fault[];
  facts?: TemplateFactsRow;
  /** The names of all that it includes. */
  includes: string[];
}

export const handler = answering(async ({ owner, source, id }: TemplateToCheck): Promise<CheckedTemplate> => {
  const read = await readSource({ source, owner, kept: await keptBy(owner, id) });
  if (Array.isArray(read)) return { faults: read, includes: [] };
  return { faults: [], facts: read.facts, includes: Object.keys(read.partials) };
});

/** Somebody else's template keeps nothing for me, and I do not learn that it is there. */
async function keptBy(owner: string, id: string | null | undefined): Promise<Partials | undefined> {
  const head = id ? await readHead(id) : undefined;
  return head?.owner === owner ? (await readVersion(head.templateId, head.latestVersion))?.partials : undefined;
}
