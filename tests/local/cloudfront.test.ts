import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { BUCKET_DEPLOYMENT } from "../../local/custom-resource/bucket-deployment.ts";
import { cloudfront } from "../../local/cloudfront/cloudfront.ts";
import { localCsp } from "../../local/cloudfront/response-headers.ts";
import { customResource } from "../../local/custom-resource/custom-resource.ts";
import { listen } from "../../local/http.ts";
import { s3 } from "../../local/s3/s3.ts";
import type { CloudContext, Service } from "../../local/service.ts";
import { openGate, testContext } from "./open-gate.ts";

const PAGE = `<!doctype html><title>Shop</title>${"<p>wares</p>".repeat(200)}`;
const MARKER = "<<marker:0xbaba:0>>";

let folder: string;
let endpoints: Record<string, string>;
let store: Service;
let deployments: Service;
let site: Service;
let siteUrl: string;
let client: S3Client;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "site-"));
  endpoints = {};
  store = s3();
  deployments = customResource();
  site = cloudfront();
  endpoints["s3"] = await store.start(contextFor("s3"));
  await deployments.start(contextFor("custom-resource"));
  siteUrl = await site.start(contextFor("cloudfront"));
  await store.create({
    path: "Shop/Bucket",
    logicalId: "Bucket",
    type: "AWS::S3::Bucket",
    properties: { BucketName: "wares" },
  });
  const credentials = { accessKeyId: "AKIAOPERATOR", secretAccessKey: "secret" };
  client = new S3Client({ region: "us-east-1", endpoint: endpoints["s3"], credentials, forcePathStyle: true });
});

afterEach(async () => {
  client.destroy();
  for (const service of [site, deployments, store]) await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

function contextFor(name: string): CloudContext {
  mkdirSync(path.join(folder, name), { recursive: true });
  const assetFolder = (file: string) => path.join(folder, "assets", file.replace(/\.zip$/, ""));
  return testContext(path.join(folder, name), { gate: openGate(), endpoints, assetFolder });
}

/** An asset of the assembly with these files. */
function makeAsset(hash: string, files: Record<string, string>): string {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, "assets", hash, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return `${hash}.zip`;
}

const deploy = (properties: Record<string, unknown>) =>
  deployments.create({
    path: "Shop/Deployment",
    logicalId: "Deployment",
    type: BUCKET_DEPLOYMENT,
    properties: { ServiceToken: "arn", DestinationBucketName: "wares", ...properties },
  });

const put = (Key: string, Body: string, ContentType = "text/html") =>
  client.send(new PutObjectCommand({ Bucket: "wares", Key, Body, ContentType }));

const keys = async () =>
  (await client.send(new ListObjectsV2Command({ Bucket: "wares" }))).Contents?.map(({ Key }) => Key) ?? [];

/** Reads an object back. */
async function content(key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "wares", Key: key }));
  return (await Body?.transformToString()) ?? "";
}

const makeDistribution = (config: Record<string, unknown> = {}, behavior: Record<string, unknown> = {}) =>
  site.create({
    path: "Shop/Site",
    logicalId: "Site",
    type: "AWS::CloudFront::Distribution",
    properties: {
      DistributionConfig: {
        Enabled: true,
        DefaultRootObject: "index.html",
        Origins: [
          { Id: "o1", DomainName: "wares.s3.us-east-1.amazonaws.com", OriginAccessControlId: "E1", S3OriginConfig: {} },
        ],
        DefaultCacheBehavior: {
          TargetOriginId: "o1",
          ViewerProtocolPolicy: "redirect-to-https",
          Compress: true,
          ...behavior,
        },
        ...config,
      },
    },
  });

/** A raw request: `fetch` would add headers and decompress by itself. */
function get(url: string, headers: Record<string, string> = {}, method = "GET") {
  return new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const request = http.request(url, { headers, method }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
    });
    request.on("error", reject).end();
  });
}

describe("a bucket deployment", () => {
  test("copies its assets with content types and metadata, later sources over earlier ones", async () => {
    const SourceObjectKeys = [
      makeAsset("site", { "index.html": PAGE, "assets/app.js": "1", "over.txt": "first" }),
      makeAsset("more", { "over.txt": "second" }),
    ];
    await deploy({
      SourceObjectKeys,
      SystemMetadata: { "cache-control": "max-age=60" },
      UserMetadata: { made: "here" },
      Prune: "true",
    });
    expect(await keys()).toEqual(["assets/app.js", "index.html", "over.txt"]);
    const head = await client.send(new HeadObjectCommand({ Bucket: "wares", Key: "assets/app.js" }));
    expect(head).toMatchObject({
      ContentType: "text/javascript",
      CacheControl: "max-age=60",
      Metadata: { made: "here" },
    });
    expect(await content("over.txt")).toBe("second");
    expect(await content("index.html")).toBe(PAGE);
  });

  test.each<[string, object, unknown, string]>([
    ["literally", {}, "http://a", "<http://a>"],
    ["inside a JSON string", { jsonEscape: "true" }, 'say "a"', '<say \\"a\\">'],
    ["as a JSON value", { markerEncodings: { [MARKER]: "JSON_VALUE" } }, ["a", "b"], '<["a","b"]>'],
    ["as YAML that needs quotes", { markerEncodings: { [MARKER]: "YAML_STRING" } }, "yes", '<"yes">'],
  ])("replaces markers with their values %s", async (_how, config, value, expected) => {
    const SourceObjectKeys = [
      makeAsset("config", { "config.json": `<${MARKER}>` }),
      makeAsset("other", { "raw.txt": MARKER }),
    ];
    await deploy({ SourceObjectKeys, SourceMarkers: [{ [MARKER]: value }], SourceMarkersConfig: [config] });
    expect(await content("config.json")).toBe(expected);
    expect(await content("raw.txt")).toBe(MARKER);
  });

  test("prunes objects under its prefix that no source has, but none that are excluded or outside", async () => {
    for (const key of ["site/old.html", "site/keep.log", "elsewhere.html"]) await put(key, "x");
    const SourceObjectKeys = [makeAsset("site", { "index.html": PAGE })];
    await deploy({ SourceObjectKeys, DestinationBucketKeyPrefix: "site", Exclude: ["*.log"] });
    expect(await keys()).toEqual(["elsewhere.html", "site/index.html", "site/keep.log"]);
    await put("site/extra.html", "x");
    await deploy({ SourceObjectKeys, DestinationBucketKeyPrefix: "site", Prune: "false" });
    expect(await keys()).toContain("site/extra.html");
  });

  test("does nothing at a later start with equal properties", async () => {
    const properties = { SourceObjectKeys: [makeAsset("site", { "index.html": PAGE })] };
    const { ref } = await deploy(properties);
    await put("stays.html", "x");
    expect((await deploy(properties)).ref).toBe(ref);
    expect(await keys()).toContain("stays.html");
  });

  test("reports its path when it fails", async () => {
    const SourceObjectKeys = [makeAsset("site", { "index.html": PAGE })];
    await expect(deploy({ SourceObjectKeys, DestinationBucketName: "nobody" })).rejects.toThrow(/^Shop\/Deployment: /);
  });
});

describe("a distribution", () => {
  test("serves its bucket at its domain name, the root object at the root", async () => {
    await put("index.html", PAGE);
    const { ref, attributes } = await makeDistribution();
    expect(ref).toMatch(/^E[0-9A-Z]{13}$/);
    expect(`http://${attributes.DomainName}`).toBe(siteUrl);
    const { status, headers, body } = await get(`${siteUrl}/?query=1`);
    expect({ status, type: headers["content-type"], body: body.toString() }).toEqual({
      status: 200,
      type: "text/html",
      body: PAGE,
    });
    expect(headers).toMatchObject({
      etag: expect.any(String),
      "last-modified": expect.any(String),
      "x-cache": "Miss from cloudfront",
    });
    const head = await get(`${siteUrl}/index.html`, {}, "HEAD");
    expect({ status: head.status, length: head.headers["content-length"], bytes: head.body.length }).toEqual({
      status: 200,
      length: String(PAGE.length),
      bytes: 0,
    });
  });

  test.each([
    ["br, gzip", "br", brotliDecompressSync],
    ["gzip", "gzip", gunzipSync],
    ["br;q=0, gzip", "gzip", gunzipSync],
  ])("compresses text for a viewer that accepts %s", async (accepted, encoding, decompress) => {
    await put("index.html", PAGE);
    await makeDistribution();
    const { headers, body } = await get(siteUrl, { "accept-encoding": accepted });
    expect(headers).toMatchObject({
      "content-encoding": encoding,
      vary: "Accept-Encoding",
      etag: expect.stringMatching(/^W\//),
    });
    expect(decompress(body).toString()).toBe(PAGE);
    expect(body.length).toBeLessThan(PAGE.length / 2);
  });

  test("does not compress small files, images and ranges", async () => {
    await put("small.html", "<p>");
    await put("picture.png", "x".repeat(5_000), "image/png");
    await put("index.html", PAGE);
    await makeDistribution();
    const accept = { "accept-encoding": "br" };
    for (const name of ["small.html", "picture.png"]) {
      expect((await get(`${siteUrl}/${name}`, accept)).headers).not.toHaveProperty("content-encoding");
    }
    const part = await get(`${siteUrl}/index.html`, { ...accept, range: "bytes=0-8" });
    expect({ status: part.status, body: part.body.toString() }).toEqual({ status: 206, body: PAGE.slice(0, 9) });
  });

  test("answers 304 to a viewer that has the object, compressed or not", async () => {
    await put("index.html", PAGE);
    await makeDistribution();
    for (const encoding of ["br", "identity"]) {
      const { headers } = await get(siteUrl, { "accept-encoding": encoding });
      const again = await get(siteUrl, { "accept-encoding": encoding, "if-none-match": headers.etag ?? "" });
      expect({ status: again.status, bytes: again.body.length }).toEqual({ status: 304, bytes: 0 });
    }
    expect((await get(siteUrl, { "if-none-match": '"other"' })).status).toBe(200);
  });

  test("serves the page of a custom error response, else S3's error", async () => {
    await put("index.html", PAGE);
    await makeDistribution({
      CustomErrorResponses: [{ ErrorCode: 403, ResponseCode: 200, ResponsePagePath: "/index.html" }],
    });
    const page = await get(`${siteUrl}/jobs/01J`);
    expect({ status: page.status, body: page.body.toString() }).toEqual({ status: 200, body: PAGE });
  });

  test("finds its bucket by the bucket's local domain name", async () => {
    await put("index.html", PAGE);
    const DomainName = `${endpoints["s3"]?.replace("http://", "")}/wares`;
    await makeDistribution({ Origins: [{ Id: "o1", DomainName, S3OriginConfig: {} }] });
    expect((await get(siteUrl)).body.toString()).toBe(PAGE);
  });

  test("answers GET and HEAD only", async () => {
    await makeDistribution();
    expect((await get(siteUrl, {}, "POST")).status).toBe(403);
  });

  test("without custom error responses hides whether an object exists", async () => {
    await makeDistribution();
    const { status, body } = await get(`${siteUrl}/nothing.html`);
    expect({ status, body: body.toString() }).toEqual({
      status: 403,
      body: expect.stringContaining("<Code>AccessDenied</Code>"),
    });
    expect((await get(`${siteUrl}/%E0%A4%A`)).status).toBe(400);
  });

  test("adds the headers of its policy, but neither HSTS nor an upgrade to https", async () => {
    endpoints["appsync"] = "http://127.0.0.1:7001";
    await put("index.html", PAGE);
    const policy = await site.create({
      path: "Shop/Headers",
      logicalId: "Headers",
      type: "AWS::CloudFront::ResponseHeadersPolicy",
      properties: {
        ResponseHeadersPolicyConfig: {
          SecurityHeadersConfig: {
            ContentSecurityPolicy: {
              ContentSecurityPolicy:
                "default-src 'self'; connect-src 'self' https://*.amazonaws.com; upgrade-insecure-requests",
              Override: true,
            },
            ContentTypeOptions: { Override: true },
            FrameOptions: { FrameOption: "DENY", Override: true },
            ReferrerPolicy: { ReferrerPolicy: "same-origin", Override: true },
            StrictTransportSecurity: { AccessControlMaxAgeSec: 1, Override: true },
          },
          CustomHeadersConfig: { Items: [{ Header: "Cache-Control", Value: "no-store", Override: false }] },
          RemoveHeadersConfig: { Items: [{ Header: "Accept-Ranges" }] },
        },
      },
    });
    await makeDistribution({}, { ResponseHeadersPolicyId: policy.ref });
    const { headers } = await get(siteUrl);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "same-origin",
      "cache-control": "no-store",
    });
    expect(headers).not.toHaveProperty("strict-transport-security");
    expect(headers).not.toHaveProperty("accept-ranges");
    const csp = String(headers["content-security-policy"]);
    expect(csp).toMatch(/^default-src 'self'; connect-src 'self' https:\/\/\*\.amazonaws\.com /);
    expect(csp).toMatch(/ http:\/\/127\.0\.0\.1:\* ws:\/\/127\.0\.0\.1:\*$/);
    expect(csp).not.toContain("upgrade");
  });

  test("tries its behaviors in their order", async () => {
    await put("index.html", PAGE);
    await put("v1/app.js", "old", "text/javascript");
    const origin = { DomainName: "wares.s3.us-east-1.amazonaws.com", S3OriginConfig: {} };
    await makeDistribution({
      Origins: [
        { ...origin, Id: "o1" },
        { ...origin, Id: "o2", OriginPath: "/v1" },
      ],
      CacheBehaviors: [{ PathPattern: "*.js", TargetOriginId: "o2" }],
    });
    expect((await get(`${siteUrl}/app.js`)).body.toString()).toBe("old");
    expect((await get(`${siteUrl}/index.html`)).body.toString()).toBe(PAGE);
  });

  test.each<[string, object, object, RegExp]>([
    [
      "edge functions",
      {},
      { FunctionAssociations: [{ EventType: "viewer-request", FunctionARN: "arn" }] },
      /^Shop\/Site: .* has edge functions/,
    ],
    [
      "an origin that is not a bucket",
      { Origins: [{ Id: "o1", DomainName: "example.com", CustomOriginConfig: {} }] },
      {},
      /^Shop\/Site: the origin example\.com is not a bucket/,
    ],
    [
      "an unknown headers policy",
      {},
      { ResponseHeadersPolicyId: "gone" },
      /^Shop\/Site: the response headers policy gone/,
    ],
  ])("refuses %s", async (_what, config, behavior, message) => {
    await expect(makeDistribution({ ...config }, { ...behavior })).rejects.toThrow(message);
  });

  test("a port in use is reported with what to do", async () => {
    const other = await listen(async (_request, response) => void response.end());
    const port = Number(new URL(other.url).port);
    await expect(cloudfront({ port }).start(contextFor("second"))).rejects.toThrow(
      `Port ${port} is in use by another program; choose another with --port.`,
    );
    await other.close();
  });
});

test("a content security policy without AWS hosts is unchanged, except for addresses of this machine", () => {
  expect(localCsp("connect-src https://127.0.0.1:7000/wares wss://127.0.0.1:1", [])).toBe(
    "connect-src http://127.0.0.1:*/wares ws://127.0.0.1:*",
  );
  expect(localCsp("default-src 'self'; img-src data:", ["http://127.0.0.1:1"])).toBe(
    "default-src 'self'; img-src data:",
  );
});
