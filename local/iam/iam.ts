import type { CreatedResource, Resource, Service } from "../service.ts";
import type { Roles } from "./roles.ts";

/** The IAM resource types. There is no endpoint: only the template changes policies. */
export function iam(roles: Roles): Service {
  const create: Record<string, (resource: Resource) => CreatedResource> = {
    "AWS::IAM::Role": (resource) => {
      const role = roles.addRole(resource);
      return { ref: role.name, attributes: { Arn: role.arn, RoleId: role.id } };
    },
    "AWS::IAM::Policy": (resource) => {
      roles.addInlinePolicy(resource);
      return { ref: resource.properties.PolicyName, attributes: { Id: resource.logicalId } };
    },
    "AWS::IAM::ManagedPolicy": (resource) => {
      const arn = roles.addManagedPolicy(resource);
      return { ref: arn, attributes: { PolicyArn: arn } };
    },
    "AWS::IAM::InstanceProfile": ({ properties }) => {
      const name: string = properties.InstanceProfileName;
      const account = roles.accountId;
      return {
        ref: name,
        attributes: { Arn: `arn:aws:iam::${account}:instance-profile${properties.Path ?? "/"}${name}` },
      };
    },
  };
  return {
    name: "iam",
    types: Object.keys(create),
    start: async () => "",
    create: async (resource) => create[resource.type]!(resource),
    stop: async () => undefined,
  };
}
