import { NestedStack } from "aws-cdk-lib";
import { GatewayVpcEndpointAwsService, Peer, Port, SecurityGroup, SubnetType, Vpc } from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";

/** Public subnets without NAT: tasks reach AWS over HTTPS, S3 and DynamoDB by gateway endpoints, and nobody reaches them. */
export class Network extends NestedStack {
  readonly vpc: Vpc;
  readonly taskSecurityGroup: SecurityGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.vpc = new Vpc(this, "Vpc", {
      // Two zones, chosen at deployment: looking zones up would tie the synthesis to one account.
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
      description: "Workers: HTTPS out, nothing in",
      allowAllOutbound: false,
    });
    this.taskSecurityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "AWS services");
  }
}
