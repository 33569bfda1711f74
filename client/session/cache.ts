import type { FieldPolicy, StoreObject, TypePolicies } from "@apollo/client";

/**
 * A first page replaces the cached list; a later page is appended, without items that are already there. `key` is the field
 * that identifies an item.
 */
const pages = (key: string, ...keyArgs: string[]): FieldPolicy => ({
  keyArgs,
  merge(existing: Page | undefined, incoming: Page, { args, readField }) {
    if (!args?.nextToken || !existing) return incoming;
    const keys = new Set(existing.items.map((item) => readField(key, item)));
    return {
      ...incoming,
      items: [...existing.items, ...incoming.items.filter((item) => !keys.has(readField(key, item)))],
    };
  },
});

interface Page {
  readonly items: readonly StoreObject[];
  readonly nextToken: string | null;
}

export const typePolicies: TypePolicies = {
  Query: {
    fields: {
      listJobs: pages("id", "status"),
      listTemplates: pages("id"),
      listSampleTemplates: pages("id"),
      searchTemplates: pages("id", "text", "category", "tag"),
      listTemplateVersions: pages("version", "id"),
      listSeedSets: pages("id"),
      listSampleSeedSets: pages("id"),
      listSeedItems: pages("position", "seedSetId", "collection", "text", "offset"),
      getJob: { read: (known, { args, toReference }) => known ?? toReference({ __typename: "Job", id: args?.id }) },
      getDatasetArchive: {
        read: (known, { args, toReference }) =>
          known ?? toReference({ __typename: "DatasetArchive", jobId: args?.jobId }),
      },
      getSeedSet: {
        read: (known, { args, toReference }) => known ?? toReference({ __typename: "SeedSet", id: args?.id }),
      },
    },
  },
  // A query has the latest records of one shard only, and those of the others stay on screen until their next report.
  ShardProgress: {
    fields: {
      latest: {
        merge: (known: readonly string[] | undefined, incoming: readonly string[]) =>
          incoming.length > 0 ? incoming : (known ?? []),
      },
    },
  },
  // One id has many versions.
  Template: { keyFields: ["id", "version"] },
  DatasetArchive: { keyFields: ["jobId"] },
  // Names are unique only within the parent object: a file of one job can have the name of another job's file.
  DatasetFile: { keyFields: false },
  SeedCollection: { keyFields: false },
  TemplateStep: { keyFields: false },
  TemplateOrigin: { keyFields: false },
  TemplateAnalysis: { merge: false },
};
