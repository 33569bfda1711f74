import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApi } from "../../cli/api.ts";
import type { Statement } from "../../local/iam/policy.ts";
import { survivesWithout, type RecordedCall } from "../../local/iam/record.ts";
import { startProduct, until, type Product } from "./product.ts";
import { ASSEMBLY } from "./synthesize-once.ts";
import { tour } from "./tour.ts";

/** Statements that nothing on a single machine can use. */
const WITHOUT_LOCAL_MEANING: readonly {
  readonly what: string;
  readonly reason: string;
  readonly is: (role: string, statement: Statement) => boolean;
}[] = [
  {
    what: "writing logs",
    reason: "functions, tasks and the API print to files here, not to CloudWatch",
    is: (role, { actions }) => !isOfBucketDeployment(role) && actions.every((action) => action.startsWith("logs:")),
  },
  {
    what: "pulling the worker's image",
    reason: "the image's program is started from its folder",
    is: (role, { actions }) => /ExecutionRole/.test(role) && actions.some((action) => action.startsWith("ecr:")),
  },
  {
    what: "copying the client into its bucket",
    reason: "the CDK's own function for it is Python; the local cloud copies the files itself",
    is: isOfBucketDeployment,
  },
];

function isOfBucketDeployment(role: string): boolean {
  return /CustomCDKBucketDeployment/.test(role);
}

let product: Product;
let calls: RecordedCall[];

beforeAll(async () => {
  product = await startProduct({ context: { archiveClass: "flexible" } });
  await tour(product);
  calls = await readCalls();
}, 300_000);
afterAll(() => product?.end());

test("every call of the tour is recorded with its role, and each was allowed", () => {
  expect(calls.length).toBeGreaterThan(100);
  expect(calls.filter((call) => call.decision !== "allow")).toEqual([]);
});

test("every statement is used by a call, or listed among those without local meaning", () => {
  const used = new Set(calls.flatMap((call) => call.statements));
  const unused = statements().filter((statement) => !used.has(statement.id) && !isWithoutLocalMeaning(statement));
  expect(unused.map(({ name }) => name)).toEqual([]);
});

test("every action of every statement is used by a call", () => {
  const unused = statements()
    .filter((statement) => !isWithoutLocalMeaning(statement))
    .flatMap(({ id, role, statement }) => statement.actions.map((action) => ({ id, role, action })))
    .filter(({ id, action }) => !calls.some((call) => call.action === action && call.statements.includes(id)));
  // No upload is aborted while exports and snapshots succeed, and seed blocks are removed only if their set is deleted in the meantime.
  expect(unused.map(({ action }) => action).sort()).toEqual([
    ...["s3:AbortMultipartUpload", "s3:AbortMultipartUpload", "s3:DeleteObject"],
  ]);
});

test("the list of statements without local meaning contains none that is used or gone", () => {
  const used = new Set(calls.flatMap((call) => call.statements));
  for (const { what, is } of WITHOUT_LOCAL_MEANING) {
    const meant = statements().filter(({ role, statement }) => is(role, statement));
    expect({ what, gone: meant.length === 0 }).toEqual({ what, gone: false });
    expect(meant.filter(({ id }) => used.has(id)).map(({ name }) => name)).toEqual([]);
  }
});

test("with any one statement removed, some call of the tour would have failed", () => {
  const needed = statements().filter((statement) => !isWithoutLocalMeaning(statement));
  const spare = needed.filter(({ id }) =>
    calls.every((call) => !call.statements.includes(id) || survivesWithout(call, id)),
  );
  expect(spare.map(({ name }) => name)).toEqual([]);
});

/** Run live: the statement with that sid is removed from the synthesized templates, and the product is started from them. */
test.each([
  { sid: "ReadRows", from: "checkJob", action: "dynamodb:GetItem", attempt: createSampleJob },
  { sid: "Upload", from: "presignUpload", action: "s3:PutObject", attempt: uploadSeed },
  { sid: "StartTasks", from: "dispatch", action: "ecs:RunTask", attempt: createSampleJob },
])(
  "without $sid of $from the product is denied $action by role and resource",
  async ({ sid, from, action, attempt }) => {
    const assembly = await assemblyWithout(sid, from);
    const crippled = await startProduct({ assembly });
    try {
      await attempt(crippled).catch(() => undefined);
      const denied = await until(`a denial of ${action}`, async () =>
        (await readCalls(crippled.data)).find((call) => call.decision !== "allow" && call.action === action),
      );
      expect(denied.role.toLowerCase()).toContain(from.toLowerCase());
      const said = await until("the message in the function's log or the response", async () =>
        sentenceIn(crippled.data, action),
      );
      expect(said).toMatch(
        /^User: arn:aws:sts::\d+:assumed-role\/\S+ is not authorized to perform: \S+ on resource: arn:aws:\S+ because no identity-based policy allows the \S+ action/,
      );
    } finally {
      await crippled.end();
      await rm(assembly, { recursive: true });
    }
  },
  90_000,
);

interface Named {
  readonly role: string;
  readonly statement: Statement;
  readonly id: string;
  /** For people reading a failure. */
  readonly name: string;
}

/** Every statement of every role's policies. */
function statements(): Named[] {
  const { roles } = product.cloud;
  return roles.all().flatMap((role) =>
    roles.statements(role.arn).map((statement) => ({
      role: role.path,
      statement,
      id: statement.id,
      name: `${role.path}: ${statement.actions.join()}`,
    })),
  );
}

function isWithoutLocalMeaning({ role, statement }: Named): boolean {
  return WITHOUT_LOCAL_MEANING.some(({ is }) => is(role, statement));
}

async function readCalls(data = product.data): Promise<RecordedCall[]> {
  const text = await readFile(join(data, "iam-calls.jsonl"), "utf8");
  return text
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line) => JSON.parse(line) as RecordedCall);
}

async function assemblyWithout(sid: string, from: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "plot-palette-assembly-"));
  await cp(ASSEMBLY, copy, { recursive: true });
  let removed = 0;
  for (const name of (await readdir(copy)).filter((file) => file.endsWith(".template.json"))) {
    const template = JSON.parse(await readFile(join(copy, name), "utf8"));
    for (const [id, resource] of Object.entries<any>(template.Resources ?? {})) {
      if (resource.Type !== "AWS::IAM::Policy" || !id.toLowerCase().startsWith(from.toLowerCase())) continue;
      const document = resource.Properties.PolicyDocument;
      const kept = document.Statement.filter((statement: any) => statement.Sid !== sid);
      removed += document.Statement.length - kept.length;
      document.Statement = kept;
    }
    await writeFile(join(copy, name), JSON.stringify(template));
  }
  expect(removed).toBe(1);
  return copy;
}

async function createSampleJob({ outputs }: Product): Promise<void> {
  const api = await openApi(outputs, outputs.demoUser);
  const input = {
    name: "Refused",
    templateId: "poems",
    seedSetId: "places",
    recordCount: 1,
    budgetNanos: 1_000_000_000,
    formats: ["JSONL"],
    clientToken: "refused-by-iam",
  };
  await api
    .call("mutation($input: CreateJobInput!) { createJob(input: $input) { id } }", { input })
    .finally(() => api.close());
}

async function uploadSeed({ outputs }: Product): Promise<void> {
  const api = await openApi(outputs, outputs.demoUser);
  const input = { name: "Refused", files: [{ fileName: "a.csv", bytes: 4 }] };
  const { createSeedSet } = await api.call<{
    createSeedSet: { uploads: { url: string; fields: { name: string; value: string }[] }[] };
  }>(
    "mutation($input: CreateSeedSetInput!) { createSeedSet(input: $input) { uploads { url fields { name value } } } }",
    { input },
  );
  api.close();
  const form = new FormData();
  for (const { name, value } of createSeedSet.uploads[0]!.fields) form.append(name, value);
  form.append("file", new Blob(["a\n1\n"]), "a.csv");
  refusedUpload = await (await fetch(createSeedSet.uploads[0]!.url, { method: "POST", body: form })).text();
}

/** S3 returns the denial straight to the browser; no function sees it. */
let refusedUpload = "";

/** The message as it reached the function's log, or the uploader. */
async function sentenceIn(data: string, action: string): Promise<string | undefined> {
  const logs = join(data, "lambda", "logs");
  const files = await readdir(logs).catch(() => []);
  const texts = [refusedUpload, ...(await Promise.all(files.map((file) => readFile(join(logs, file), "utf8"))))];
  for (const text of texts) {
    const match = new RegExp(`User: arn:aws:sts[^"<]*?perform: ${action}[^"<]*?action`).exec(
      text.replaceAll("\\n", "\n"),
    );
    if (match) return match[0];
  }
  return undefined;
}
