import { useQuery } from "@apollo/client/react";
import { ModelsDocument, type ModelsQuery } from "../generated/documents.ts";

/** The models with their prices; empty while they are not known. */
export function useModels(): readonly ModelsQuery["listModels"][number][] {
  return useQuery(ModelsDocument).data?.listModels ?? NONE;
}

/** A model's name for people by its id; the id itself for one that is not known. */
export function useModelName(): (id: string) => string {
  const models = useModels();
  return (id) => models.find((model) => model.id === id)?.name ?? id;
}

const NONE: never[] = [];
