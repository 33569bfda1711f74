/** Saves, restores and forks: each reads a source, keeps what it includes, and writes a version. */
import { PlotPaletteError } from "../../core/errors.ts";
import { answering } from "./lambdaHandler.ts";
import { readSoundSource } from "./readTemplateSource.ts";
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

type Wish<Kind extends TemplateToSave["kind"]> = Extract<TemplateToSave, { kind: Kind }>;

export const handler = answering(async (wish: TemplateToSave): Promise<TemplateRows> => {
  switch (wish.kind) {
    case "new":
      return create(wish);
    case "next":
      return addVersion(wish);
    case "restore":
      return restore(wish);
    case "fork":
      return fork(wish);
  }
});

async function create({ owner, newId, source }: Wish<"new">): Promise<TemplateRows> {
  return writeNew(newId, { owner, source, read: await readSoundSource({ source, owner }) });
}

async function addVersion({ owner, id, source, basedOnVersion }: Wish<"next">): Promise<TemplateRows> {
  const head = await ownHead(owner, id);
  const kept = (await readVersion(id, head.latestVersion))?.partials;
  const read = await readSoundSource({ source, owner, kept });
  return writeNext(head, { owner, source, read }, basedOnVersion);
}

async function restore({ owner, id, version }: Wish<"restore">): Promise<TemplateRows> {
  const head = await ownHead(owner, id);
  const { version: old } = await readableTemplate(owner, id, version);
  if (version === head.latestVersion)
    throw new PlotPaletteError("BadInput", `Version ${version} is the newest already; choose an older one to restore.`);
  const read = await readSoundSource({ source: old.source, owner, kept: old.partials });
  return writeNext(head, { owner, source: old.source, read }, null);
}

/** The source is copied to the byte, so the name stays too; `forkedFrom` tells the two apart. */
async function fork({ owner, newId, id, version: wanted }: Wish<"fork">): Promise<TemplateRows> {
  const { head, version } = await readableTemplate(owner, id, wanted);
  const { source, partials } = version;
  const read = await readSoundSource({ source, owner, kept: partials });
  const forkedFrom = { id, version: version.version, name: version.name };
  return writeNew(newId, { owner, source, read }, { forkedFrom, sampleSeedSetId: head.sampleSeedSetId });
}
