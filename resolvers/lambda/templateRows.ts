/** The rows of templates as functions read them. */
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../core/environment.ts";
import { invariant, PlotPaletteError } from "../../core/errors.ts";
import { SAMPLES, templateHeadKey, templateVersionKey } from "../../core/keys.ts";
import type { TemplateHeadRow, TemplateVersionRow } from "../../core/template/template-rows.ts";
import type { Partials } from "../../core/template/template.ts";
import { latestFor, mayReadVersion, noVersion, SAMPLE_STAYS } from "../shared/templateAccess.ts";
import { documentClient, setting } from "./clients.ts";

export interface TemplateRows {
  readonly head: TemplateHeadRow;
  readonly version: TemplateVersionRow;
}

/**
 * A version that a person may read, the latest of those when none is named.
 * @throws PlotPaletteError NotFound for what is not there or not for this person
 */
export async function readableTemplate(owner: string, id: string, wanted?: number | null): Promise<TemplateRows> {
  const head = await readHead(id);
  if (!head || latestFor(head, owner) === 0) throwNotFound();
  const version = wanted ?? latestFor(head, owner);
  if (!mayReadVersion(head, owner, version)) throw new PlotPaletteError("NotFound", noVersion(head, owner, version));
  const row = await readVersion(id, version);
  // Versions are removed after the head, so this one was deleted since.
  if (!row) throwNotFound();
  return { head, version: row };
}

/** @throws PlotPaletteError NotFound when it is not the owner's, BadInput for a sample */
export async function ownHead(owner: string, id: string): Promise<TemplateHeadRow> {
  const head = await readHead(id);
  if (head?.owner === SAMPLES) throw new PlotPaletteError("BadInput", SAMPLE_STAYS);
  if (head?.owner !== owner) throwNotFound();
  return head;
}

/**
 * The texts of others that a template holds, if this person may read it: they can be included in it again, whatever became of
 * where they came from, as a fork would copy them. What they may not read holds nothing for them, like what is not there.
 */
export async function textsHeldBy(owner: string, id: string | null | undefined): Promise<Partials | undefined> {
  const head = id ? await readHead(id) : undefined;
  const version = head ? latestFor(head, owner) : 0;
  return head && version > 0 ? (await readVersion(head.templateId, version))?.partials : undefined;
}

/** Ids are sent as they came; what cannot be a key of ours is nobody's. */
export async function readHead(id: string): Promise<TemplateHeadRow | undefined> {
  return id.length > 64 ? undefined : read<TemplateHeadRow>(templateHeadKey(id));
}

export async function readVersion(id: string, version: number): Promise<TemplateVersionRow | undefined> {
  invariant(id.length <= 64, "an id of ours is short");
  return read<TemplateVersionRow>(templateVersionKey(id, version));
}

async function read<Row>(Key: { pk: string; sk: string }): Promise<Row | undefined> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: setting(ENVIRONMENT.templatesTable), Key, ConsistentRead: true }),
  );
  return Item as Row | undefined;
}

function throwNotFound(): never {
  throw new PlotPaletteError("NotFound", "There is no template with that id.");
}
