/**
 * Resource types that are accepted but do nothing here: on AWS they run, monitor or protect the rest, which has no equivalent on
 * one machine. Other resources may refer to them, so each returns plausible values.
 */
import { stableId } from "./assembly/names.ts";
import type { CreatedResource, Resource } from "./service.ts";

interface Account {
  readonly region: string;
  readonly accountId: string;
}

type Answer = (resource: Resource, account: Account) => CreatedResource;

interface Listed {
  /** Why there is nothing to emulate. */
  readonly reason: string;
  readonly answer: Answer;
}

/** `undefined` when the type is not listed. An exact name wins over `AWS::EC2::*`. */
export function noLocalMeaning(type: string): Listed | undefined {
  return table[type] ?? table[type.replace(/[^:]+$/, "*")];
}

/** An id in the format of EC2 and similar services: `vpc-0a1b2c3d4e5f60718`. */
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

/** For types that are only referred to by name. */
const anything: Answer = ({ path }) => ({ ref: path.replaceAll("/", "-"), attributes: { Id: stableId(path, 12) } });

const NETWORK = "all processes are on this machine, without a network between them";
const WATCHING = "local runs are not monitored";
const LOGS = "output of functions and containers goes to files in the data directory";
const ADDRESSES = "there is no DNS and no TLS on 127.0.0.1";

const table: Readonly<Record<string, Listed>> = {
  "AWS::CDK::Metadata": { reason: "it reports the CDK version to AWS", answer: anything },
  "AWS::CloudFormation::WaitConditionHandle": {
    reason: "CDK adds it to stacks that would be empty",
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
  "AWS::Budgets::Budget": { reason: "nothing here is billed by AWS", answer: anything },
  "AWS::XRay::*": { reason: WATCHING, answer: anything },

  "AWS::Lambda::LayerVersion": {
    reason: "layers are for other runtimes; Node functions are bundled with their dependencies",
    answer: ({ path }, { region, accountId }) => {
      const LayerVersionArn = `arn:aws:lambda:${region}:${accountId}:layer:${path.split("/").at(-1)}:1`;
      return { ref: LayerVersionArn, attributes: { LayerVersionArn } };
    },
  },
  "AWS::ECR::Repository": {
    reason: "containers run from the folder their image would be built from",
    answer: ({ path, properties }, { region, accountId }) => {
      const name: string = properties.RepositoryName ?? path.replaceAll("/", "-").toLowerCase();
      const RepositoryUri = `${accountId}.dkr.ecr.${region}.amazonaws.com/${name}`;
      return { ref: name, attributes: { Arn: `arn:aws:ecr:${region}:${accountId}:repository/${name}`, RepositoryUri } };
    },
  },
  "AWS::ECR::*": { reason: "containers run from the folder their image would be built from", answer: anything },
  "AWS::CloudFront::OriginAccessControl": {
    reason: "the site is served from the bucket directly",
    answer: id("oac", "Id"),
  },
  "AWS::KMS::Key": {
    reason: "encryption at rest is left to this machine's disk",
    answer: ({ path }, { region, accountId }) => {
      const KeyId = stableId(path, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
      return { ref: KeyId, attributes: { KeyId, Arn: `arn:aws:kms:${region}:${accountId}:key/${KeyId}` } };
    },
  },
  "AWS::KMS::Alias": { reason: "encryption at rest is left to this machine's disk", answer: anything },
  "AWS::WAFv2::WebACL": {
    reason: "requests come only from this machine",
    answer: ({ path }, { region, accountId }) => {
      const Id = stableId(path, 32);
      return {
        ref: `${path.split("/").at(-1)}|${Id}|REGIONAL`,
        attributes: { Id, Arn: `arn:aws:wafv2:${region}:${accountId}:regional/webacl/${path.split("/").at(-1)}/${Id}` },
      };
    },
  },
  "AWS::WAFv2::*": { reason: "requests come only from this machine", answer: anything },
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
