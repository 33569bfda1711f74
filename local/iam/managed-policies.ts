/**
 * The content of AWS managed policies, as far as deployed stacks attach them to roles of functions and tasks, by the part of the
 * ARN after `arn:aws:iam::aws:policy/`.
 */
export const awsManagedPolicies: Readonly<Record<string, readonly string[]>> = {
  "service-role/AWSLambdaBasicExecutionRole": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
  "service-role/AWSLambdaVPCAccessExecutionRole": [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ],
  "service-role/AmazonECSTaskExecutionRolePolicy": [
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ],
  "service-role/AWSAppSyncPushToCloudWatchLogs": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
  AWSXRayDaemonWriteAccess: [
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
  ],
  CloudWatchLambdaInsightsExecutionRolePolicy: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
};
