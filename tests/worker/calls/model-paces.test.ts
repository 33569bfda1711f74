import { ModelPaces } from "../../../worker/calls/model-paces.ts";

test("a model's pace is that of its slowest answer, and each model has its own", () => {
  const paces = new ModelPaces();
  expect(paces.slowestOf("m")).toBeUndefined();
  paces.onAnswered("m", 100, 2_000);
  paces.onAnswered("m", 100, 5_000);
  paces.onAnswered("m", 300, 5_000);
  paces.onAnswered("other", 100, 100_000);
  expect(paces.slowestOf("m")).toBe(20);
});

test("an answer of a few tokens says nothing about the pace", () => {
  const paces = new ModelPaces();
  paces.onAnswered("m", 1, 30_000);
  paces.onAnswered("m", 19, 60_000);
  expect(paces.slowestOf("m")).toBeUndefined();
});
