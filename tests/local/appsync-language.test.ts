import { checkLanguage, CODE_LIMIT_BYTES } from "../../local/appsync/language.ts";

/** A module whose request handler has `body`; the body starts on line 3. */
function resolver(body: string): string {
  return `import { util } from "@aws-appsync/utils";
export function request(ctx) {
${body}
}
export function response(ctx) {
  return ctx.result;
}
`;
}

function problems(body: string): string[] {
  return checkLanguage(resolver(body)).map(({ message, line }) => `${line}: ${message}`);
}

const REFUSED: [name: string, body: string, message: RegExp][] = [
  ["throw", `throw "no";`, /"throw".*util\.error/],
  ["try", `try { util.autoId(); } catch { return 1; }`, /"try"/],
  ["while", `while (true) { break; }`, /"while"/],
  ["do … while", `do { break; } while (true);`, /"do … while"/],
  ["a classic for", `for (let i = 0; i < 3; i += 1) { util.autoId(); }`, /for…of/],
  ["continue", `for (const x of ctx.args.list) { if (x) { continue; } }`, /"continue"/],
  ["a label", `outer: for (const x of ctx.args.list) { break outer; }`, /label/],
  ["a class", `class Job {}`, /"class"/],
  ["new", `return new Object();`, /"new"/],
  ["this", `return this;`, /"this"/],
  ["++", `let n = 0; n++; return n;`, /"x \+= 1"/],
  ["--", `let n = 0; --n; return n;`, /"--"/],
  ["~", `return ~1;`, /"~"/],
  ["in", `return "id" in ctx.args;`, /Object\.hasOwn/],
  ["instanceof", `return ctx.args instanceof Object;`, /"instanceof"/],
  ["a regular expression literal", `return ctx.args.name.replace(/a/, "b");`, /util\.matches/],
  ["a BigInt", `return 1n;`, /BigInt/],
  ["async", `const f = async () => 1; return f();`, /"async"/],
  ["await", `for await (const x of ctx.args.list) { util.autoId(); }`, /await|Syntax/],
  ["a generator", `function* all() { yield 1; } return all();`, /generator/],
  ["a getter", `return { get id() { return 1; } };`, /getter/],
  ["a method", `return { id() { return 1; } };`, /method in an object/],
  ["a function expression", `const f = function () { return 1; }; return f();`, /function expression/],
  ["Date", `return Date.now();`, /"Date".*util\.time/],
  ["new Date", `return new Date();`, /"new"/],
  ["fetch", `return fetch("http://example.com");`, /"fetch"/],
  ["Promise", `return Promise.resolve(1);`, /"Promise"/],
  ["Map", `return Map;`, /"Map"/],
  ["Set", `return Set;`, /"Set"/],
  ["Symbol", `return Symbol.iterator;`, /"Symbol"/],
  ["setTimeout", `return setTimeout;`, /"setTimeout"/],
  ["process", `return process.env;`, /"process"/],
  ["parseInt", `return parseInt(ctx.args.n);`, /"parseInt"/],
  ["Number as a function", `return Number(ctx.args.n);`, /"Number" can only be used/],
  ["String as a function", `return String(ctx.args.n);`, /"String" can only be used/],
  ["Array.isArray", `return Array.isArray(ctx.args.n);`, /"Array"/],
  ["Object.fromEntries", `return Object.fromEntries([]);`, /Object\.fromEntries/],
  ["Math.abs", `return Math.abs(-1);`, /Math\.abs/],
  ["String.includes", `return ctx.args.name.includes("a");`, /"includes".*indexOf/],
  ["substring", `return ctx.args.name.substring(1);`, /"substring".*slice/],
  ["padStart", `return ctx.args.name.padStart(3);`, /"padStart"/],
  ["toString", `return ctx.args.n.toString();`, /"toString"/],
  ["sort with a comparator", `return ctx.args.list.sort((a, b) => a - b);`, /sort with an argument/],
  ["a function as an argument", `const one = (x) => x; return ctx.args.list.map(one);`, /Passing a function \("one"\)/],
  ["a callback for a local function", `const f = (g) => 1; return f(() => 2);`, /Passing a function/],
  ["returning a function", `const f = () => 1; return f;`, /Returning a function/],
  ["recursion", `const f = (n) => f(n); return f(1);`, /recursive call of "f"/],
  [
    "recursion through two functions",
    `function a() { return b(); } function b() { return a(); } return a();`,
    /recursive call/,
  ],
  ["reassigning a function", `function a() { return 1; } a = 2; return a;`, /Assigning to the function "a"/],
  ["call", `const f = () => 1; return f.call(null);`, /"call"/],
  ["an immediately invoked function", `return (() => 1)();`, /immediately invoked/],
  ["a method with a computed name", `return ctx.args.list[ctx.args.name]();`, /computed name/],
  ["constructor", `return ctx.args.constructor;`, /"constructor"/],
  ["a comma", `return (1, 2);`, /comma/],
  ["??=", `let a = null; a ??= 1; return a;`, /"\?\?="/],
  ["replacing the stash", `ctx.stash = {};`, /"ctx" is read-only/],
  ["deleting an argument list", `delete ctx.args;`, /"ctx" is read-only/],
  ["a tagged template", "return util`a`;", /tagged template/],
  ["import()", `return import("x");`, /import\(\)/],
  ["an unknown util", `return util.time.now();`, /util\.time\.now is not part/],
  ["a helper for mapping templates only", `return util.isNull(1);`, /util\.isNull/],
  ["an unknown global", `return nothingLikeThis;`, /"nothingLikeThis"/],
];

test.each(REFUSED)("rejects %s and names its line", (_name, body, message) => {
  const found = problems(body);
  expect(found[0]).toMatch(message);
  expect(found[0]).toMatch(/^3: /);
});

const ACCEPTED: [name: string, body: string][] = [
  ["for…of with break", `let n = 0; for (const x of ctx.args.list) { n += x; if (n > 3) { break; } } return n;`],
  ["for-in", `for (const k in ctx.args) { ctx.stash[k] = 1; }`],
  ["switch", `switch (ctx.args.a) { case 1: { return 1; } default: return 2; }`],
  [
    "destructuring with defaults and rest",
    `const { a = 1, ...rest } = ctx.args; const [b, , c] = rest.list; return { a, b, c };`,
  ],
  ["optional chaining and ??", `return ctx.args?.input?.name ?? ctx.prev.result[0] ?? null;`],
  ["templates", "return `job ${ctx.args.id} of ${`user ${ctx.identity.sub}`}`;"],
  ["String.raw", "return String.raw`a\\n`;"],
  [
    "arrow functions in array methods",
    `return ctx.args.list.filter((x) => x > 1).map((x) => ({ x })).reduce((a, b) => a, 0);`,
  ],
  [
    "a local function and a const arrow",
    `const double = (x) => x * 2; function plus(x) { return double(x) + 1; } return plus(2);`,
  ],
  [
    "the listed globals",
    `return [Object.entries(ctx.args), Math.floor(1.5), Number.isNaN(NaN), JSON.stringify({}), undefined, Infinity];`,
  ],
  ["console", `console.log("here", ctx.args);`],
  ["delete of a member", `delete ctx.stash.draft; return typeof ctx.args.id;`],
  ["setting members of the stash", `ctx.stash.owner = ctx.identity.sub; Object.assign(ctx.stash, { a: 1 });`],
  ["util at every depth", `util.error(util.time.nowISO8601(), "Bad", util.dynamodb.toMapValues(ctx.args));`],
  ["bitwise operators, void and spread", `return [...ctx.args.list, 1 | 2, 1 << 3, void 0, 2 ** 3];`],
  ["sort without arguments", `return ctx.args.list.sort();`],
  ["the same name in two scopes", `const a = (x) => x; const b = (a) => a; return b(a(1));`],
];

test.each(ACCEPTED)("accepts %s", (_name, body) => {
  expect(problems(body)).toEqual([]);
});

test("accepts the DynamoDB helpers by name and as a namespace, and rejects unknown ones", () => {
  const code = (call: string) => `import * as ddb from "@aws-appsync/utils/dynamodb";
import { get, operations } from "@aws-appsync/utils/dynamodb";
export const request = (ctx) => ${call};
export const response = (ctx) => ctx.result;`;
  expect(
    checkLanguage(code(`ddb.update({ key: {}, update: { n: operations.increment(1), m: ddb.operations.remove() } })`)),
  ).toEqual([]);
  expect(checkLanguage(code(`get({ key: {} })`))).toEqual([]);
  expect(checkLanguage(code(`ddb.upsert({})`))[0]?.message).toBe(
    "ddb.upsert is not part of @aws-appsync/utils/dynamodb",
  );
  expect(checkLanguage(code(`operations.multiply(2)`))[0]?.message).toMatch(/operations\.multiply/);
});

test("rejects imports of anything but the runtime, default exports and re-exports", () => {
  expect(checkLanguage(`import { ulid } from "ulid";`)[0]?.message).toMatch(/module "ulid" cannot be imported/);
  expect(checkLanguage(`import { nope } from "@aws-appsync/utils";`)[0]?.message).toMatch(/"nope" is not exported/);
  expect(checkLanguage(`import utils from "@aws-appsync/utils";`)[0]?.message).toMatch(/default import/);
  expect(checkLanguage(`export default 1;`)[0]?.message).toMatch(/default export/);
  expect(checkLanguage(`export * from "./x.js";`)[0]?.message).toMatch(/export \*/);
});

test("accepts a resolver bundled by esbuild", () => {
  const bundled = `// resolvers/getJob.ts
import { util } from "@aws-appsync/utils";

// core/keys.ts
var jobKey = (id) => ({ pk: \`JOB#\${id}\` });

// resolvers/getJob.ts
function request(ctx) {
  return { operation: "GetItem", key: util.dynamodb.toMapValues(jobKey(ctx.args.id)) };
}
var response = (ctx) => ctx.result;
export {
  request,
  response
};
`;
  expect(checkLanguage(bundled)).toEqual([]);
});

test("reports line and column of every problem, in source order", () => {
  const found = checkLanguage(resolver(`  const a = Date.now();\n  throw a;`));
  expect(found.map(({ line, column }) => [line, column])).toEqual([
    [3, 13],
    [4, 3],
  ]);
});

test("reports a syntax error with its location", () => {
  expect(checkLanguage(`export function request(ctx) {\n  return {;\n}`)).toEqual([
    { message: "Syntax error: Unexpected token", line: 2, column: 11 },
  ]);
});

test("rejects code beyond AppSync's size limit", () => {
  const found = checkLanguage(`${resolver("return 1;")}// ${"x".repeat(CODE_LIMIT_BYTES)}`);
  expect(found[0]?.message).toMatch(/^The code has \d+ bytes; AppSync allows 32768$/);
});
