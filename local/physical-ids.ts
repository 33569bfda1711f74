import { join } from "node:path";
import { readJson, writeJson } from "./data-folder.ts";
import type { CreatedResource, Resource } from "./service.ts";

type Create = (resource: Resource) => Promise<CreatedResource>;
type State = Record<string, { readonly type: string; readonly physicalId: string }>;

/**
 * Passes each resource its physical id from the previous start, and stores the new ids in `DATA/state.json`. When a start fails
 * halfway, the ids of resources that were not reached are kept.
 * @param deploy creates every resource with the function it receives
 */
export async function withPhysicalIds<T>(
  data: string,
  create: Create,
  deploy: (create: Create) => Promise<T>,
): Promise<T> {
  const file = join(data, "state.json");
  const before = readJson<State>(file) ?? {};
  const state: State = {};
  try {
    const deployed = await deploy(async (resource) => {
      const known = before[resource.path];
      const physicalId = known?.type === resource.type ? known.physicalId : undefined;
      const created = await create(physicalId === undefined ? resource : { ...resource, physicalId });
      state[resource.path] = { type: resource.type, physicalId: created.ref };
      return created;
    });
    writeJson(file, state);
    return deployed;
  } catch (error) {
    writeJson(file, { ...before, ...state });
    throw error;
  }
}
