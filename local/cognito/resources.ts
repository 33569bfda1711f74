/** The CloudFormation resources of Cognito: user pools, their clients, groups and domains. */
import type { CloudContext, CreatedResource, Resource } from "../service.ts";
import { deriveClientId, deriveClientSecret, findPool, openPool } from "./pool.ts";
import type { Pool } from "./pool.ts";
import { readClientSettings } from "./settings.ts";

export const RESOURCE_TYPES = [
  "AWS::Cognito::UserPool",
  "AWS::Cognito::UserPoolClient",
  "AWS::Cognito::UserPoolGroup",
  "AWS::Cognito::UserPoolDomain",
];

/** @param url the address the service listens on */
export async function createResource(
  resource: Resource,
  pools: Map<string, Pool>,
  context: CloudContext,
  url: string,
): Promise<CreatedResource> {
  if (resource.type === "AWS::Cognito::UserPool") return createPool(resource, pools, context, url);
  if (resource.type === "AWS::Cognito::UserPoolClient") return createClient(resource, pools);
  if (resource.type === "AWS::Cognito::UserPoolGroup") return createGroup(resource, pools);
  // The hosted sign-in page is not supported, so a domain is only a name.
  return { ref: resource.properties.Domain, attributes: {} };
}

async function createPool(
  resource: Resource,
  pools: Map<string, Pool>,
  context: CloudContext,
  url: string,
): Promise<CreatedResource> {
  const pool = await openPool(resource, context, url);
  pools.set(pool.id, pool);
  const attributes = {
    Arn: pool.arn,
    UserPoolId: pool.id,
    ProviderURL: pool.issuer,
    ProviderName: pool.issuer.replace("http://", ""),
  };
  return { ref: pool.id, attributes };
}

function createClient(resource: Resource, pools: ReadonlyMap<string, Pool>): CreatedResource {
  const pool = findPool(pools, resource.properties.UserPoolId);
  const id = deriveClientId(resource.path);
  const hasSecret = String(resource.properties.GenerateSecret) === "true";
  const secret = hasSecret ? deriveClientSecret(pool, resource.path) : undefined;
  pool.clients.set(id, readClientSettings(resource.properties, id, secret));
  const attributes = { ClientId: id, Name: resource.properties.ClientName ?? resource.logicalId };
  return { ref: id, attributes: secret ? { ...attributes, ClientSecret: secret } : attributes };
}

function createGroup(resource: Resource, pools: ReadonlyMap<string, Pool>): CreatedResource {
  const { UserPoolId, GroupName, RoleArn, Precedence } = resource.properties;
  const name: string = GroupName ?? resource.logicalId;
  const precedence = Precedence === undefined ? Number.MAX_SAFE_INTEGER : Number(Precedence);
  findPool(pools, UserPoolId).groups.set(name, { name, roleArn: RoleArn, precedence });
  return { ref: name, attributes: {} };
}
