import { NestedStack } from "aws-cdk-lib";
import { GatewayVpcEndpointAwsService, Peer, Port, SecurityGroup, SubnetType, Vpc } from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";

/** Public subnets without NAT: tasks reach AWS over HTTPS, and S3 and DynamoDB through gateway endpoints; nothing reaches them. */
export class Network extends NestedStack {
  readonly vpc: Vpc;
  readonly taskSecurityGroup: SecurityGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.vpc = new Vpc(this, "Vpc", {
      // Two zones, chosen on deployment: looking up zones would tie the synthesis to one account.
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: "Tasks", subnetType: SubnetType.PUBLIC, cidrMask: 20, mapPublicIpOnLaunch: true }],
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    this.taskSecurityGroup = new SecurityGroup(this, "Tasks", {
      vpc: this.vpc,
      description: "Workers: outbound HTTPS only",
      allowAllOutbound: false,
    });
    this.taskSecurityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "AWS services");
  }
}
