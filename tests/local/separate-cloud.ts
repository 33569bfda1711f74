/** A whole cloud in a process of its own, so that a test can see whether a request ends it. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Credentials } from "../../local/service.ts";
import { temporaryFolder, tinyAssembly } from "./tiny-assembly.ts";

export interface SeparateCloud {
  readonly endpoints: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly operator: Credentials;
  readonly data: string;
  /** What it wrote to its console. */
  readonly console: () => string;
  isRunning(): boolean;
  /** From now on every write fails with this code; without one, writes succeed again. */
  failWrites(code?: string): Promise<void>;
  stop(): Promise<void>;
}

const TRUST = {
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
};

/** One of everything that listens: a table, a bucket, an API, a user pool, a function, a site. */
const RESOURCES = {
  Table: {
    Type: "AWS::DynamoDB::Table",
    Properties: {
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    },
  },
  Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: "wares" } },
  Site: {
    Type: "AWS::CloudFront::Distribution",
    Properties: {
      DistributionConfig: {
        DefaultRootObject: "index.html",
        Origins: [{ Id: "o1", DomainName: { "Fn::GetAtt": ["Bucket", "RegionalDomainName"] }, S3OriginConfig: {} }],
        DefaultCacheBehavior: { TargetOriginId: "o1", ViewerProtocolPolicy: "redirect-to-https" },
        Enabled: true,
      },
    },
  },
  Pool: {
    Type: "AWS::Cognito::UserPool",
    Properties: { UsernameAttributes: ["email"], AutoVerifiedAttributes: ["email"] },
  },
  Client: { Type: "AWS::Cognito::UserPoolClient", Properties: { UserPoolId: { Ref: "Pool" } } },
  Role: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: TRUST } },
  Greet: {
    Type: "AWS::Lambda::Function",
    Properties: {
      Runtime: "nodejs20.x",
      Handler: "index.handler",
      Role: { "Fn::GetAtt": ["Role", "Arn"] },
      Code: { ZipFile: 'exports.handler = async () => { console.log("hello"); return "hello"; };' },
    },
  },
  Api: { Type: "AWS::AppSync::GraphQLApi", Properties: { Name: "tiny", AuthenticationType: "AWS_IAM" } },
  Schema: {
    Type: "AWS::AppSync::GraphQLSchema",
    Properties: { ApiId: { "Fn::GetAtt": ["Api", "ApiId"] }, Definition: "type Query { hello: String }" },
  },
  None: {
    Type: "AWS::AppSync::DataSource",
    Properties: { ApiId: { "Fn::GetAtt": ["Api", "ApiId"] }, Name: "NONE", Type: "NONE" },
  },
  Hello: {
    Type: "AWS::AppSync::Resolver",
    DependsOn: ["Schema", "None"],
    Properties: {
      ApiId: { "Fn::GetAtt": ["Api", "ApiId"] },
      TypeName: "Query",
      FieldName: "hello",
      DataSourceName: "NONE",
      Runtime: { Name: "APPSYNC_JS", RuntimeVersion: "1.0.0" },
      Code: `export function request() { return { payload: "hello" }; }
export function response(ctx) { return ctx.result; }`,
    },
  },
};

export async function startSeparateCloud(): Promise<SeparateCloud> {
  const assembly = tinyAssembly({
    root: {
      Resources: RESOURCES,
      Outputs: {
        Table: { Value: { Ref: "Table" } },
        Greet: { Value: { Ref: "Greet" } },
        Client: { Value: { Ref: "Client" } },
      },
    },
  });
  const data = temporaryFolder("data");
  const script = fileURLToPath(new URL("./cloud-child.ts", import.meta.url));
  const child = fork(script, [assembly, data], {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let written = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text: Buffer) => (written += text.toString()));
  const ended = once(child, "exit").then(() => {
    throw new Error(`The cloud ended:\n${written}`);
  });
  ended.catch(() => undefined);
  const next = async () => ((await Promise.race([once(child, "message"), ended])) as [any])[0];
  const { endpoints, operator, outputs } = await next();
  return {
    endpoints,
    operator,
    outputs,
    data,
    console: () => written,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    async failWrites(code) {
      child.send({ failing: code });
      await next();
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await ended.catch(() => undefined);
      }
      for (const folder of [assembly, data]) rmSync(folder, { recursive: true, force: true });
    },
  };
}
