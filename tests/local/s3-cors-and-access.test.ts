import { DeleteObjectsCommand } from "@aws-sdk/client-s3";
import { AwsError } from "../../local/service.ts";
import { failure } from "./failure.ts";
import { BUCKET, bucket, s3UnderTest } from "./s3-under-test.ts";

const s3 = s3UnderTest();

describe("CORS", () => {
  const CorsConfiguration = {
    CorsRules: [
      {
        AllowedOrigins: ["http://127.0.0.1:*"],
        AllowedMethods: ["GET", "PUT"],
        AllowedHeaders: ["content-type", "x-amz-*"],
        ExposedHeaders: ["ETag"],
        MaxAge: "300",
      },
    ],
  };
  /** Those that may call the cloud; the bucket's rules restrict them further. */
  const origins = new Set([
    "http://127.0.0.1:4280",
    "http://127.0.0.1:1",
    "http://evil.example",
    "http://other.example",
  ]);
  const preflight = (origin: string, method: string, headers: string) =>
    s3.raw("OPTIONS", `/${BUCKET}/k`, {
      origin,
      "access-control-request-method": method,
      "access-control-request-headers": headers,
    });

  it("allows what a rule allows, and nothing else", async () => {
    await s3.start(bucket({ CorsConfiguration }), { origins });
    const allowed = await preflight("http://127.0.0.1:4280", "PUT", "Content-Type, x-amz-date");
    expect(allowed.status).toBe(200);
    expect(allowed.headers).toMatchObject({
      "access-control-allow-origin": "http://127.0.0.1:4280",
      "access-control-allow-headers": "content-type, x-amz-date",
      "access-control-max-age": "300",
    });
    expect((await preflight("http://evil.example", "PUT", "content-type")).status).toBe(403);
    expect((await preflight("http://127.0.0.1:4280", "DELETE", "")).status).toBe(403);
    expect((await preflight("http://127.0.0.1:4280", "PUT", "authorization")).status).toBe(403);
  });

  it("adds headers to responses and errors only for the origins of its rules", async () => {
    await s3.start(bucket({ CorsConfiguration }), { origins });
    const read = (origin: string) => s3.raw("GET", `/${BUCKET}/none`, { origin });
    const own = await read("http://127.0.0.1:1");
    expect(own.status).toBe(404);
    expect(own.headers["access-control-expose-headers"]).toBe("ETag");
    expect((await read("http://other.example")).headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("authorization", () => {
  const arn = "arn:aws:s3:::seeds";

  it("requires the permissions that AWS requires", async () => {
    await s3.start();
    await s3.put("k", "v", { Tagging: "a=1" });
    await s3.head("k");
    await s3.keys({ Prefix: "p/", Delimiter: "/" });
    expect(s3.gate.asked).toEqual([
      {
        action: "s3:PutObject",
        resource: `${arn}/k`,
        context: { "s3:RequestObjectTag/a": "1", "s3:RequestObjectTagKeys": ["a"] },
      },
      expect.objectContaining({ action: "s3:PutObjectTagging", resource: `${arn}/k` }),
      { action: "s3:GetObject", resource: `${arn}/k` },
      { action: "s3:ListBucket", resource: arn, context: { "s3:prefix": "p/", "s3:delimiter": "/" } },
    ]);
  });

  it("passes the bucket's policy to IAM", async () => {
    await s3.start();
    const PolicyDocument = { Statement: [{ Effect: "Deny" }] };
    await s3.service!.create({
      path: "Stack/Data/Policy",
      logicalId: "Policy",
      type: "AWS::S3::BucketPolicy",
      properties: { Bucket: BUCKET, PolicyDocument },
    });
    await s3.put("k", "v");
    expect(s3.gate.asked[0]?.resourcePolicy).toEqual({ path: "Stack/Data/Policy", document: PolicyDocument });
  });

  it("hides whether an object exists from callers that may not list", async () => {
    await s3.start(bucket(), { gate: { ...s3.gate, allows: () => false } });
    expect(await failure(s3.get("none"))).toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
  });

  it("reports a denial as S3 does, stores nothing, and denies keys of a batch separately", async () => {
    const message = "User: arn:aws:sts::000000000000:assumed-role/R is not authorized to perform: s3:X";
    const denying: typeof s3.gate = {
      ...s3.gate,
      authorize: (_caller, ...accesses) => {
        if (accesses.some((access) => access.resource.endsWith("/secret")))
          throw new AwsError(403, "AccessDeniedException", message);
      },
    };
    await s3.start(bucket(), { gate: denying });
    expect(await failure(s3.put("secret", "x"))).toMatchObject({ name: "AccessDenied", message });
    await s3.put("open", "x");
    const Delete = { Objects: [{ Key: "open" }, { Key: "secret" }] };
    const { Deleted, Errors } = await s3.client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete }));
    expect(Deleted).toEqual([{ Key: "open" }]);
    expect(Errors).toEqual([{ Key: "secret", Code: "AccessDenied", Message: message }]);
  });
});
