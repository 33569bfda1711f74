import type { FieldPolicy, StoreObject, TypePolicies } from "@apollo/client";

/**
 * A first page replaces what is known, a later one goes behind it; what is there already is not repeated. `key` tells the
 * items from each other.
 */
const pages = (key: string, ...keyArgs: string[]): FieldPolicy => ({
  keyArgs,
  merge(known: Page | undefined, news: Page, { args, readField }) {
    if (!args?.nextToken || !known) return news;
    const keys = new Set(known.items.map((item) => readField(key, item)));
    return { ...news, items: [...known.items, ...news.items.filter((item) => !keys.has(readField(key, item)))] };
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
      listSeedItems: pages("position", "seedSetId", "collection", "text", "from"),
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
  // One id names many versions.
  Template: { keyFields: ["id", "version"] },
  DatasetArchive: { keyFields: ["jobId"] },
  // Two names alone do not tell a file of one job from that of another: they belong to the object around them.
  DatasetFile: { keyFields: false },
  SeedCollection: { keyFields: false },
  TemplateStep: { keyFields: false },
  TemplateOrigin: { keyFields: false },
  TemplateAnalysis: { merge: false },
};
