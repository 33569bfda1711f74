import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { BedrockRuntimeServiceException } from "@aws-sdk/client-bedrock-runtime";
import { ListMultipartUploadsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  buildSchema,
  isObjectType,
  parse,
  visit,
  type SelectionSetNode,
  type GraphQLObjectType,
  getNamedType,
} from "graphql";
import { RECORDS_ARCHIVED } from "#core/dataset/archive";
import { budgetKey, exportKey, jobKey, shardKey } from "#core/keys";
import type { JobRow } from "#core/job/job-row";
import type { ShardRow } from "#core/shard/shard-row";
import { AppSyncReporter } from "../../../worker/adapters/appsync-reporter.ts";
import { answerOf, modelErrorOf, inputOf, retryAfterOf } from "../../../worker/adapters/bedrock-model.ts";
import { REPORT_PROGRESS } from "../../../core/reports.ts";
import { S3Objects } from "../../../worker/adapters/s3-objects.ts";
import { systemClock } from "../../../worker/adapters/system-clock.ts";
import { linesOf } from "../../../worker/streams.ts";
import type { ModelError, Ports } from "../../../worker/ports.ts";
import { runTask } from "../../../worker/task.ts";
import { LocalAws } from "../local-aws.ts";
import { JOB, World } from "../world.ts";

describe("on the local cloud, with the SDK's clients", () => {
  let aws: LocalAws;

  beforeAll(async () => {
    aws = await LocalAws.start({ latencyMs: 20, throttleRate: 0.05, errorRate: 0.02, badJsonRate: 0.02, seed: 3 });
  });

  afterAll(() => aws.stop());

  test("a job runs, is paid for to the nano-dollar, and is published", async () => {
    const world = new World({
      records: 80,
      shards: [
        { from: 0, to: 30 },
        { from: 30, to: 80 },
      ],
    });
    for (const row of world.store.rows.values()) await aws.put(row);
    for (const [name, body] of world.objects.files) await aws.objects.putIfAbsent(name, body.toString());
    const reporter = { report: async () => ({ status: "RUNNING", controlNo: 1 }) as const };
    const log = { info: () => {}, warn: () => {} };
    const ports: Ports = {
      store: aws.store,
      objects: aws.objects,
      model: aws.model,
      reporter,
      clock: systemClock,
      log,
      random: Math.random,
    };
    await runTask(ports, { ...world.settings, concurrency: 16 }, new AbortController().signal);

    const job = (await aws.store.read(jobKey(JOB))) as JobRow;
    const shards = (await aws.store.readAll([shardKey(JOB, 0), shardKey(JOB, 1)])) as ShardRow[];
    const budget = await aws.store.read(budgetKey(JOB));
    expect(job.status).toBe("COMPLETED");
    const lines = (await aws.objects.read(`${job.datasetPrefix}dataset.jsonl`)).trim().split("\n");
    const failed = shards.reduce((sum, shard) => sum + shard.failed, 0);
    expect(new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id)).size + failed).toBe(80);
    const spent = shards.reduce((sum, { spentNanos }) => sum + spentNanos, 0);
    expect(spent).toBe(await aws.loggedNanos());
    expect(budget?.remainingNanos).toBe(budget?.budgetNanos - spent);
    expect(await aws.store.read(exportKey(JOB))).toMatchObject({ generation: 1, leaseUntilMs: 0 });
  });

  test("an object is written once, and writing it again is no error", async () => {
    await aws.objects.putIfAbsent("parts/J/0/1-0", "one");
    await aws.objects.putIfAbsent("parts/J/0/1-0", "one");
    expect(await aws.objects.read("parts/J/0/1-0")).toBe("one");
    await expect(aws.objects.read("parts/J/0/9-9")).rejects.toThrow();
  });

  test("the error for an archived object says what to do", async () => {
    const { client, bucket } = aws.objects;
    const put = { Bucket: bucket, Key: "datasets/J/1/records/0-0", Body: "one", StorageClass: "GLACIER" } as const;
    await client.send(new PutObjectCommand(put));
    await expect(aws.objects.read(put.Key)).rejects.toThrow(RECORDS_ARCHIVED);
  });

  test("many objects waiting to be read block nothing else", async () => {
    await aws.objects.putIfAbsent("parts/J/1/1-0", "one");
    const waiting = await Promise.all(Array.from({ length: 100 }, () => aws.objects.open("parts/J/1/1-0")));
    await aws.objects.putIfAbsent("parts/J/1/1-1", "two");
    for (const bytes of waiting) bytes.destroy();
    expect(await aws.objects.read("parts/J/1/1-1")).toBe("two");
  });

  /** A bucket whose every answer has four bytes of an object and then breaks off or stalls. */
  async function fourBytesAtATime(object: string, breaks: boolean) {
    const server = createServer(({ headers: { range = "bytes=0-" } }, response) => {
      const rest = object.slice(Number(range.slice("bytes=".length, -1)));
      response.writeHead(range === "bytes=0-" ? 200 : 206, { "content-length": rest.length });
      if (rest.length <= 4) response.end(rest);
      else response.write(rest.slice(0, 4), () => breaks && response.destroy());
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    const client = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
    return { objects: new S3Objects(client, "bucket", 50), close: () => server.close() };
  }

  test.each([
    ["breaks off", true, "aborted"],
    ["stalls", false, "The stream was idle for 50 ms."],
  ])("an object whose connection %s is read on from there, and is never truncated", async (_, breaks, reason) => {
    const recovering = await fourBytesAtATime("0123456789abcdef", breaks);
    expect(await recovering.objects.read("parts/J/0/1-0")).toBe("0123456789abcdef");
    recovering.close();

    const exhausted = await fourBytesAtATime("0123456789abcdefg", breaks);
    await expect(exhausted.objects.read("parts/J/0/1-0")).rejects.toThrow(reason);
    const reading = async () => {
      for await (const _ of linesOf(await exhausted.objects.open("parts/J/0/1-0")));
    };
    await expect(reading()).rejects.toThrow(reason);
    exhausted.close();
  });

  const PART_BYTES = 5 * 1024 * 1024;
  test.each([0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES, 12_345_678])(
    "an object of %i bytes is uploaded as it comes, byte for byte",
    async (length) => {
      const text = Array.from({ length: Math.ceil(length / 8) }, (_, n) => String(n).padStart(8)).join("");
      const bytes = Buffer.from(text.slice(0, length));
      const chunks = function* () {
        for (let at = 0; at < length; at += 700_001) yield bytes.subarray(at, at + 700_001);
      };
      const body = Readable.from(chunks(), { objectMode: false });
      await aws.objects.upload("datasets/J/1/file", "text/plain", body, new AbortController().signal);
      expect(Buffer.from(await aws.objects.read("datasets/J/1/file")).equals(bytes)).toBe(true);
    },
  );

  test("concurrent uploads do not mix, whichever of them fails", async () => {
    const signal = new AbortController().signal;
    const letters = "abcdef".split("");
    const uploaded = await Promise.allSettled(
      letters.map((letter, n) => {
        const chunks = function* () {
          for (let k = 0; k < 13 + n; k++) yield Buffer.alloc(1_000_000, letter);
          if (letter === "c") throw new Error("The source is dry.");
        };
        const body = Readable.from(chunks(), { objectMode: false });
        return aws.objects.upload(`datasets/J/2/${letter}`, "text/plain", body, signal);
      }),
    );
    expect(uploaded.map(({ status }) => status === "fulfilled")).toEqual(letters.map((letter) => letter !== "c"));
    for (const [n, letter] of letters.entries()) {
      const text = aws.objects.read(`datasets/J/2/${letter}`);
      if (letter === "c") await expect(text).rejects.toThrow();
      else expect((await text) === letter.repeat((13 + n) * 1_000_000)).toBe(true);
    }
  });

  test.each([
    ["stopped before it begins", 0, undefined],
    ["stopped on its way", 7, undefined],
    ["left by its stream", 7, new Error("The disk is gone.")],
  ])("an upload that is %s leaves nothing", async (_, megabytes, error) => {
    const stopping = new AbortController();
    if (megabytes === 0) stopping.abort(new Error("Stopped by the signal."));
    const body = new PassThrough();
    const uploaded = aws.objects.upload("datasets/J/1/not", "text/plain", body, stopping.signal);
    uploaded.catch(() => {});
    for (let n = 0; n < megabytes; n++) if (!body.write(Buffer.alloc(1_000_000, "x"))) await once(body, "drain");
    if (error) body.destroy(error);
    else stopping.abort(new Error("Stopped by the signal."));
    await expect(uploaded).rejects.toThrow(error?.message ?? "Stopped by the signal.");
    await expect(aws.objects.read("datasets/J/1/not")).rejects.toThrow();
    const { client, bucket } = aws.objects;
    expect((await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? []).toEqual([]);
  });
});

describe("a Bedrock call", () => {
  const REQUEST = { modelId: "amazon.nova-micro-v1:0", turns: [], prompt: "p", maxTokens: 10 };

  test("always sends maxTokens", () => {
    expect(inputOf({ ...REQUEST, system: "s", stop: ["x"], topP: 0.5 })).toEqual({
      modelId: REQUEST.modelId,
      messages: [{ role: "user", content: [{ text: "p" }] }],
      system: [{ text: "s" }],
      inferenceConfig: { maxTokens: 10, temperature: undefined, topP: 0.5, stopSequences: ["x"] },
    });
  });

  test("sends the conversation before the prompt", () => {
    const turns = [
      { role: "user", text: "q" },
      { role: "assistant", text: "a" },
    ] as const;
    expect(inputOf({ ...REQUEST, turns }).messages).toEqual([
      { role: "user", content: [{ text: "q" }] },
      { role: "assistant", content: [{ text: "a" }] },
      { role: "user", content: [{ text: "p" }] },
    ]);
  });

  test("is answered by text or by the tool's input", () => {
    const message = (content: object[]) => ({ message: { role: "assistant", content } }) as never;
    const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
    expect(answerOf({ output: message([{ text: "a" }, { text: "b" }]), stopReason: "end_turn", usage })).toEqual({
      text: "ab",
      stopReason: "end_turn",
      usage: { inputTokens: 3, outputTokens: 2 },
    });
    const tool = { toolUse: { toolUseId: "1", name: "answer", input: { a: 1 } } };
    expect(answerOf({ output: message([tool]), stopReason: "tool_use", usage: undefined })).toMatchObject({
      text: '{"a":1}',
      usage: undefined,
    });
  });

  test("is charged its worst case when it counts less than no tokens", () => {
    const usage = { inputTokens: -3, outputTokens: 2, totalTokens: -1 };
    expect(answerOf({ output: undefined, stopReason: "end_turn", usage }).usage).toBeUndefined();
  });

  const answered = (name: string, httpStatusCode: number, message = "m") =>
    new BedrockRuntimeServiceException({ name, $fault: "client", message, $metadata: { httpStatusCode } });
  const broken = (code: string) => Object.assign(new Error("m"), { code });

  test.each([
    [answered("ThrottlingException", 429), "throttled"],
    [answered("ModelNotReadyException", 429), "throttled"],
    [answered("InternalServerException", 500), "transient"],
    [answered("ServiceUnavailableException", 503), "transient"],
    [answered("ModelTimeoutException", 408), "transient"],
    [answered("ExpiredTokenException", 403), "transient"],
    [answered("AccessDeniedException", 403), "inaccessible"],
    [answered("ModelErrorException", 424), "transient"],
    [answered("ValidationException", 400), "invalid"],
    [answered("SerializationException", 400), "invalid"],
    [answered("SomeOtherException", 413), "invalid"],
    [answered("ResourceNotFoundException", 404), "inaccessible"],
    [answered("ValidationException", 400, "The provided model identifier is invalid."), "inaccessible"],
    [broken("ECONNREFUSED"), "transient"],
    [broken("ECONNRESET"), "unclear"],
    [new Error("socket hang up"), "unclear"],
  ] as [Error, ModelError["kind"]][])("that ends with %s is %s", (error, kind) => {
    const modelError = modelErrorOf(error, "amazon.nova-micro-v1:0", new AbortController().signal);
    expect(modelError.kind).toBe(kind);
    expect(modelError.message).toContain("amazon.nova-micro-v1:0");
  });

  test.each([
    ["3", 3_000],
    ["0.5", 500],
    ["Wed, 25 Nov 2026 12:00:05 GMT", 5_000],
    ["Wed, 25 Nov 2026 11:59:00 GMT", 0],
    ["86400", 300_000],
    ["soon", undefined],
    [undefined, undefined],
  ])("with Retry-After %s waits %s ms", (header, ms) => {
    expect(retryAfterOf(header, Date.parse("2026-11-25T12:00:00Z"))).toBe(ms);
  });

  test("that is throttled says when to retry", async () => {
    const refusing = await LocalAws.start({ throttleRate: 1, retryAfterSeconds: 2 });
    const request = { modelId: "amazon.nova-micro-v1:0", turns: [], prompt: "Hi", maxTokens: 10 };
    const error = await refusing.model.converse(request, new AbortController().signal).catch((error: unknown) => error);
    expect(error).toMatchObject({ kind: "throttled", retryAfterMs: 2_000 });
    await refusing.stop();
  });

  test("is aborted by its own signal, and no other call with it", async () => {
    const slow = await LocalAws.start({ latencyMs: 300 });
    const request = { modelId: "amazon.nova-micro-v1:0", turns: [], prompt: "Hi", maxTokens: 10 };
    const [stays, goes] = [new AbortController(), new AbortController()];
    const ends = [stays, goes].map(({ signal }) =>
      slow.model.converse(request, signal).catch((error: unknown) => error),
    );
    goes.abort();
    expect(await ends[1]).toMatchObject({ kind: "unclear" });
    expect(await ends[0]).toMatchObject({ stopReason: expect.any(String) });
    // The very first call had a signal too: later calls do not keep it.
    stays.abort();
    expect(await slow.model.converse(request, goes.signal).catch((error: unknown) => error)).toMatchObject({
      kind: "unclear",
    });
    expect(await slow.model.converse(request, new AbortController().signal)).toMatchObject({
      text: expect.any(String),
    });
    await slow.stop();
  });

  test("that was aborted may have been billed", () => {
    expect(modelErrorOf(broken("ECONNREFUSED"), "m", AbortSignal.abort()).kind).toBe("unclear");
  });
});

describe("progress", () => {
  test("selects every field that a subscriber may request", async () => {
    const schema = buildSchema(`${DIRECTIVES}\n${await readFile("schema.graphql", "utf8")}`);
    const change = schema.getType("JobChange") as GraphQLObjectType;
    let checked = 0;
    const check = (type: GraphQLObjectType, selection: SelectionSetNode | undefined, path: string): void => {
      const chosen = new Map(
        selection?.selections.map((field) => [field.kind === "Field" ? field.name.value : "", field]),
      );
      for (const field of Object.values(type.getFields())) {
        const found = chosen.get(field.name);
        expect(`${path}.${found ? field.name : `${field.name} is not selected`}`).toBe(`${path}.${field.name}`);
        checked += 1;
        const inner = getNamedType(field.type);
        if (isObjectType(inner) && found?.kind === "Field") check(inner, found.selectionSet, `${path}.${field.name}`);
      }
    };
    visit(parse(REPORT_PROGRESS), {
      Field: (node) => {
        if (node.name.value === "reportProgress") check(change, node.selectionSet, "JobChange");
      },
    });
    expect(checked).toBeGreaterThan(25);
  });

  test("is signed, and returns the job's state", async () => {
    const seen: { authorization?: string; body?: any }[] = [];
    let answer: object = { data: { reportProgress: { status: "PAUSED", controlNo: 4 } } };
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        seen.push({ authorization: request.headers.authorization, body: JSON.parse(Buffer.concat(chunks).toString()) });
        response.end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
      const credentials = async () => ({ accessKeyId: "AKIA", secretAccessKey: "s", sessionToken: "t" });
      const reporter = new AppSyncReporter({ url, region: "eu-west-1", credentials, jobId: JOB });
      const totals = {
        generation: 1,
        reportNo: 1,
        delivered: 2,
        failed: 0,
        rejected: 1,
        mended: 1,
        modelProblem: null,
        causes: [{ cause: "It did not work", attempts: 1, records: 0 }],
        spentNanos: 3,
        spending: [
          {
            ...{ stepId: "ask", modelId: "amazon.nova-micro-v1:0", day: "2026-11-25" },
            ...{ calls: 1, inputTokens: 4, outputTokens: 5, costNanos: 3 },
          },
        ],
        writtenOffNanos: 0,
        inputTokens: 4,
        outputTokens: 5,
      };
      expect(await reporter.report(3, { ...totals, recordsPerSecond: 1.5, latest: ["{}"], isKept: true })).toEqual({
        status: "PAUSED",
        controlNo: 4,
      });
      expect(seen[0]?.authorization).toContain("/eu-west-1/appsync/aws4_request");
      expect(seen[0]?.body.variables.input).toEqual({
        jobId: JOB,
        shard: { shardNo: 3, ...totals, recordsPerSecond: 1.5, latest: ["{}"], isKept: true },
      });
      const taken = answer;
      answer = { data: null, errors: [{ errorType: "Conflict", message: "Report again." }] };
      const again = reporter.report();
      while (seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
      answer = taken;
      expect(await again).toEqual({ status: "PAUSED", controlNo: 4 });
      answer = { data: null, errors: [{ message: "Not Authorized" }] };
      await expect(reporter.report()).rejects.toThrow("Not Authorized");
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

const DIRECTIVES = `
directive @aws_iam on OBJECT | FIELD_DEFINITION
directive @aws_cognito_user_pools(cognito_groups: [String!]) on OBJECT | FIELD_DEFINITION
directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION
scalar AWSDateTime
scalar AWSDate
scalar AWSURL
scalar AWSJSON
`;
