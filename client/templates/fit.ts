import type { SeedSetFieldsFragment } from "../generated/documents.ts";
import { showCount } from "../ui/format.ts";
import { distinctReads, type DistinctRead, type Read } from "./reads.ts";
import { readName } from "./labels.ts";

/** One thing a template reads, and whether the seeds have it. */
export interface Fit {
  /** `movies.Title`, or `movies` when whole items are read. */
  readonly name: string;
  readonly verdict: "there" | "partly" | "optional" | "missing";
  /** What is wrong, or how far it is there; null when all is well. */
  readonly remark: string | null;
}

/** Checks all that a template reads against the collections and fields of a seed set. */
export function checkFit(reads: readonly Read[], collections: readonly Collection[]): Fit[] {
  return distinctReads(reads).map((read) => checkRead(read, collections));
}

/** Whether a job with these seeds would be refused. */
export function isRefused(fits: readonly Fit[]): boolean {
  return fits.some((fit) => fit.verdict === "missing");
}

type Collection = SeedSetFieldsFragment["collections"][number];

function checkRead(read: DistinctRead, collections: readonly Collection[]): Fit {
  const name = readName(read);
  const collection = collections.find((candidate) => candidate.name === read.collection);
  if (!collection) return { name, verdict: "missing", remark: `the seeds have no collection “${read.collection}”` };
  if (read.path === "") return { name, verdict: "there", remark: null };
  const field = collection.fields.find((candidate) => candidate.name === read.path);
  if (!field && !read.required) return { name, verdict: "optional", remark: "not in these seeds, and not needed" };
  if (!field) return { name, verdict: "missing", remark: `“${read.collection}” has no field “${read.path}”` };
  if (field.missing === 0) return { name, verdict: "there", remark: null };
  return {
    name,
    verdict: "partly",
    remark: `empty in ${showCount(field.missing)} of ${showCount(collection.itemCount)}`,
  };
}
