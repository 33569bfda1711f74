/**
 * Resource types that exist so that AWS runs, watches or protects the rest, and for which there is nothing to do on one machine.
 * Other resources may refer to them, so each answers plausible values.
 */
import { stableId } from "./assembly/names.ts";
import type { CreatedResource, Resource } from "./service.ts";

interface Account {
  readonly region: string;
  readonly accountId: string;
}

type Answer = (resource: Resource, account: Account) => CreatedResource;

interface Listed {
  /** Why there is nothing to play. */
  readonly reason: string;
  readonly answer: Answer;
}

/** `undefined` when the type is not listed. An exact name wins over `AWS::EC2::*`. */
export function noLocalMeaning(type: string): Listed | undefined {
  return table[type] ?? table[type.replace(/[^:]+$/, "*")];
}

/** An id as EC2 and its like make them: `vpc-0a1b2c3d4e5f60718`. */
const id =
  (prefix: string, ...attributes: string[]): Answer =>
  ({ path }) => {
    const ref = `${prefix}-${stableId(path, 17)}`;
    return { ref, attributes: Object.fromEntries(attributes.map((name) => [name, ref])) };
  };

/** A name, and an ARN that ends in it. */
const named =
  (nameProperty: string, arn: (name: string, account: Account) => string): Answer =>
  ({ path, properties }, account) => {
    const name: string = properties[nameProperty] ?? path.replaceAll("/", "-");
    return { ref: name, attributes: { Arn: arn(name, account), [nameProperty]: name } };
  };

const arnOf =
  (service: string, resource: string, suffix = "") =>
  (name: string, { region, accountId }: Account) =>
    `arn:aws:${service}:${region}:${accountId}:${resource}${name}${suffix}`;

/** Nothing refers to it but by its name. */
const anything: Answer = ({ path }) => ({ ref: path.replaceAll("/", "-"), attributes: { Id: stableId(path, 12) } });

const NETWORK = "every process is on this machine; there is no network between them to describe";
const WATCHING = "nobody watches this machine but the person at it";
const LOGS = "what functions and containers print goes to files in the data folder";
const ADDRESSES = "there is no DNS and no TLS on 127.0.0.1";

const table: Readonly<Record<string, Listed>> = {
  "AWS::CDK::Metadata": { reason: "it tells AWS which CDK version was used", answer: anything },
  "AWS::CloudFormation::WaitConditionHandle": {
    reason: "CDK leaves it where a stack would be empty",
    answer: anything,
  },

  "AWS::EC2::VPC": {
    reason: NETWORK,
    answer: (resource, account) => {
      const { ref } = id("vpc")(resource, account);
      const CidrBlock: string = resource.properties.CidrBlock ?? "10.0.0.0/16";
      const DefaultSecurityGroup = `sg-${stableId(`${resource.path}/default`, 17)}`;
      const DefaultNetworkAcl = `acl-${stableId(`${resource.path}/default`, 17)}`;
      return { ref, attributes: { VpcId: ref, CidrBlock, DefaultSecurityGroup, DefaultNetworkAcl } };
    },
  },
  "AWS::EC2::Subnet": {
    reason: NETWORK,
    answer: (resource, account) => {
      const { ref } = id("subnet")(resource, account);
      const { AvailabilityZone = `${account.region}a`, CidrBlock = "10.0.0.0/24", VpcId = "" } = resource.properties;
      return { ref, attributes: { SubnetId: ref, AvailabilityZone, CidrBlock, VpcId } };
    },
  },
  "AWS::EC2::SecurityGroup": {
    reason: NETWORK,
    answer: (resource, account) => {
      const { ref } = id("sg")(resource, account);
      return { ref, attributes: { GroupId: ref, Id: ref, VpcId: resource.properties.VpcId ?? "" } };
    },
  },
  "AWS::EC2::InternetGateway": { reason: NETWORK, answer: id("igw", "InternetGatewayId") },
  "AWS::EC2::NatGateway": { reason: NETWORK, answer: id("nat", "NatGatewayId") },
  "AWS::EC2::RouteTable": { reason: NETWORK, answer: id("rtb", "RouteTableId") },
  "AWS::EC2::VPCEndpoint": { reason: NETWORK, answer: id("vpce", "Id") },
  "AWS::EC2::NetworkAcl": { reason: NETWORK, answer: id("acl", "Id") },
  "AWS::EC2::EIP": {
    reason: NETWORK,
    answer: ({ path }) => {
      const AllocationId = `eipalloc-${stableId(path, 17)}`;
      return { ref: "203.0.113.1", attributes: { AllocationId, PublicIp: "203.0.113.1" } };
    },
  },
  "AWS::EC2::*": { reason: NETWORK, answer: id("ec2", "Id") },

  "AWS::Logs::LogGroup": { reason: LOGS, answer: named("LogGroupName", arnOf("logs", "log-group:", ":*")) },
  "AWS::Logs::LogStream": { reason: LOGS, answer: anything },
  "AWS::Logs::MetricFilter": { reason: LOGS, answer: anything },
  "AWS::Logs::QueryDefinition": { reason: LOGS, answer: anything },
  "AWS::Logs::ResourcePolicy": { reason: LOGS, answer: anything },

  "AWS::CloudWatch::Alarm": { reason: WATCHING, answer: named("AlarmName", arnOf("cloudwatch", "alarm:")) },
  "AWS::CloudWatch::CompositeAlarm": { reason: WATCHING, answer: named("AlarmName", arnOf("cloudwatch", "alarm:")) },
  "AWS::CloudWatch::Dashboard": { reason: WATCHING, answer: named("DashboardName", arnOf("cloudwatch", "dashboard/")) },
  "AWS::SNS::Topic": { reason: WATCHING, answer: snsTopic },
  "AWS::SNS::Subscription": { reason: WATCHING, answer: anything },
  "AWS::SNS::TopicPolicy": { reason: WATCHING, answer: anything },
  "AWS::Budgets::Budget": { reason: "nothing here costs AWS's money", answer: anything },
  "AWS::XRay::*": { reason: WATCHING, answer: anything },

  "AWS::Lambda::LayerVersion": {
    reason: "layers carry tools of other runtimes; Node functions bring what they need in their bundle",
    answer: ({ path }, { region, accountId }) => {
      const LayerVersionArn = `arn:aws:lambda:${region}:${accountId}:layer:${path.split("/").at(-1)}:1`;
      return { ref: LayerVersionArn, attributes: { LayerVersionArn } };
    },
  },
  "AWS::ECR::Repository": {
    reason: "images are played from the folder they would be built of",
    answer: ({ path, properties }, { region, accountId }) => {
      const name: string = properties.RepositoryName ?? path.replaceAll("/", "-").toLowerCase();
      const RepositoryUri = `${accountId}.dkr.ecr.${region}.amazonaws.com/${name}`;
      return { ref: name, attributes: { Arn: `arn:aws:ecr:${region}:${accountId}:repository/${name}`, RepositoryUri } };
    },
  },
  "AWS::ECR::*": { reason: "images are played from the folder they would be built of", answer: anything },
  "AWS::CloudFront::OriginAccessControl": {
    reason: "the site is served from the bucket directly",
    answer: id("oac", "Id"),
  },
  "AWS::KMS::Key": {
    reason: "data at rest is protected by this machine's own disk",
    answer: ({ path }, { region, accountId }) => {
      const KeyId = stableId(path, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
      return { ref: KeyId, attributes: { KeyId, Arn: `arn:aws:kms:${region}:${accountId}:key/${KeyId}` } };
    },
  },
  "AWS::KMS::Alias": { reason: "data at rest is protected by this machine's own disk", answer: anything },
  "AWS::WAFv2::WebACL": {
    reason: "requests come from this machine alone",
    answer: ({ path }, { region, accountId }) => {
      const Id = stableId(path, 32);
      return {
        ref: `${path.split("/").at(-1)}|${Id}|REGIONAL`,
        attributes: { Id, Arn: `arn:aws:wafv2:${region}:${accountId}:regional/webacl/${path.split("/").at(-1)}/${Id}` },
      };
    },
  },
  "AWS::WAFv2::*": { reason: "requests come from this machine alone", answer: anything },
  "AWS::Route53::*": { reason: ADDRESSES, answer: anything },
  "AWS::CertificateManager::Certificate": {
    reason: ADDRESSES,
    answer: ({ path }, { region, accountId }) => ({
      ref: `arn:aws:acm:${region}:${accountId}:certificate/${stableId(path, 32)}`,
      attributes: {},
    }),
  },
};

function snsTopic({ path, properties }: Resource, { region, accountId }: Account): CreatedResource {
  const TopicName: string = properties.TopicName ?? path.replaceAll("/", "-");
  const TopicArn = `arn:aws:sns:${region}:${accountId}:${TopicName}`;
  return { ref: TopicArn, attributes: { TopicArn, TopicName } };
}
