import { IamGate } from "../../local/iam/gate.ts";
import { Roles } from "../../local/iam/roles.ts";
import type { Credentials } from "../../local/service.ts";
import { bucket, BUCKET } from "./s3-under-test.ts";
import type { S3UnderTest } from "./s3-under-test.ts";

/** Starts S3 behind the real gate; its client's role may write under `own/` and read everything, but not list. */
export async function startWithIam(s3: S3UnderTest): Promise<{ credentials: Credentials }> {
  const roles = new Roles("000000000000");
  const { arn } = roles.addRole({
    path: "Stack/Uploader",
    logicalId: "Uploader",
    type: "AWS::IAM::Role",
    properties: {
      RoleName: "Uploader",
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "x" } }],
      },
      Policies: [
        {
          PolicyName: "Objects",
          PolicyDocument: {
            Statement: [
              { Effect: "Allow", Action: "s3:PutObject", Resource: `arn:aws:s3:::${BUCKET}/own/*` },
              { Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${BUCKET}/*` },
            ],
          },
        },
      ],
    },
  });
  const gate = new IamGate({ region: "us-east-1", clock: { now: () => s3.nowMs }, roles });
  await s3.start(bucket(), { gate });
  s3.client.destroy();
  const credentials = gate.issue(arn, "session");
  s3.client = s3.clientFor(s3.url, credentials);
  return { credentials };
}
