import { join } from "node:path";
import { readJson, writeJson } from "./data-folder.ts";
import type { CreatedResource, Resource } from "./service.ts";

type Create = (resource: Resource) => Promise<CreatedResource>;
type State = Record<string, { readonly type: string; readonly physicalId: string }>;

/**
 * Tells each resource its physical id of the start before, and keeps the new ones in `DATA/state.json`; those of resources that
 * were not reached stay known when a start fails half-way.
 * @param deploy creates every resource with the function it is given
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
