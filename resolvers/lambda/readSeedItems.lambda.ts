/** A page of a seed set's items, or of those that hold a text. Whose it is was checked by the step before. */
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { ENVIRONMENT } from "../../core/environment.ts";
import { PlotPaletteError } from "../../core/errors.ts";
import { seedBlockObject, seedIndexObject } from "../../core/bucket.ts";
import { readPage, searchItems, type ReadBlock } from "../../core/seeds/browse.ts";
import type { SeedIndex } from "../../core/seeds/seed-set.ts";
import type { QueryListSeedItemsArgs, SeedItemPage } from "../generated/schema.ts";
import { answering } from "./lambdaHandler.ts";
import { objectClient, setting } from "./clients.ts";
import { shortText } from "./truncate.ts";

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;
const MAX_TEXT_CHARACTERS = 200;
/** With the largest page a third of what AppSync answers with at most. */
const MAX_ITEM_CHARACTERS = 16_000;

export interface ItemsToRead {
  owner: string;
  seedSetId: string;
  name: string;
  wish: QueryListSeedItemsArgs;
}

export const handler = answering(async ({ owner, seedSetId, name, wish }: ItemsToRead): Promise<SeedItemPage> => {
  const place = placeOf(wish);
  const index = JSON.parse(await readObject(seedIndexObject(owner, seedSetId))) as SeedIndex;
  const known = Object.keys(index.collections);
  if (!known.includes(wish.collection))
    refuse(`The seed set "${name}" has no collection "${wish.collection.slice(0, 60)}" (it has ${known.join(", ")}).`);
  const readBlock: ReadBlock = (collection, number) =>
    readObject(seedBlockObject(owner, seedSetId, collection, number));
  const page = wish.text
    ? await searchItems(index, readBlock, { ...place, text: wish.text })
    : await readPage(index, readBlock, place);
  return {
    items: page.items.map(({ position, source }) => ({ position, json: shortText(source, MAX_ITEM_CHARACTERS) })),
    nextToken: page.next === undefined ? null : tokenOf(page.next),
  };
});

function placeOf({ collection, offset, limit, nextToken, text }: QueryListSeedItemsArgs) {
  const most = limit ?? DEFAULT_PAGE_SIZE;
  if (most < 1 || most > MAX_PAGE_SIZE)
    refuse(`A page may have 1 to ${MAX_PAGE_SIZE} items, not ${most}; choose a limit in between.`);
  if ((text?.length ?? 0) > MAX_TEXT_CHARACTERS)
    refuse(`The text to search for may have ${MAX_TEXT_CHARACTERS} characters, this has ${text?.length}.`);
  const begin = nextToken == null ? (offset ?? 0) : positionOf(nextToken);
  if (begin < 0) refuse(`Items are counted from 0; there is none at ${begin}.`);
  return { collection, from: begin, limit: most };
}

/** Opaque to those who get it; it holds a position and nothing that would open a door. */
function tokenOf(position: number): string {
  return Buffer.from(JSON.stringify({ position })).toString("base64url");
}

function positionOf(token: string): number {
  try {
    const { position } = JSON.parse(Buffer.from(token, "base64url").toString()) as { position?: unknown };
    if (Number.isSafeInteger(position)) return position as number;
  } catch {
    // Not JSON: not one of ours.
  }
  return refuse("The nextToken is not one that this list gave; leave it out to begin with the first page.");
}

async function readObject(Key: string): Promise<string> {
  const { Body } = await objectClient().send(new GetObjectCommand({ Bucket: setting(ENVIRONMENT.bucket), Key }));
  if (!Body) throw new Error(`The object ${Key} came without a body.`);
  return Body.transformToString("utf-8");
}

function refuse(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
