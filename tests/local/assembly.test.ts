import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAssembly } from "../../local/assembly/assembly.ts";
import { checkStack } from "../../local/assembly/check.ts";
import { deploy } from "../../local/assembly/deployment.ts";
import { noLocalMeaning } from "../../local/no-local-meaning.ts";
import type { Resource } from "../../local/service.ts";
import { nestedStack, temporaryFolder, tinyAssembly } from "./tiny-assembly.ts";
import type { TinyTemplates } from "./tiny-assembly.ts";

const thing = (Properties: object = {}, rest: object = {}) => ({ Type: "Test::Thing", Properties, ...rest });
const resources = (Resources: object) => ({ Resources }) as TinyTemplates["root"];
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function read(templates: TinyTemplates) {
  const folder = tinyAssembly(templates);
  folders.push(folder);
  return readAssembly(folder);
}

/** Creates things, one tick each; returns them in order of creation. */
async function deployed(templates: TinyTemplates, create?: (resource: Resource) => void) {
  const assembly = read(templates);
  checkStack(assembly.root, () => true);
  const order: string[] = [];
  const made = new Map<string, Resource>();
  const result = await deploy({
    ...assembly,
    create: async (resource) => {
      await new Promise(setImmediate);
      create?.(resource);
      order.push(resource.path);
      made.set(resource.path, resource);
      return { ref: `ref:${resource.logicalId}`, attributes: { Arn: `arn:${resource.logicalId}` } };
    },
  });
  return { ...result, order, properties: (path: string) => made.get(path)?.properties };
}

test("passes outputs of one nested stack to another's parameters", async () => {
  const templates: TinyTemplates = {
    root: {
      Resources: {
        DataNestedStackDataNestedStackResource1A2B3C4D: nestedStack("data.json"),
        ApiNestedStackApiNestedStackResource5E6F7A8B: nestedStack("api.json", {
          TableName: { "Fn::GetAtt": ["DataNestedStackDataNestedStackResource1A2B3C4D", "Outputs.Name"] },
        }),
      },
      Outputs: {
        Table: { Value: { "Fn::GetAtt": ["DataNestedStackDataNestedStackResource1A2B3C4D", "Outputs.Name"] } },
        Number: { Value: 5 },
      },
    },
    nested: {
      "data.json": { Resources: { Table: thing() }, Outputs: { Name: { Value: { Ref: "Table" } } } },
      "api.json": {
        Parameters: { TableName: { Type: "String" }, Size: { Type: "Number", Default: 3 } },
        Resources: { Resolver: thing({ table: { Ref: "TableName" }, size: { Ref: "Size" } }) },
      },
    },
  };
  const { order, outputs, properties } = await deployed(templates);
  expect(order).toEqual(["Tiny/Data/Table", "Tiny/Api/Resolver"]);
  expect(properties("Tiny/Api/Resolver")).toEqual({ table: "ref:Table", size: 3 });
  expect(outputs).toEqual({ Table: "ref:Table", Number: "5" });
});

test("creates a resource's dependencies before it, and each once", async () => {
  const { order } = await deployed({
    root: resources({
      Last: thing({ text: { "Fn::Sub": "${Middle.Arn}" } }, { DependsOn: ["Other"] }),
      Middle: thing({ deep: [{ first: { "Fn::GetAtt": ["First", "Arn"] } }] }),
      Other: thing({ first: { Ref: "First" } }),
      First: thing(),
    }),
  });
  expect(order).toHaveLength(4);
  expect(order[0]).toBe("Tiny/First");
  expect(order[3]).toBe("Tiny/Last");
});

test("waits for a whole nested stack that another depends on", async () => {
  const { order } = await deployed({
    root: resources({ Early: nestedStack("a.json"), Late: nestedStack("b.json", {}, { DependsOn: "Early" }) }),
    nested: { "a.json": resources({ A: thing(), B: thing({ a: { Ref: "A" } }) }), "b.json": resources({ C: thing() }) },
  });
  expect(order).toEqual(["Tiny/Early/A", "Tiny/Early/B", "Tiny/Late/C"]);
});

test("skips resources whose condition is false, nested ones too", async () => {
  const { order, outputs } = await deployed({
    root: {
      Conditions: { Never: { "Fn::Equals": [{ Ref: "AWS::Region" }, "mars-1"] } },
      Resources: {
        Kept: thing({ value: { "Fn::If": ["Never", { Ref: "Gone" }, "else"] } }, { DependsOn: "Gone" }),
        Gone: thing({}, { Condition: "Never" }),
        Stack: nestedStack("n.json", {}, { Condition: "Never" }),
      },
      Outputs: { Gone: { Value: { Ref: "Gone" }, Condition: "Never" } },
    },
    nested: { "n.json": resources({ Inner: thing() }) },
  });
  expect(order).toEqual(["Tiny/Kept"]);
  expect(outputs).toEqual({});
});

test("generates stable names that suit their service", async () => {
  const long = "A".repeat(80);
  const templates = {
    root: resources({
      Files: { Type: "AWS::S3::Bucket" },
      Given: { Type: "AWS::S3::Bucket", Properties: { BucketName: "mine" } },
      [`${long}1`]: { Type: "AWS::IAM::Role" },
      [`${long}2`]: { Type: "AWS::IAM::Role" },
    }),
  };
  const first = await deployed(templates);
  const second = await deployed(templates);
  expect(first.properties("Tiny/Files")).toEqual({ BucketName: "tiny-files" });
  expect(first.properties("Tiny/Given")).toEqual({ BucketName: "mine" });
  const names = [1, 2].map((number) => first.properties(`Tiny/${long}${number}`)!.RoleName as string);
  expect(names[0]!.length).toBeLessThanOrEqual(64);
  expect(names[0]).not.toBe(names[1]);
  expect(second.properties(`Tiny/${long}1`)!.RoleName).toBe(names[0]);
});

test("names the resource that could not be created, not its dependents", async () => {
  const templates = { root: resources({ User: thing({ bad: { Ref: "Bad" } }), Bad: thing() }) };
  const failing = deployed(templates, ({ logicalId }) => {
    if (logicalId === "Bad") throw new Error("the disk is full");
  });
  await expect(failing).rejects.toThrow("Tiny/Bad (Test::Thing) could not be created: the disk is full");
});

test("lists the attributes that exist when one is missing", async () => {
  const templates = { root: resources({ A: thing(), B: thing({ x: { "Fn::GetAtt": ["A", "Name"] } }) }) };
  await expect(deployed(templates)).rejects.toThrow(
    "Tiny/B (Test::Thing) could not be created: it needs the attribute Name of Tiny/A (Test::Thing), but the local cloud has only Arn",
  );
});

const refusals: [name: string, templates: TinyTemplates, sentence: string | RegExp][] = [
  [
    "circular dependencies",
    {
      root: resources({
        A: thing({ x: { Ref: "B" } }),
        B: thing({}, { DependsOn: "C" }),
        C: thing({ y: { "Fn::Sub": "${A}" } }),
      }),
    },
    "Tiny has a circular dependency, which CloudFormation would reject too: A → B → C → A.",
  ],
  [
    "circular dependencies between nested stacks",
    {
      root: resources({
        One: nestedStack("n.json", { p: { "Fn::GetAtt": ["Two", "Outputs.x"] } }),
        Two: nestedStack("n.json", { p: { "Fn::GetAtt": ["One", "Outputs.x"] } }),
      }),
      nested: { "n.json": {} },
    },
    "Tiny has a circular dependency, which CloudFormation would reject too: One → Two → One.",
  ],
  [
    "a dangling reference",
    { root: resources({ A: thing({ x: { Ref: "Nobody" } }) }) },
    'Tiny/A refers to "Nobody", which its template does not define.',
  ],
  [
    "an unknown type in a nested stack",
    {
      root: resources({ Inner: nestedStack("n.json") }),
      nested: { "n.json": resources({ Queue: { Type: "AWS::SQS::Queue" } }) },
    },
    "Tiny/Inner/Queue has the type AWS::SQS::Queue, which the local cloud neither emulates nor ignores (local/no-local-meaning.ts).",
  ],
];

test.each(refusals)("rejects %s before anything is created", (_, templates, sentence) => {
  expect(() => checkStack(read(templates).root, (type) => type === "Test::Thing")).toThrow(sentence);
});

test("finds assets by hash, file name, object key and image tag", () => {
  const { assetFolder } = read({ root: {} });
  const [files, image] = [assetFolder("abc123"), assetFolder("def456")];
  expect(files).toMatch(/asset\.abc123$/);
  expect(assetFolder("abc123.zip")).toBe(files);
  expect(assetFolder("some/prefix/abc123.zip")).toBe(files);
  expect(assetFolder("000000000000.dkr.ecr.us-east-1.amazonaws.com/assets:def456")).toBe(image);
  expect(() => assetFolder("nobody.zip")).toThrow('has no asset "nobody.zip"');
});

test("rejects a folder that is not a cloud assembly, and one with two stacks", () => {
  const folder = temporaryFolder("empty");
  folders.push(folder);
  expect(() => readAssembly(folder)).toThrow(/is not a cloud assembly: it has no manifest.json/);
  const stack = { type: "aws:cloudformation:stack", properties: {} };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ artifacts: { One: stack, Two: stack } }));
  expect(() => readAssembly(folder)).toThrow(
    /an assembly with one root stack \(others nested in it\); .* has One, Two\./,
  );
});

test("returns plausible values for types without local meaning, the same at every start", () => {
  const answer = (type: string) =>
    noLocalMeaning(type)!.answer(
      { path: "Shop/Net", logicalId: "Net", type, properties: {} },
      { region: "us-east-1", accountId: "000000000000" },
    );
  expect(answer("AWS::EC2::VPC").ref).toMatch(/^vpc-[0-9a-f]{17}$/);
  expect(answer("AWS::EC2::VPC")).toEqual(answer("AWS::EC2::VPC"));
  expect(answer("AWS::Logs::LogGroup").attributes.Arn).toBe("arn:aws:logs:us-east-1:000000000000:log-group:Shop-Net:*");
  expect(noLocalMeaning("AWS::EC2::SomethingNew")?.reason).toContain("network");
  expect(noLocalMeaning("AWS::SQS::Queue")).toBeUndefined();
});
