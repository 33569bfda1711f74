/** Saves, restores and forks templates: each parses a source, copies what it includes, and writes a version. */
import { PlotPaletteError } from "../../core/errors.ts";
import { lambdaHandler } from "./lambdaHandler.ts";
import { readValidSource } from "./readTemplateSource.ts";
import { ownHead, readableTemplate, readVersion, type TemplateRows } from "./templateRows.ts";
import { writeNew, writeNext } from "./writeVersion.ts";

export type TemplateToSave = { readonly owner: string } & (
  | { readonly kind: "new"; readonly newId: string; readonly source: string }
  | {
      readonly kind: "next";
      readonly id: string;
      readonly source: string;
      readonly basedOnVersion: number | null;
    }
  | { readonly kind: "restore"; readonly id: string; readonly version: number }
  | { readonly kind: "fork"; readonly newId: string; readonly id: string; readonly version: number | null }
);

type SaveRequest<Kind extends TemplateToSave["kind"]> = Extract<TemplateToSave, { kind: Kind }>;

export const handler = lambdaHandler(async (request: TemplateToSave): Promise<TemplateRows> => {
  switch (request.kind) {
    case "new":
      return create(request);
    case "next":
      return addVersion(request);
    case "restore":
      return restore(request);
    case "fork":
      return fork(request);
  }
});

async function create({ owner, newId, source }: SaveRequest<"new">): Promise<TemplateRows> {
  return writeNew(newId, { owner, source, read: await readValidSource({ source, owner }) });
}

async function addVersion({ owner, id, source, basedOnVersion }: SaveRequest<"next">): Promise<TemplateRows> {
  const head = await ownHead(owner, id);
  const existing = (await readVersion(id, head.latestVersion))?.partials;
  const read = await readValidSource({ source, owner, existing });
  return writeNext(head, { owner, source, read }, basedOnVersion);
}

async function restore({ owner, id, version }: SaveRequest<"restore">): Promise<TemplateRows> {
  const head = await ownHead(owner, id);
  const { version: old } = await readableTemplate(owner, id, version);
  if (version === head.latestVersion)
    throw new PlotPaletteError("BadInput", `Version ${version} is already the latest; choose an older one to restore.`);
  const read = await readValidSource({ source: old.source, owner, existing: old.partials });
  return writeNext(head, { owner, source: old.source, read }, null);
}

/** The source is copied verbatim, so the name stays the same; `forkedFrom` tells the two apart. */
async function fork({ owner, newId, id, version: wanted }: SaveRequest<"fork">): Promise<TemplateRows> {
  const { head, version } = await readableTemplate(owner, id, wanted);
  const { source, partials } = version;
  const read = await readValidSource({ source, owner, existing: partials });
  const forkedFrom = { id, version: version.version, name: version.name };
  return writeNew(newId, { owner, source, read }, { forkedFrom, sampleSeedSetId: head.sampleSeedSetId });
}
