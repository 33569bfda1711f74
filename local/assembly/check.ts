import { dependenciesOf } from "./template.ts";
import type { Stack } from "./template.ts";

/**
 * Validates a stack and those nested in it before anything is started.
 * @param isKnown whether a resource type is emulated or listed as having no local meaning
 * @throws Error for an unknown type, a reference to nothing, or resources that wait for each other.
 *   A nested stack counts as one resource, as in CloudFormation: two nested stacks that need each other cannot be deployed.
 */
export function checkStack(stack: Stack, isKnown: (type: string) => boolean): void {
  for (const [logicalId, resource] of Object.entries(stack.template.Resources)) {
    const path = `${stack.path}/${logicalId}`;
    if (resource.Type !== "AWS::CloudFormation::Stack" && !isKnown(resource.Type)) {
      throw new Error(
        `${path} has the type ${resource.Type}, which the local cloud neither emulates nor ignores (local/no-local-meaning.ts).`,
      );
    }
    for (const id of dependenciesOf(resource)) {
      if (!isDeclared(stack, id)) throw new Error(`${path} refers to "${id}", which its template does not define.`);
    }
  }
  const cycle = findCycle(stack);
  if (cycle)
    throw new Error(
      `${stack.path} has a circular dependency, which CloudFormation would reject too: ${cycle.join(" → ")}.`,
    );
  for (const nested of stack.nested.values()) checkStack(nested, isKnown);
}

function isDeclared({ template }: Stack, id: string): boolean {
  return id.startsWith("AWS::") || id in template.Resources || id in (template.Parameters ?? {});
}

/** Depth-first search; returns the first cycle found, its first member repeated at the end. */
function findCycle({ template }: Stack): string[] | undefined {
  const done = new Set<string>();
  const visit = (id: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(id)) return [...trail.slice(trail.indexOf(id)), id];
    const resource = template.Resources[id];
    if (!resource || done.has(id)) return undefined;
    for (const next of dependenciesOf(resource)) {
      const cycle = visit(next, [...trail, id]);
      if (cycle) return cycle;
    }
    done.add(id);
    return undefined;
  };
  for (const id of Object.keys(template.Resources)) {
    const cycle = visit(id, []);
    if (cycle) return cycle;
  }
  return undefined;
}
