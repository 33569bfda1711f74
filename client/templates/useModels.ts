import { useQuery } from "@apollo/client/react";
import { ModelsDocument, type ModelsQuery } from "../generated/documents.ts";

/** The models with their prices; empty until loaded. */
export function useModels(): readonly ModelsQuery["listModels"][number][] {
  return useQuery(ModelsDocument).data?.listModels ?? NONE;
}

/** Looks up a model's display name by its id; the id itself for an unknown model. */
export function useModelName(): (id: string) => string {
  const models = useModels();
  return (id) => models.find((model) => model.id === id)?.name ?? id;
}

const NONE: never[] = [];
