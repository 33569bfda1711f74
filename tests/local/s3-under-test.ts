import { mkdtemp, readdir, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { GetObjectCommandOutput, PutObjectCommandInput } from "@aws-sdk/client-s3";
import { s3 } from "../../local/s3/s3.ts";
import type { CloudContext, CreatedResource, Resource, Service } from "../../local/service.ts";
import { openGate, testContext } from "./open-gate.ts";

export const BUCKET = "seeds";

export function bucket(properties: Record<string, unknown> = {}): Resource {
  return {
    path: "Stack/Data/Bucket",
    logicalId: "Bucket",
    type: "AWS::S3::Bucket",
    properties: { BucketName: BUCKET, ...properties },
  };
}

/** A separate S3 for each test, on a folder that is removed afterwards. */
export class S3UnderTest {
  folder = "";
  url = "";
  nowMs = 0;
  gate = openGate();
  client!: S3Client;
  service: Service | undefined;

  async open(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), "s3-test-"));
    this.nowMs = Date.now();
    this.gate = openGate();
  }

  async close(): Promise<void> {
    this.client?.destroy();
    await this.service?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async start(
    resource = bucket(),
    context: Partial<CloudContext> = {},
    options: Parameters<typeof s3>[0] = {},
  ): Promise<CreatedResource> {
    this.service = s3(options);
    this.url = await this.service.start(
      testContext(this.folder, { gate: this.gate, clock: { now: () => this.nowMs }, ...context }),
    );
    this.client = this.clientFor(this.url);
    return this.service.create(resource);
  }

  async restart(resource = bucket()): Promise<CreatedResource> {
    this.client.destroy();
    await this.service?.stop();
    return this.start(resource);
  }

  clientFor(endpoint: string, credentials = { accessKeyId: "AKIAOPERATOR", secretAccessKey: "secret" }): S3Client {
    return new S3Client({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  }

  put(Key: string, Body: PutObjectCommandInput["Body"], more: Partial<PutObjectCommandInput> = {}) {
    return this.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...more }));
  }

  async get(Key: string, more: object = {}): Promise<GetObjectCommandOutput & { text: string }> {
    const output = await this.client.send(new GetObjectCommand({ Bucket: BUCKET, Key, ...more }));
    return { ...output, text: (await output.Body?.transformToString()) ?? "" };
  }

  async getBytes(Key: string, more: object = {}): Promise<Buffer> {
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: BUCKET, Key, ...more }));
    return Buffer.from(await Body!.transformToByteArray());
  }

  head(Key: string) {
    return this.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
  }

  async keys(more: object = {}): Promise<string[]> {
    const { Contents = [] } = await this.client.send(new ListObjectsV2Command({ Bucket: BUCKET, ...more }));
    return Contents.map((object) => object.Key!);
  }

  /** The number of the bucket's segment files, including those of unfinished uploads. */
  async segmentCount(): Promise<number> {
    return (await readdir(join(this.folder, BUCKET, "data"))).length;
  }

  /** A raw request, as no SDK would send it. */
  raw(method: string, path: string, headers: Record<string, string>, body?: string | Buffer): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const request = http.request(this.url + path, { method, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      });
      request.on("error", reject);
      request.end(body);
    });
  }
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Call at the top of a test file. */
export function s3UnderTest(): S3UnderTest {
  const underTest = new S3UnderTest();
  beforeEach(() => underTest.open());
  afterEach(() => underTest.close());
  return underTest;
}
