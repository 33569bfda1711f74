import { toEstimateInput, type JobForm } from "../../../../client/jobs/new/form.ts";

describe("an estimate is requested", () => {
  const form: JobForm = {
    name: "",
    templateId: "films",
    templateVersion: 2,
    seedSetId: "seeds",
    parameters: [],
    parameterTexts: {},
    recordCount: "50",
    budgetUsd: "none",
    formats: [],
    split: "",
    maxFailed: "20",
    priority: "NORMAL",
    capacity: "SPOT_FIRST",
    taskSize: "SMALL",
    inFlight: "",
    partitionBy: "",
  };

  test("once template, seeds and count are set, whatever else is missing", () => {
    expect(toEstimateInput(form)).toMatchObject({
      templateId: "films",
      templateVersion: 2,
      seedSetId: "seeds",
      recordCount: 50,
    });
  });

  test.each<[string, Partial<JobForm>]>([
    ["no template", { templateId: null }],
    ["a template that is still loading", { templateVersion: null }],
    ["no seeds", { seedSetId: null }],
    ["no count", { recordCount: "many" }],
  ])("but not with %s", (_, missing) => {
    expect(toEstimateInput({ ...form, ...missing })).toBeNull();
  });
});
