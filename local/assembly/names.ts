import { createHash } from "node:crypto";

interface NameRule {
  /** The property that holds the physical name. */
  readonly property: string;
  readonly limit: number;
  readonly lowerCase?: true;
}

/** Types whose name CloudFormation generates when the template gives none. */
const nameRules: Readonly<Record<string, NameRule>> = {
  "AWS::Cognito::UserPool": { property: "UserPoolName", limit: 128 },
  "AWS::DynamoDB::Table": { property: "TableName", limit: 255 },
  "AWS::ECS::Cluster": { property: "ClusterName", limit: 255 },
  "AWS::ECS::TaskDefinition": { property: "Family", limit: 255 },
  "AWS::Events::Rule": { property: "Name", limit: 64 },
  "AWS::IAM::InstanceProfile": { property: "InstanceProfileName", limit: 128 },
  "AWS::IAM::ManagedPolicy": { property: "ManagedPolicyName", limit: 128 },
  "AWS::IAM::Role": { property: "RoleName", limit: 64 },
  "AWS::Lambda::Function": { property: "FunctionName", limit: 64 },
  "AWS::Logs::LogGroup": { property: "LogGroupName", limit: 512 },
  "AWS::S3::Bucket": { property: "BucketName", limit: 63, lowerCase: true },
  "AWS::SNS::Topic": { property: "TopicName", limit: 256 },
};

/** The properties with a physical name: the template's, else one derived from stack and logical id, the same at every start. */
export function withName(
  type: string,
  properties: Record<string, any>,
  stackName: string,
  logicalId: string,
): Record<string, any> {
  const rule = nameRules[type];
  if (!rule || properties[rule.property]) return properties;
  return { ...properties, [rule.property]: physicalName(`${stackName}-${logicalId}`, rule) };
}

/** Hexadecimal digits that depend on the seed alone. */
export function stableId(seed: string, length: number): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, length);
}

/** A name that is too long keeps its head and tail around a digest, so that long names stay distinct. */
function physicalName(full: string, { limit, lowerCase }: NameRule): string {
  const name = lowerCase ? full.toLowerCase() : full;
  if (name.length <= limit) return name;
  const digest = stableId(full, 8);
  const room = limit - digest.length - 2;
  const tail = Math.floor(room / 2);
  return `${name.slice(0, room - tail)}-${digest}-${name.slice(-tail)}`;
}
