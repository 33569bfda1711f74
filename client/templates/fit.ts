import type { SeedSetFieldsFragment } from "../generated/documents.ts";
import { showCount } from "../ui/format.ts";
import { distinctReads, type DistinctRead, type Read } from "./reads.ts";
import { readName } from "./labels.ts";

/** One field or collection that a template reads, and whether the seeds have it. */
export interface Fit {
  /** `movies.Title`, or `movies` when whole items are read. */
  readonly name: string;
  readonly status: "present" | "partial" | "optional" | "missing";
  /** Whether the template cannot do without it. */
  readonly required: boolean;
  /** What is missing, or in how many items; null when nothing is. */
  readonly remark: string | null;
}

/** Checks everything a template reads against the collections and fields of a seed set. */
export function checkFit(reads: readonly Read[], collections: readonly Collection[]): Fit[] {
  return distinctReads(reads).map((read) => checkRead(read, collections));
}

/** Whether a job with these seeds would be rejected. */
export function isIncompatible(fits: readonly Fit[]): boolean {
  return fits.some((fit) => fit.status === "missing");
}

type Collection = SeedSetFieldsFragment["collections"][number];

/** Whether leaving out some of the items may make these seeds fit. */
export function mayFitInPart(fits: readonly Fit[]): boolean {
  return !isIncompatible(fits) && fits.some(({ status, required }) => status === "partial" && required);
}

function checkRead(read: DistinctRead, collections: readonly Collection[]): Fit {
  return { name: readName(read), required: read.required, ...statusOf(read, collections) };
}

function statusOf(read: DistinctRead, collections: readonly Collection[]): Pick<Fit, "status" | "remark"> {
  const collection = collections.find((candidate) => candidate.name === read.collection);
  if (!collection) return { status: "missing", remark: `the seeds have no collection “${read.collection}”` };
  if (read.path === "") return { status: "present", remark: null };
  const field = collection.fields.find((candidate) => candidate.name === read.path);
  if (!field && !read.required) return { status: "optional", remark: "not in these seeds; optional" };
  if (!field) return { status: "missing", remark: `“${read.collection}” has no field “${read.path}”` };
  if (field.missing === 0) return { status: "present", remark: null };
  return {
    status: "partial",
    remark: `missing in ${showCount(field.missing)} of ${showCount(collection.itemCount)} items`,
  };
}
