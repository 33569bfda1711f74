import appsyncPlugin from "@aws-appsync/eslint-plugin";
import { Linter } from "eslint";
import { buildSchema, getNamedType, isObjectType, type GraphQLObjectType } from "graphql";
import { readdirSync, readFileSync } from "node:fs";
import { checkLanguage } from "../../local/appsync/language.ts";
import { bundleResolver, resolverFile } from "../../resolvers/bundle.ts";
import { REPORT_PROGRESS, REPORT_SEED_SET, REPORT_TEST_RUN } from "../../core/reports.ts";
import { FIELDS, FUNCTIONS, STEPS } from "../../resolvers/manifest.ts";
import { missingSelections } from "./selections.ts";

const DIRECTIVES = `directive @aws_cognito_user_pools on FIELD_DEFINITION | OBJECT
  directive @aws_iam on FIELD_DEFINITION | OBJECT
  directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION
  scalar AWSDateTime scalar AWSDate scalar AWSURL scalar AWSJSON\n`;
const schema = buildSchema(DIRECTIVES + readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8"));
const roots = ["Query", "Mutation", "Subscription"].map((name) => schema.getType(name) as GraphQLObjectType);
const rootFields = roots.flatMap((root) =>
  Object.values(root.getFields()).map((field) => ({ name: `${root.name}.${field.name}`, field })),
);
const steps = Object.keys(STEPS).map((name) => `steps/${name}`);

test("every field of Query, Mutation and Subscription is in the manifest", () => {
  const without = rootFields.filter(({ name }) => !Object.hasOwn(FIELDS, name));
  expect(
    without.map(({ name }) => `${name} of schema.graphql has no entry in resolvers/manifest.ts; add one and its file.`),
  ).toEqual([]);
});

test("every entry of the manifest is a field of the schema", () => {
  const strangers = Object.keys(FIELDS).filter((name) => {
    const [type = "", field = ""] = name.split(".");
    const found = schema.getType(type);
    return !isObjectType(found) || !found.getFields()[field];
  });
  expect(
    strangers.map((name) => `resolvers/manifest.ts answers ${name}, which schema.graphql does not have; remove it.`),
  ).toEqual([]);
});

test("every file of the manifest exists, and no other resolver, step or function does", () => {
  const folder = (path: string) => readdirSync(new URL(`../../resolvers/${path}`, import.meta.url));
  const files = {
    fields: folder(".")
      .filter((name) => /^[A-Z].*\.ts$/.test(name))
      .map((name) => name.slice(0, -3)),
    steps: folder("steps").map((name) => name.slice(0, -3)),
    functions: folder("lambda")
      .filter((name) => name.endsWith(".lambda.ts"))
      .map((name) => name.slice(0, -10)),
  };
  expect(files.fields.sort()).toEqual(Object.keys(FIELDS).sort());
  expect(files.steps.sort()).toEqual(Object.keys(STEPS).sort());
  expect(files.functions.sort()).toEqual(Object.keys(FUNCTIONS).sort());
});

test("every step is used by a field", () => {
  const used = Object.values(FIELDS).flatMap((answer) => ("steps" in answer ? answer.steps : []));
  expect(Object.keys(STEPS).filter((name) => !used.some((step) => step === name))).toEqual([]);
});

test("every root field documents who may use it", () => {
  const open = rootFields.filter(
    ({ field }) => !field.astNode?.directives?.some(({ name }) => /^aws_(iam|cognito_user_pools)$/.test(name.value)),
  );
  expect(
    open.map(({ name }) => `${name} has neither @aws_cognito_user_pools nor @aws_iam; say who may use it.`),
  ).toEqual([]);
});

/** AWS's own rules; they find less than `checkLanguage`, but they are authoritative. */
const { rules: awsRules } = appsyncPlugin.configs?.base as { rules: Record<string, number> };

test.each([...Object.keys(FIELDS), ...steps])("%s is APPSYNC_JS once it is bundled", (name) => {
  const code = bundleResolver(resolverFile(name));
  const ours = checkLanguage(code);
  const theirs = new Linter().verify(code, [
    {
      plugins: { "@aws-appsync": appsyncPlugin },
      rules: Object.fromEntries(Object.keys(awsRules).map((rule) => [rule, 2])),
    },
  ]);
  const problems = [...ours, ...theirs].map(
    ({ message, line }) => `resolvers/${name}.ts, line ${line} of its bundle: ${message}.`,
  );
  expect(problems).toEqual([]);
});

test.each([
  ["reportProgress", REPORT_PROGRESS],
  ["reportSeedSet", REPORT_SEED_SET],
  ["reportTestRun", REPORT_TEST_RUN],
])("the document of %s selects every field that watchers may request", (mutation, document) => {
  const field = schema.getMutationType()?.getFields()[mutation];
  expect(missingSelections(document, getNamedType(field?.type) as GraphQLObjectType)).toEqual([]);
});
