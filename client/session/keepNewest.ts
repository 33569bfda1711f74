import { ApolloLink, type ApolloCache } from "@apollo/client";
import { map } from "rxjs";
import {
  ArchiveFieldsFragmentDoc,
  JobStateFragmentDoc,
  SeedSetFieldsFragmentDoc,
  ShardFieldsFragmentDoc,
  TestRunFieldsFragmentDoc,
} from "../generated/documents.ts";
import { isStaleArchive } from "../jobs/dataset/archive.ts";
import { isStaleJobState, isStaleShardReport } from "../jobs/live/freshness.ts";
import { isStaleSeedSet } from "../seeds/freshness.ts";
import { isStaleTestRun } from "../testRuns/freshness.ts";

/**
 * An answer can be overtaken on its way by news through the socket. This link puts what the cache knows better into
 * answers before they are written, so that a job that has ended never seems to run again.
 */
export function keepNewest(cache: ApolloCache): ApolloLink {
  return new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      map((result) => ("data" in result && result.data ? { ...result, data: newest(result.data, cache) } : result)),
    ),
  );
}

/** The same data with every job, shard, archive, seed set and try replaced that the cache has a later state of. */
export function newest<T>(value: T, cache: ApolloCache): T {
  if (Array.isArray(value)) return value.map((item: unknown) => newest(item, cache)) as T;
  if (!isObject(value)) return value;
  const object = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, newest(inner, cache)]));
  return { ...object, ...laterState(object, cache) } as T;
}

function laterState(object: Record<string, unknown>, cache: ApolloCache): object | undefined {
  const kind = KINDS[String(object.__typename)];
  const id = kind && cache.identify(object as { __typename: string });
  if (!kind || !id) return undefined;
  const known = cache.readFragment({ id, fragment: kind.fragment });
  return known && kind.isOld(known, object) ? (known as object) : undefined;
}

const KINDS: Readonly<Record<string, Kind>> = {
  Job: { fragment: JobStateFragmentDoc, isOld: isStaleJobState as IsOld },
  ShardProgress: { fragment: ShardFieldsFragmentDoc, isOld: isStaleShardReport as IsOld },
  DatasetArchive: { fragment: ArchiveFieldsFragmentDoc, isOld: isStaleArchive as IsOld },
  SeedSet: { fragment: SeedSetFieldsFragmentDoc, isOld: isStaleSeedSet as IsOld },
  TestRun: { fragment: TestRunFieldsFragmentDoc, isOld: isStaleTestRun as IsOld },
};

interface Kind {
  readonly fragment:
    | typeof JobStateFragmentDoc
    | typeof ShardFieldsFragmentDoc
    | typeof ArchiveFieldsFragmentDoc
    | typeof SeedSetFieldsFragmentDoc
    | typeof TestRunFieldsFragmentDoc;
  readonly isOld: IsOld;
}

/** The type name has just said which kind it is, which the compiler cannot follow. */
type IsOld = (known: unknown, news: unknown) => boolean;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
