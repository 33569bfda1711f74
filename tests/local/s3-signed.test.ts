import { createHash, createHmac } from "node:crypto";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { failure } from "./failure.ts";
import { BUCKET, s3UnderTest } from "./s3-under-test.ts";
import { startWithIam } from "./s3-with-iam.ts";

const s3 = s3UnderTest();

describe("the SDK with real signatures", () => {
  it("writes and reads what its role allows, and names a missing permission", async () => {
    const { credentials } = await startWithIam(s3);
    await s3.put("own/a b.txt", "text");
    expect((await s3.get("own/a b.txt")).text).toBe("text");
    expect(await failure(s3.put("other", "text"))).toMatchObject({
      name: "AccessDenied",
      message: expect.stringMatching(
        /assumed-role\/Uploader\/session is not authorized to perform: s3:PutObject on resource: .*seeds\/other/,
      ),
    });
    expect(await failure(s3.get("none"))).toMatchObject({ name: "AccessDenied" });
    s3.client.destroy();
    s3.client = s3.clientFor(s3.url, { ...credentials, secretAccessKey: "wrong" });
    expect(await failure(s3.get("own/a b.txt"))).toMatchObject({ name: "SignatureDoesNotMatch" });
  });
});

describe("a bucket policy", () => {
  it("overrides the role's permissions with a Deny, and treats local transport as secure", async () => {
    await startWithIam(s3);
    const deny = { Effect: "Deny", Principal: { AWS: "*" }, Resource: `arn:aws:s3:::${BUCKET}/*` };
    await s3.service!.create({
      path: "Stack/Data/Policy",
      logicalId: "Policy",
      type: "AWS::S3::BucketPolicy",
      properties: {
        Bucket: BUCKET,
        PolicyDocument: {
          Statement: [
            { ...deny, Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
            { ...deny, Action: "s3:PutObject", Resource: `arn:aws:s3:::${BUCKET}/own/locked/*` },
          ],
        },
      },
    });
    await s3.put("own/open", "x");
    expect(await failure(s3.put("own/locked/a", "x"))).toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("explicit deny in a resource-based policy"),
    });
  });
});

describe("presigned URLs", () => {
  it("act as their signer until they expire, and not with another key or signature", async () => {
    await startWithIam(s3);
    const put = await getSignedUrl(s3.client, new PutObjectCommand({ Bucket: BUCKET, Key: "own/x" }), {
      expiresIn: 60,
    });
    expect((await fetch(put, { method: "PUT", body: "hello" })).status).toBe(200);
    const read = new GetObjectCommand({
      Bucket: BUCKET,
      Key: "own/x",
      ResponseContentDisposition: 'attachment; filename="ä.csv"',
    });
    const get = await getSignedUrl(s3.client, read, { expiresIn: 60 });
    const answer = await fetch(get);
    expect(await answer.text()).toBe("hello");
    const disposition = Buffer.from(answer.headers.get("content-disposition") ?? "", "latin1").toString("utf8");
    expect(disposition).toBe('attachment; filename="ä.csv"');
    const forged = get.replace(
      /X-Amz-Signature=(.)/,
      (_, first: string) => `X-Amz-Signature=${first === "0" ? "1" : "0"}`,
    );
    expect(await (await fetch(forged)).text()).toContain("SignatureDoesNotMatch");
    expect((await fetch(put.replace("own/x", "own/y"), { method: "PUT", body: "hello" })).status).toBe(403);
    const denied = await getSignedUrl(s3.client, new PutObjectCommand({ Bucket: BUCKET, Key: "other" }), {
      expiresIn: 60,
    });
    expect((await fetch(denied, { method: "PUT", body: "hello" })).status).toBe(403);
    s3.nowMs += 61_000;
    const late = await fetch(get);
    expect(late.status).toBe(403);
    expect(await late.text()).toContain("Request has expired");
  });
});

describe("signed chunks", () => {
  const chunks = ["a".repeat(70_000), "the end"];
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

  /** As the SDKs of other languages upload over plain HTTP. */
  async function upload(change: (body: string) => string) {
    const { credentials } = await startWithIam(s3);
    const timestamp = new Date(s3.nowMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
    const day = timestamp.slice(0, 8);
    const scope = `${day}/us-east-1/s3/aws4_request`;
    const key = hmac(hmac(hmac(hmac(`AWS4${credentials.secretAccessKey}`, day), "us-east-1"), "s3"), "aws4_request");
    const headers: Record<string, string> = {
      "content-encoding": "aws-chunked",
      host: new URL(s3.url).host,
      "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      "x-amz-date": timestamp,
      "x-amz-decoded-content-length": String(chunks.join("").length),
      "x-amz-security-token": credentials.sessionToken,
    };
    const names = Object.keys(headers).sort();
    const canonical = [
      "PUT",
      `/${BUCKET}/own/chunked`,
      "",
      ...names.map((name) => `${name}:${headers[name]}`),
      "",
      names.join(";"),
      headers["x-amz-content-sha256"],
    ].join("\n");
    let signature = hmac(key, ["AWS4-HMAC-SHA256", timestamp, scope, hash(canonical)].join("\n")).toString("hex");
    headers.authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
    let body = "";
    for (const chunk of [...chunks, ""]) {
      const text = ["AWS4-HMAC-SHA256-PAYLOAD", timestamp, scope, signature, hash(""), hash(chunk)].join("\n");
      signature = hmac(key, text).toString("hex");
      body += `${chunk.length.toString(16)};chunk-signature=${signature}\r\n${chunk}\r\n`;
    }
    return s3.raw("PUT", `/${BUCKET}/own/chunked`, headers, change(body));
  }

  it("are accepted when every signature is chained to the previous one", async () => {
    expect((await upload((body) => body)).status).toBe(200);
    expect((await s3.get("own/chunked")).text).toBe(chunks.join(""));
  });

  it("are rejected when a byte was changed in transit", async () => {
    const answer = await upload((body) => body.replace("the end", "the End"));
    expect(answer.body).toContain("SignatureDoesNotMatch");
    expect(await s3.segmentCount()).toBe(0);
  });
});
