/** A page of a seed set's items, or of those that contain a text. The previous step has checked its ownership. */
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { ENVIRONMENT } from "../../core/environment.ts";
import { seedBlockObject, seedIndexObject } from "../../core/bucket.ts";
import { readPage, searchItems, type ReadBlock } from "../../core/seeds/browse.ts";
import type { SeedIndex } from "../../core/seeds/seed-set.ts";
import type { QueryListSeedItemsArgs, SeedItemPage } from "../generated/schema.ts";
import { lambdaHandler } from "./lambdaHandler.ts";
import { objectClient, setting } from "./clients.ts";
import { throwBadInput } from "./errors.ts";
import { truncateText } from "./truncate.ts";

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;
const MAX_TEXT_CHARACTERS = 200;
/** With the largest page, a third of AppSync's response limit. */
const MAX_ITEM_CHARACTERS = 16_000;

export interface ItemsToRead {
  owner: string;
  seedSetId: string;
  name: string;
  args: QueryListSeedItemsArgs;
}

export const handler = lambdaHandler(async ({ owner, seedSetId, name, args }: ItemsToRead): Promise<SeedItemPage> => {
  const range = rangeOf(args);
  const index = JSON.parse(await readObject(seedIndexObject(owner, seedSetId))) as SeedIndex;
  const known = Object.keys(index.collections);
  if (!known.includes(args.collection))
    throwBadInput(
      `The seed set "${name}" has no collection "${args.collection.slice(0, 60)}" (it has ${known.join(", ")}).`,
    );
  const readBlock: ReadBlock = (collection, number) =>
    readObject(seedBlockObject(owner, seedSetId, collection, number));
  const page = args.text
    ? await searchItems(index, readBlock, { ...range, text: args.text })
    : await readPage(index, readBlock, range);
  return {
    items: page.items.map(({ position, source }) => ({ position, json: truncateText(source, MAX_ITEM_CHARACTERS) })),
    nextToken: page.next === undefined ? null : tokenOf(page.next),
  };
});

function rangeOf({ collection, offset, limit, nextToken, text }: QueryListSeedItemsArgs) {
  const most = limit ?? DEFAULT_PAGE_SIZE;
  if (most < 1 || most > MAX_PAGE_SIZE)
    throwBadInput(`A page may have 1 to ${MAX_PAGE_SIZE} items, not ${most}; choose a limit in that range.`);
  if ((text?.length ?? 0) > MAX_TEXT_CHARACTERS)
    throwBadInput(
      `The search text may have at most ${MAX_TEXT_CHARACTERS} characters, but it has ${text?.length}; shorten it.`,
    );
  const begin = nextToken == null ? (offset ?? 0) : positionOf(nextToken);
  if (begin < 0) throwBadInput(`The offset must be 0 or more, not ${begin}.`);
  return { collection, from: begin, limit: most };
}

/** Opaque to clients; it holds a position and nothing that grants access. */
function tokenOf(position: number): string {
  return Buffer.from(JSON.stringify({ position })).toString("base64url");
}

function positionOf(token: string): number {
  try {
    const { position } = JSON.parse(Buffer.from(token, "base64url").toString()) as { position?: unknown };
    if (Number.isSafeInteger(position)) return position as number;
  } catch {
    // Not JSON, so not one of ours.
  }
  return throwBadInput("This nextToken was not issued by this list; omit it to start from the first page.");
}

async function readObject(Key: string): Promise<string> {
  const { Body } = await objectClient().send(new GetObjectCommand({ Bucket: setting(ENVIRONMENT.bucket), Key }));
  if (!Body) throw new Error(`S3 returned the object ${Key} without a body.`);
  return Body.transformToString("utf-8");
}
