import { useQuery } from "@apollo/client/react";
import { SampleSeedSetsDocument, SeedSetsDocument, type SeedSetFieldsFragment } from "../generated/documents.ts";

const SHOWN = 100;

/** My seed sets and the samples, only those ready for use. */
export function useUsableSeedSets(): readonly SeedSetFieldsFragment[] {
  const mine = useQuery(SeedSetsDocument, { variables: { limit: SHOWN }, fetchPolicy: "cache-and-network" });
  const samples = useQuery(SampleSeedSetsDocument, { variables: { limit: SHOWN } });
  const all = [...(mine.data?.listSeedSets.items ?? []), ...(samples.data?.listSampleSeedSets.items ?? [])];
  return all.filter(({ status }) => status === "READY");
}
