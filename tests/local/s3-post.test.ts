import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import type { PresignedPostOptions } from "@aws-sdk/s3-presigned-post";
import { failure } from "./failure.ts";
import { BUCKET, s3UnderTest } from "./s3-under-test.ts";
import { startWithIam } from "./s3-with-iam.ts";

const s3 = s3UnderTest();

function post(url: string, fields: Record<string, string>, file: string, name = "file.txt"): Promise<Response> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append("file", new Blob([file], { type: "text/csv" }), name);
  return fetch(url, { method: "POST", body: form, redirect: "manual" });
}

function presignedPost(options: Partial<PresignedPostOptions> = {}) {
  return createPresignedPost(s3.client, { Bucket: BUCKET, Key: "own/seed.csv", ...options });
}

describe("presigned POST", () => {
  it("stores the file of a form that satisfies its policy", async () => {
    await startWithIam(s3);
    const { url, fields } = await presignedPost({
      Key: "own/${filename}",
      Conditions: [
        ["content-length-range", 1, 20],
        ["starts-with", "$Content-Type", "text/"],
      ],
      Fields: { "Content-Type": "text/csv", "x-amz-meta-owner": "änn" },
    });
    const answer = await post(url, fields, "a,b\n1,2\n", "ünï.csv");
    expect(answer.status).toBe(204);
    expect(await s3.get("own/ünï.csv")).toMatchObject({ text: "a,b\n1,2\n", ContentType: "text/csv" });
  });

  it("answers with a document or a redirect when the form requests it", async () => {
    await startWithIam(s3);
    const created = await presignedPost({ Fields: { success_action_status: "201" } });
    const answer = await post(created.url, created.fields, "x");
    expect(answer.status).toBe(201);
    expect(await answer.text()).toContain("<Key>own/seed.csv</Key>");
    const moved = await presignedPost({ Fields: { success_action_redirect: "http://127.0.0.1/done?a=1" } });
    const redirect = await post(moved.url, moved.fields, "x");
    expect(redirect.status).toBe(303);
    const location = new URL(redirect.headers.get("location")!);
    expect(Object.fromEntries(location.searchParams)).toMatchObject({ a: "1", bucket: BUCKET, key: "own/seed.csv" });
  });

  const policy = { Conditions: [["content-length-range", 2, 10]] as PresignedPostOptions["Conditions"] };
  const refused: [string, (fields: Record<string, string>) => Record<string, string>, string, string][] = [
    ["a file that is too large", (fields) => fields, "x".repeat(200_000), "EntityTooLarge"],
    ["a file that is too small", (fields) => fields, "x", "EntityTooSmall"],
    ["another key", (fields) => ({ ...fields, key: "own/other" }), "xxx", "Policy Condition failed"],
    [
      "a field that the policy does not know",
      (fields) => ({ "x-amz-meta-extra": "1", ...fields }),
      "xxx",
      "Extra input fields",
    ],
    [
      "a forged signature",
      (fields) => ({ ...fields, "X-Amz-Signature": "0".repeat(64) }),
      "xxx",
      "SignatureDoesNotMatch",
    ],
    [
      "another policy under the same signature",
      (fields) => ({ ...fields, Policy: btoa("{}") }),
      "xxx",
      "SignatureDoesNotMatch",
    ],
    [
      "fields that are too large together",
      (fields) => ({
        ...Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`x-ignore-${index}`, "x".repeat(1_000)])),
        ...fields,
      }),
      "xxx",
      "MaxPostPreDataLengthExceeded",
    ],
    ["a form without signature", ({ key }) => ({ key: key! }), "xxx", "AccessDenied"],
    [
      "an unknown access key",
      (fields) => ({ ...fields, "X-Amz-Credential": "AKIANOBODY/20260101/us-east-1/s3/aws4_request" }),
      "xxx",
      "InvalidAccessKeyId",
    ],
  ];
  it.each(refused)("rejects %s and stores nothing", async (_what, change, file, expected) => {
    await startWithIam(s3);
    const { url, fields } = await presignedPost(policy);
    const answer = await post(url, change(fields), file);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).toContain(expected);
    expect(await s3.segmentCount()).toBe(0);
  });

  it("rejects an expired policy, and a key that its signer may not write", async () => {
    await startWithIam(s3);
    const denied = await presignedPost({ Key: "other/x" });
    const answer = await post(denied.url, denied.fields, "xxx");
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("s3:PutObject");
    const { url, fields } = await presignedPost({ Expires: 60 });
    s3.nowMs += 61_000;
    expect(await (await post(url, fields, "xxx")).text()).toContain("Policy expired");
    expect(await s3.segmentCount()).toBe(0);
  });

  it("stores nothing of a form whose browser disconnected", async () => {
    await startWithIam(s3);
    const { url, fields } = await presignedPost();
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    form.append("file", new Blob(["x".repeat(5_000_000)]));
    const whole = Buffer.from(await new Response(form).arrayBuffer());
    const boundary = whole.toString("latin1", 2, whole.indexOf("\r\n"));
    const abort = new AbortController();
    let sent = false;
    const body = new ReadableStream({
      async pull(controller) {
        if (!sent) controller.enqueue(whole.subarray(0, 2_000_000));
        sent = true;
        while ((await s3.segmentCount()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        abort.abort();
      },
    });
    const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
    await failure(fetch(url, { method: "POST", body, headers, signal: abort.signal, duplex: "half" } as RequestInit));
    while ((await s3.segmentCount()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});
