import { budgetMessage } from "../../../../client/jobs/new/budgetMessage.ts";

const ONE = { maxCostNanos: 1_000_000, maxPerRecord: 1 };
const THREE = { ...ONE, maxPerRecord: 3 };
const MAX_COST = "Max cost per attempt: $0.001";

test.each([
  ["100", "0.10", ONE, `${MAX_COST}. Even in the worst case, this budget covers all 100 records.`],
  ["100", "0.0009", ONE, "The budget of $0.0009 is less than one record can cost ($0.001): the job cannot start."],
  ["100", "0.05", ONE, `${MAX_COST}. In the worst case, this budget covers 50 of 100 records, and $0.10 covers all. `],
  [
    "100",
    "0.30",
    THREE,
    `${MAX_COST}, with up to 3 attempts per record. Even in the worst case, this budget covers all 100 `,
  ],
  ["100", "0.10", THREE, "In the worst case, this budget covers 33 of 100 records, and $0.30 covers all. "],
  ["100", "0.001", THREE, "covers 0 of 100 records, and $0.30 covers all. "],
  ["", "0.10", ONE, `${MAX_COST}.`],
  ["100", "", ONE, `${MAX_COST}.`],
])("%s records for $%s at %j: %s", (recordCount, budgetUsd, attempts, expected) => {
  expect(budgetMessage({ recordCount, budgetUsd }, attempts)).toContain(expected);
});

test("without a template it asks for one", () => {
  expect(budgetMessage({ recordCount: "1", budgetUsd: "1" }, null)).toMatch(/^Choose a template/);
});
