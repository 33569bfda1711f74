import { budgetSentence } from "../../../../client/jobs/new/budgetMessage.ts";

const ONE = { boundNanos: 1_000_000, most: 1 };
const THREE = { ...ONE, most: 3 };
const AT_MOST = "One attempt at a record can cost $0.001 at most";

test.each([
  ["100", "0.10", ONE, `${AT_MOST}, so this budget surely pays for all 100.`],
  ["100", "0.0009", ONE, `${AT_MOST}, more than this budget: not one record would be started.`],
  ["100", "0.05", ONE, `${AT_MOST}, so this budget surely pays for 50 records of 100. `],
  [
    "100",
    "0.30",
    THREE,
    `${AT_MOST}, and 3 are made for each on average at most, so this budget surely pays for all 100.`,
  ],
  ["100", "0.10", THREE, "surely pays for 33 records of 100. "],
  ["100", "0.10", THREE, "$0.30 surely pays for all."],
  ["100", "0.001", THREE, "surely pays for 0 records of 100. "],
  ["", "0.10", ONE, `${AT_MOST}.`],
  ["100", "", ONE, `${AT_MOST}.`],
])("%s records for $%s at %j: %s", (recordCount, budgetUsd, attempts, words) => {
  expect(budgetSentence({ recordCount, budgetUsd }, attempts)).toContain(words);
});

test("without a template it says what is missing", () => {
  expect(budgetSentence({ recordCount: "1", budgetUsd: "1" }, null)).toContain("Once a template is chosen");
});
