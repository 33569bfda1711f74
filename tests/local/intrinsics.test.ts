import { holds, resolve } from "../../local/assembly/intrinsics.ts";
import type { Scope } from "../../local/assembly/intrinsics.ts";

const scope: Scope = {
  path: "Shop/Data",
  mappings: { Sizes: { "us-east-1": { small: "S" } } },
  conditions: {
    IsBig: { "Fn::Equals": [{ Ref: "Count" }, 5] },
    AlsoBig: { "Fn::Equals": [5, { Ref: "Count" }] },
    IsSmall: { "Fn::Not": [{ Condition: "IsBig" }] },
    Both: { "Fn::And": [{ Condition: "IsBig" }, { Condition: "IsSmall" }] },
    Either: { "Fn::Or": [{ Condition: "IsBig" }, { Condition: "IsSmall" }] },
  },
  pseudo: { "AWS::Region": "us-east-1", "AWS::AccountId": "000000000000", "AWS::NotificationARNs": [] },
  ref: async (name) => ({ Count: "5", Table: "shop-table", List: ["a", "b"] })[name],
  getAtt: async (logicalId, attribute) => `${logicalId}#${attribute}`,
};

const cases: [name: string, value: unknown, expected: unknown][] = [
  ["plain values are unchanged", { a: [1, true, null, "x"] }, { a: [1, true, null, "x"] }],
  ["Ref of a resource", { Ref: "Table" }, "shop-table"],
  ["Ref of a pseudo parameter", { Ref: "AWS::Region" }, "us-east-1"],
  ["Ref of a list parameter", { Ref: "List" }, ["a", "b"]],
  ["NoValue removes a member", { a: 1, b: { Ref: "AWS::NoValue" } }, { a: 1 }],
  ["NoValue removes an item", [1, { Ref: "AWS::NoValue" }, 2], [1, 2]],
  ["NoValue through If", { a: { "Fn::If": ["IsSmall", 1, { Ref: "AWS::NoValue" }] } }, {}],
  ["GetAtt as a list", { "Fn::GetAtt": ["Table", "Arn"] }, "Table#Arn"],
  ["GetAtt as a string", { "Fn::GetAtt": "Table.Stream.Arn" }, "Table#Stream.Arn"],
  ["GetAtt of a nested stack's output", { "Fn::GetAtt": ["Nested", "Outputs.Name"] }, "Nested#Outputs.Name"],
  ["Sub with a resource", { "Fn::Sub": "x-${Table}-${AWS::Region}" }, "x-shop-table-us-east-1"],
  ["Sub with an attribute", { "Fn::Sub": "${Table.Arn}/index/*" }, "Table#Arn/index/*"],
  ["Sub with variables", { "Fn::Sub": ["${a}${Table}", { a: { Ref: "Count" } }] }, "5shop-table"],
  ["Sub keeps escaped variables", { "Fn::Sub": "${!aws:PrincipalTag/owner}/${Count}" }, "${aws:PrincipalTag/owner}/5"],
  ["Sub with a repeated variable", { "Fn::Sub": "${Count}${Count}" }, "55"],
  ["Sub with a dollar in the value", { "Fn::Sub": ["${a}", { a: "$&" }] }, "$&"],
  ["Join", { "Fn::Join": ["-", ["a", { Ref: "Count" }, 1]] }, "a-5-1"],
  ["Join over Split", { "Fn::Join": ["+", { "Fn::Split": ["/", "a/b/c"] }] }, "a+b+c"],
  ["Select", { "Fn::Select": ["1", { Ref: "List" }] }, "b"],
  ["Select from Split", { "Fn::Select": [2, { "Fn::Split": ["/", "a/b/c"] }] }, "c"],
  ["If", { "Fn::If": ["IsBig", "big", "small"] }, "big"],
  ["If with a false condition", { "Fn::If": ["Both", "both", "not both"] }, "not both"],
  ["Or", { "Fn::If": ["Either", 1, 2] }, 1],
  ["FindInMap", { "Fn::FindInMap": ["Sizes", { Ref: "AWS::Region" }, "small"] }, "S"],
  ["FindInMap with a default", { "Fn::FindInMap": ["Sizes", "mars", "small", { DefaultValue: "?" }] }, "?"],
  ["Base64", { "Fn::Base64": "hello" }, "aGVsbG8="],
  ["GetAZs", { "Fn::GetAZs": "" }, ["us-east-1a", "us-east-1b", "us-east-1c"]],
  [
    "a policy's Condition is not an intrinsic",
    { Condition: { Bool: { x: "true" } } },
    { Condition: { Bool: { x: "true" } } },
  ],
  ["a policy variable is unchanged", "arn:${aws:PrincipalTag/owner}", "arn:${aws:PrincipalTag/owner}"],
];

test.each(cases)("resolves: %s", async (_, value, expected) => {
  expect(await resolve(value, scope)).toEqual(expected);
});

const refusals: [name: string, value: unknown, sentence: RegExp][] = [
  ["imports", { "Fn::ImportValue": "Other" }, /Shop\/Data imports "Other" from another stack/],
  ["unknown functions", { "Fn::Cidr": ["a", 1] }, /Shop\/Data uses Fn::Cidr, which the local cloud does not support/],
  ["dynamic references", "{{resolve:ssm:/x}}", /uses the dynamic reference \{\{resolve:ssm:\/x\}\}/],
  ["a missing mapping", { "Fn::FindInMap": ["Sizes", "mars", "small"] }, /looks up Sizes.mars.small/],
  ["an item beyond the list", { "Fn::Select": [7, { Ref: "List" }] }, /selects item 7 of a list of 2/],
  ["joining a string", { "Fn::Join": ["-", "text"] }, /passes "text" to Fn::Join, which needs a list/],
  ["an unknown condition", { "Fn::If": ["Nope", 1, 2] }, /uses the condition "Nope"/],
];

test.each(refusals)("rejects %s with a message", async (_, value, sentence) => {
  await expect(resolve(value, scope)).rejects.toThrow(sentence);
});

test("evaluates named conditions", async () => {
  expect(await holds("IsBig", scope)).toBe(true);
  expect(await holds("AlsoBig", scope)).toBe(true);
  expect(await holds("Both", scope)).toBe(false);
});
