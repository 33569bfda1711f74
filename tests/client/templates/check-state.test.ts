import { checkMessage, checkStateOf } from "../../../client/templates/checkState.ts";

const PROBLEM = { __typename: "TemplateProblem" as const, message: "Wrong.", line: 1, column: 1, from: 0, to: 1 };

test.each([
  ["before the first check", { data: undefined, isCurrent: false, error: null }, "checking", "Checking…"],
  [
    "while newer text is checked",
    { data: { problems: [PROBLEM] }, isCurrent: false, error: null },
    "checking",
    "Checking…",
  ],
  ["with errors", { data: { problems: [PROBLEM] }, isCurrent: true, error: null }, "invalid", "Fix the errors first."],
  ["without errors", { data: { problems: [] }, isCurrent: true, error: null }, "valid", null],
  [
    "when it cannot be checked",
    { data: undefined, isCurrent: false, error: "Cannot reach the server." },
    "unknown",
    "The template could not be checked.",
  ],
] as const)("a template %s says so", (_, check, state, message) => {
  expect(checkStateOf({ ...check, data: check.data && { problems: [...check.data.problems] } })).toBe(state);
  expect(checkMessage(state, "first")).toBe(message);
});
