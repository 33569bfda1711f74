import { noLocalMeaning } from "./no-local-meaning.ts";
import type { CloudContext, CreatedResource, Resource, Service } from "./service.ts";

/**
 * Starts all services at once and fills in their addresses.
 * @returns what stops them, users before what they use
 */
export async function startServices(
  services: readonly Service[],
  contextFor: (service: Service) => CloudContext,
  endpoints: Record<string, string>,
): Promise<() => Promise<void>> {
  const results = await Promise.allSettled(services.map(async (service) => service.start(contextFor(service))));
  const started = services.filter((_, index) => results[index]!.status === "fulfilled");
  const stop = () => stopAll([...started].reverse());
  const failure = results.find((result) => result.status === "rejected");
  if (failure) {
    await stop();
    throw failure.reason;
  }
  results.forEach((result, index) => {
    if (result.status === "fulfilled" && result.value) endpoints[services[index]!.name] = result.value;
  });
  return stop;
}

/** Whether a type is played or listed as having nothing to play. */
export function isKnownType(type: string, services: readonly Service[]): boolean {
  return serviceFor(type, services) !== undefined || noLocalMeaning(type) !== undefined;
}

/** Makes a resource of a known type true. */
export async function createResource(
  resource: Resource,
  services: readonly Service[],
  account: { region: string; accountId: string },
): Promise<CreatedResource> {
  const service = serviceFor(resource.type, services);
  if (service) return service.create(resource);
  return noLocalMeaning(resource.type)!.answer(resource, account);
}

/** A type is played by its name or, as custom resources are, by the beginning of it (`Custom::*`). */
function serviceFor(type: string, services: readonly Service[]): Service | undefined {
  return services.find(({ types }) =>
    types.some((played) => (played.endsWith("*") ? type.startsWith(played.slice(0, -1)) : played === type)),
  );
}

/** What makes a real AWS SDK client talk to these addresses and to nothing else. */
export function sdkEnvironment(region: string, endpoints: Readonly<Record<string, string>>): Record<string, string> {
  const { control: _, ...services } = endpoints;
  const addresses = Object.entries(services).map(([name, url]) => [
    `AWS_ENDPOINT_URL_${name.toUpperCase().replaceAll("-", "_")}`,
    url,
  ]);
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    ...Object.fromEntries(addresses),
  };
}

/** One that cannot stop does not keep the others from it. */
async function stopAll(services: readonly Service[]): Promise<void> {
  const failures: unknown[] = [];
  for (const service of services) await service.stop().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
