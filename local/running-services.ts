import { noLocalMeaning } from "./no-local-meaning.ts";
import type { CloudContext, CreatedResource, Resource, Service } from "./service.ts";

/**
 * Starts all services in parallel and fills in their addresses.
 * @returns a function that stops them, each before the services it uses
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

/** Whether a type is emulated or listed as having no local meaning. */
export function isKnownType(type: string, services: readonly Service[]): boolean {
  return serviceFor(type, services) !== undefined || noLocalMeaning(type) !== undefined;
}

/** Creates or updates a resource of a known type. */
export async function createResource(
  resource: Resource,
  services: readonly Service[],
  account: { region: string; accountId: string },
): Promise<CreatedResource> {
  const service = serviceFor(resource.type, services);
  if (service) return service.create(resource);
  return noLocalMeaning(resource.type)!.answer(resource, account);
}

/** Services match types by name or, for custom resources, by prefix (`Custom::*`). */
function serviceFor(type: string, services: readonly Service[]): Service | undefined {
  return services.find(({ types }) =>
    types.some((known) => (known.endsWith("*") ? type.startsWith(known.slice(0, -1)) : known === type)),
  );
}

/** Environment variables that point an AWS SDK client at these addresses and nothing else. */
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

/** A service that fails to stop does not keep the others from stopping. */
async function stopAll(services: readonly Service[]): Promise<void> {
  const failures: unknown[] = [];
  for (const service of services) await service.stop().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
