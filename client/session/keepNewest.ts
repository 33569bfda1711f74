import { ApolloLink, type ApolloCache } from "@apollo/client";
import { map } from "rxjs";
import {
  ArchiveFieldsFragmentDoc,
  JobStateFragmentDoc,
  SeedSetFieldsFragmentDoc,
  ShardFieldsFragmentDoc,
  TestRunFieldsFragmentDoc,
} from "../generated/documents.ts";
import { isStaleArchive, isStaleJobState, isStaleShardReport } from "../jobs/live/freshness.ts";
import { isStaleSeedSet } from "../seeds/freshness.ts";
import { isStaleTestRun } from "../testRuns/freshness.ts";

/**
 * A response can be overtaken by an update through the socket. Before a response is written to the cache, this link replaces
 * whatever the cache has a newer state of, so that a job that has ended never seems to run again.
 */
export function keepNewest(cache: ApolloCache): ApolloLink {
  return new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      map((result) => ("data" in result && result.data ? { ...result, data: newest(result.data, cache) } : result)),
    ),
  );
}

/** The same data, with every job, shard, archive, seed set and test run replaced for which the cache has a newer state. */
export function newest<T>(value: T, cache: ApolloCache): T {
  if (Array.isArray(value)) return value.map((item: unknown) => newest(item, cache)) as T;
  if (!isObject(value)) return value;
  const object = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, newest(inner, cache)]));
  return { ...object, ...newerState(object, cache) } as T;
}

function newerState(object: Record<string, unknown>, cache: ApolloCache): object | undefined {
  const entity = ENTITY_TYPES[String(object.__typename)];
  const id = entity && cache.identify(object as { __typename: string });
  if (!entity || !id) return undefined;
  const known = cache.readFragment({ id, fragment: entity.fragment });
  return known && entity.isStale(known, object) ? (known as object) : undefined;
}

const ENTITY_TYPES: Readonly<Record<string, EntityType>> = {
  Job: { fragment: JobStateFragmentDoc, isStale: isStaleJobState as IsStale },
  ShardProgress: { fragment: ShardFieldsFragmentDoc, isStale: isStaleShardReport as IsStale },
  DatasetArchive: { fragment: ArchiveFieldsFragmentDoc, isStale: isStaleArchive as IsStale },
  SeedSet: { fragment: SeedSetFieldsFragmentDoc, isStale: isStaleSeedSet as IsStale },
  TestRun: { fragment: TestRunFieldsFragmentDoc, isStale: isStaleTestRun as IsStale },
};

interface EntityType {
  readonly fragment:
    | typeof JobStateFragmentDoc
    | typeof ShardFieldsFragmentDoc
    | typeof ArchiveFieldsFragmentDoc
    | typeof SeedSetFieldsFragmentDoc
    | typeof TestRunFieldsFragmentDoc;
  readonly isStale: IsStale;
}

/** `__typename` has already selected the entity type, which the compiler cannot follow. */
type IsStale = (known: unknown, incoming: unknown) => boolean;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
