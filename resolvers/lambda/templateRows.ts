/** Reads the rows of templates. */
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../core/environment.ts";
import { invariant, PlotPaletteError } from "../../core/errors.ts";
import { SAMPLES, templateHeadKey, templateVersionKey } from "../../core/keys.ts";
import type { TemplateHeadRow, TemplateVersionRow } from "../../core/template/template-rows.ts";
import type { Partials } from "../../core/template/template.ts";
import { latestFor, mayReadVersion, versionNotFound, SAMPLE_IS_READ_ONLY } from "../shared/templateAccess.ts";
import { documentClient, setting } from "./clients.ts";

export interface TemplateRows {
  readonly head: TemplateHeadRow;
  readonly version: TemplateVersionRow;
}

/**
 * The named version, or the latest that the person may read.
 * @throws PlotPaletteError NotFound when it does not exist or the person may not read it
 */
export async function readableTemplate(owner: string, id: string, wanted?: number | null): Promise<TemplateRows> {
  const head = await readHead(id);
  if (!head || latestFor(head, owner) === 0) throwNotFound();
  const version = wanted ?? latestFor(head, owner);
  if (!mayReadVersion(head, owner, version))
    throw new PlotPaletteError("NotFound", versionNotFound(head, owner, version));
  const row = await readVersion(id, version);
  // Versions are removed after the head, so the template has been deleted since.
  if (!row) throwNotFound();
  return { head, version: row };
}

/** @throws PlotPaletteError NotFound when it is not the owner's, BadInput for a sample */
export async function ownHead(owner: string, id: string): Promise<TemplateHeadRow> {
  const head = await readHead(id);
  if (head?.owner === SAMPLES) throw new PlotPaletteError("BadInput", SAMPLE_IS_READ_ONLY);
  if (head?.owner !== owner) throwNotFound();
  return head;
}

/**
 * The texts of others that a template contains, if this person may read it: they can be included in it again, whatever became
 * of their origin, just as a fork would copy them. Undefined for a template that does not exist or may not be read.
 */
export async function includedTextsOf(owner: string, id: string | null | undefined): Promise<Partials | undefined> {
  const head = id ? await readHead(id) : undefined;
  const version = head ? latestFor(head, owner) : 0;
  return head && version > 0 ? (await readVersion(head.templateId, version))?.partials : undefined;
}

/** Ids arrive unchecked; one that cannot be a key of ours does not exist. */
export async function readHead(id: string): Promise<TemplateHeadRow | undefined> {
  return id.length > 64 ? undefined : read<TemplateHeadRow>(templateHeadKey(id));
}

export async function readVersion(id: string, version: number): Promise<TemplateVersionRow | undefined> {
  invariant(id.length <= 64, "our ids have at most 64 characters");
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
