import type { FieldPolicy, TypePolicies } from "@apollo/client";

/** A first page replaces what is known, a later one goes behind it; what is there already is not repeated. */
const pages = (...keyArgs: string[]): FieldPolicy => ({
  keyArgs,
  merge(known: Page | undefined, news: Page, { args, readField }) {
    if (!args?.nextToken || !known) return news;
    const ids = new Set(known.items.map((item) => readField("id", item)));
    return { ...news, items: [...known.items, ...news.items.filter((item) => !ids.has(readField("id", item)))] };
  },
});

interface Page {
  readonly items: readonly { readonly __ref: string }[];
  readonly nextToken: string | null;
}

export const typePolicies: TypePolicies = {
  Query: {
    fields: {
      listJobs: pages("status"),
      listTemplates: pages(),
      listSampleTemplates: pages(),
      listSeedSets: pages(),
      listSampleSeedSets: pages(),
      getJob: { read: (known, { args, toReference }) => known ?? toReference({ __typename: "Job", id: args?.id }) },
      getSeedSet: {
        read: (known, { args, toReference }) => known ?? toReference({ __typename: "SeedSet", id: args?.id }),
      },
    },
  },
  // One id names many versions.
  Template: { keyFields: ["id", "version"] },
  // Two names alone do not tell a file of one job from that of another: they belong to the object around them.
  DatasetFile: { keyFields: false },
  SeedCollection: { keyFields: false },
};
