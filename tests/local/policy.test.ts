import { requestContext } from "../../local/iam/context.ts";
import { evaluate, parsePolicy } from "../../local/iam/policy.ts";

const BUCKET = "arn:aws:s3:::files";
const ROLE = "arn:aws:iam::000000000000:role/Worker";
const context = requestContext({
  "aws:PrincipalTag/owner": "ann",
  "aws:PrincipalTag/star": "*",
  "aws:PrincipalArn": ROLE,
  "aws:SourceIp": "127.0.0.1",
  "aws:SecureTransport": "true",
  "aws:CurrentTime": "2026-01-02T03:04:05Z",
  "dynamodb:LeadingKeys": ["ann", "bob"],
  "aws:TagKeys": ["owner", "job"],
  "s3:prefix": "seeds/ann/",
  "s3:max-keys": "10",
});

type Statement = Record<string, unknown>;
const principal = { kind: "AWS" as const, names: ["000000000000", ROLE] };
const ask = (statements: Statement[], action = "s3:GetObject", resource = `${BUCKET}/ann/a.txt`) =>
  evaluate(parsePolicy({ Version: "2012-10-17", Statement: statements }, "R/P"), {
    action,
    resource,
    context,
    principal,
  });

const allow = (rest: Statement): Statement => ({ Effect: "Allow", Action: "*", Resource: "*", ...rest });
const only = (rest: Statement): Statement => ({ Effect: "Allow", ...rest });
const when = (operator: string, key: string, value: unknown): Statement =>
  allow({ Condition: { [operator]: { [key]: value } } });

const cases: [name: string, statement: Statement, isAllowed: boolean][] = [
  ["the action by name", only({ Action: "s3:GetObject", Resource: "*" }), true],
  ["another action", only({ Action: "s3:PutObject", Resource: "*" }), false],
  ["the action in another case", only({ Action: "S3:getobject", Resource: "*" }), true],
  ["an action by star", only({ Action: "s3:Get*", Resource: "*" }), true],
  ["an action by question mark", only({ Action: "s3:GetObjec?", Resource: "*" }), true],
  ["a star that stops too early", only({ Action: "s3:Get", Resource: "*" }), false],
  ["one of several actions", only({ Action: ["s3:PutObject", "s3:GetObject"], Resource: "*" }), true],
  ["NotAction of another", only({ NotAction: "s3:PutObject", Resource: "*" }), true],
  ["NotAction of this", only({ NotAction: "s3:Get*", Resource: "*" }), false],
  ["the resource by name", only({ Action: "*", Resource: `${BUCKET}/ann/a.txt` }), true],
  ["the resource in another case", only({ Action: "*", Resource: `${BUCKET}/Ann/a.txt` }), false],
  ["the resource by star", only({ Action: "*", Resource: `${BUCKET}/*` }), true],
  ["the bucket only", only({ Action: "*", Resource: BUCKET }), false],
  ["another bucket's star", only({ Action: "*", Resource: "arn:aws:s3:::file/*" }), false],
  ["a star in the region part", only({ Action: "*", Resource: "arn:aws:s3:*:*:files/ann/a.txt" }), true],
  ["a star that would have to span parts", only({ Action: "*", Resource: "arn:aws:*:files/ann/a.txt" }), false],
  ["a star for all remaining parts", only({ Action: "*", Resource: "arn:aws:s3:*" }), true],
  ["NotResource of another", only({ Action: "*", NotResource: "arn:aws:s3:::other/*" }), true],
  ["NotResource of this", only({ Action: "*", NotResource: `${BUCKET}/*` }), false],
  ["a question mark in a resource", only({ Action: "*", Resource: `${BUCKET}/ann/a?txt` }), true],
  ["a variable with the owner's tag", only({ Action: "*", Resource: `${BUCKET}/\${aws:PrincipalTag/owner}/*` }), true],
  ["a variable without a value", only({ Action: "*", Resource: `${BUCKET}/\${aws:PrincipalTag/none}/*` }), false],
  [
    "a variable without a value where nothing would match",
    only({ Action: "*", Resource: `${BUCKET}/ann/a.txt\${aws:PrincipalTag/none}` }),
    false,
  ],
  ["a variable's default", only({ Action: "*", Resource: `${BUCKET}/\${aws:PrincipalTag/none, 'ann'}/*` }), true],
  [
    "a variable whose value is a star",
    only({ Action: "*", Resource: `${BUCKET}/\${aws:PrincipalTag/star}/a.txt` }),
    false,
  ],
  ["an escaped star", only({ Action: "*", Resource: `${BUCKET}/ann/\${*}.txt` }), false],
  ["StringEquals", when("StringEquals", "aws:PrincipalTag/owner", "ann"), true],
  ["StringEquals with another value", when("StringEquals", "aws:PrincipalTag/owner", "Ann"), false],
  ["StringEquals with a star, which is literal", when("StringEquals", "aws:PrincipalTag/owner", "*"), false],
  ["StringEquals with one of several", when("StringEquals", "aws:PrincipalTag/owner", ["bob", "ann"]), true],
  ["StringEquals with a key in another case", when("StringEquals", "AWS:principaltag/OWNER", "ann"), true],
  ["StringEquals without the key", when("StringEquals", "aws:none", "x"), false],
  ["StringEqualsIfExists without the key", when("StringEqualsIfExists", "aws:none", "x"), true],
  ["StringEqualsIfExists with another value", when("StringEqualsIfExists", "s3:prefix", "x"), false],
  ["StringNotEquals", when("StringNotEquals", "aws:PrincipalTag/owner", ["bob", "carl"]), true],
  [
    "StringNotEquals with the value among them",
    when("StringNotEquals", "aws:PrincipalTag/owner", ["bob", "ann"]),
    false,
  ],
  ["StringNotEquals without the key", when("StringNotEquals", "aws:none", "x"), true],
  ["StringEqualsIgnoreCase", when("StringEqualsIgnoreCase", "aws:PrincipalTag/owner", "ANN"), true],
  ["StringNotEqualsIgnoreCase", when("StringNotEqualsIgnoreCase", "aws:PrincipalTag/owner", "ANN"), false],
  ["StringLike", when("StringLike", "s3:prefix", "seeds/*"), true],
  ["StringLike with a variable", when("StringLike", "s3:prefix", "seeds/${aws:PrincipalTag/owner}/*"), true],
  ["StringNotLike", when("StringNotLike", "s3:prefix", "seeds/*"), false],
  [
    "ForAllValues with all covered",
    when("ForAllValues:StringEquals", "dynamodb:LeadingKeys", ["ann", "bob", "x"]),
    true,
  ],
  [
    "ForAllValues with one too many",
    when("ForAllValues:StringEquals", "dynamodb:LeadingKeys", ["${aws:PrincipalTag/owner}"]),
    false,
  ],
  ["ForAllValues without the key", when("ForAllValues:StringEquals", "aws:none", "x"), true],
  ["ForAllValues with StringLike", when("ForAllValues:StringLike", "aws:TagKeys", ["o*", "j?b"]), true],
  ["ForAnyValue with one covered", when("ForAnyValue:StringEquals", "aws:TagKeys", "job"), true],
  ["ForAnyValue with none covered", when("ForAnyValue:StringEquals", "aws:TagKeys", "x"), false],
  ["ForAnyValue without the key", when("ForAnyValue:StringEquals", "aws:none", "x"), false],
  ["ArnLike", when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/W*"), true],
  ["ArnLike with a star across parts", when("ArnLike", "aws:PrincipalArn", "arn:*:role/Worker"), false],
  ["ArnEquals", when("ArnEquals", "aws:PrincipalArn", ROLE), true],
  ["ArnNotLike", when("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*"), false],
  ["Bool", when("Bool", "aws:SecureTransport", "true"), true],
  ["Bool with the opposite value", when("Bool", "aws:SecureTransport", false), false],
  ["NumericLessThanEquals", when("NumericLessThanEquals", "s3:max-keys", 10), true],
  ["NumericLessThan", when("NumericLessThan", "s3:max-keys", "10"), false],
  ["NumericEquals of a string", when("NumericEquals", "s3:prefix", "1"), false],
  ["DateGreaterThan", when("DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z"), true],
  ["DateLessThan in seconds", when("DateLessThan", "aws:CurrentTime", "1767225600"), false],
  ["Null of a missing key", when("Null", "aws:none", "true"), true],
  ["Null of a present key", when("Null", "s3:prefix", "true"), false],
  ["Null false of a present key", when("Null", "s3:prefix", "false"), true],
  ["IpAddress in a network", when("IpAddress", "aws:SourceIp", "127.0.0.0/8"), true],
  ["IpAddress elsewhere", when("IpAddress", "aws:SourceIp", "10.0.0.0/8"), false],
  ["NotIpAddress", when("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8", "127.0.0.1"]), false],
  [
    "two conditions, one of them false",
    allow({
      Condition: { StringEquals: { "aws:PrincipalTag/owner": "ann" }, Bool: { "aws:SecureTransport": "false" } },
    }),
    false,
  ],
  ["a principal that is the caller", allow({ Principal: { AWS: ROLE } }), true],
  ["a principal that is the account", allow({ Principal: { AWS: "arn:aws:iam::1:root" } }), false],
  ["a principal that is anyone", allow({ Principal: "*" }), true],
  ["a service principal", allow({ Principal: { Service: "lambda.amazonaws.com" } }), false],
];

test.each(cases)("a statement on %s", (_, statement, isAllowed) => {
  expect(ask([statement]).effect).toBe(isAllowed ? "allow" : "implicit-deny");
});

test("a Deny wins over any number of Allows and is named", () => {
  const decision = ask([allow({}), { Effect: "Deny", Action: "s3:GetObject", Resource: `${BUCKET}/*` }, allow({})]);
  expect(decision).toEqual({ effect: "explicit-deny", statements: ["R/P/1"] });
});

test("a Deny whose condition is false changes nothing", () => {
  const deny = { Effect: "Deny", Action: "*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } };
  expect(ask([deny, allow({})])).toEqual({ effect: "allow", statements: ["R/P/1"] });
});

test("every Allow that matches is named", () => {
  const statements = [
    allow({}),
    only({ Action: "s3:PutObject", Resource: "*" }),
    only({ Action: "s3:Get*", Resource: "*" }),
  ];
  expect(ask(statements)).toEqual({ effect: "allow", statements: ["R/P/0", "R/P/2"] });
});

test("an action without a resource needs a star", () => {
  expect(ask([only({ Action: "s3:ListAllMyBuckets", Resource: BUCKET })], "s3:ListAllMyBuckets", "*").effect).toBe(
    "implicit-deny",
  );
  expect(ask([only({ Action: "s3:ListAllMyBuckets", Resource: "*" })], "s3:ListAllMyBuckets", "*").effect).toBe(
    "allow",
  );
});

const malformed: [name: string, document: unknown, sentence: RegExp][] = [
  ["no statements", {}, /The policy R\/P must be an object with a Statement/],
  [
    "an invalid effect",
    { Statement: { Effect: "allow", Action: "*", Resource: "*" } },
    /R\/P\/0 must have the Effect Allow or Deny/,
  ],
  ["no action", { Statement: [{ Effect: "Allow", Resource: "*" }] }, /R\/P\/0 must have either Action or NotAction/],
  ["an unknown member", { Statement: [allow({ Conditions: {} })] }, /has the member "Conditions"/],
  [
    "an unknown operator",
    { Statement: [when("StringMatches", "a", "b")] },
    /uses the condition operator "StringMatches"/,
  ],
];

test.each(malformed)("rejects a policy with %s", (_, document, sentence) => {
  expect(() => parsePolicy(document, "R/P")).toThrow(sentence);
});
