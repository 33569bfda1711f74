import { findModel, canUse, MODELS, tiersOf } from "../../../core/models/models.ts";

test("no model stands twice in the table, and each has a price", () => {
  expect(new Set(MODELS.map(({ id }) => id)).size).toBe(MODELS.length);
  for (const model of MODELS)
    expect(Math.min(model.inputNanosPerThousand, model.outputNanosPerThousand)).toBeGreaterThan(0);
});

test("no model is offered that Bedrock has withdrawn", () => {
  expect(MODELS.filter(({ id }) => id.includes("nova-premier"))).toEqual([]);
});

describe("the tiers", () => {
  test("are Amazon's own models where they can be called directly", () => {
    expect(tiersOf({ region: "us-east-1" })).toEqual({
      economy: "amazon.nova-micro-v1:0",
      balanced: "amazon.nova-lite-v1:0",
      premium: "amazon.nova-pro-v1:0",
    });
  });

  test("are their profiles elsewhere in the US, and world-wide profiles everywhere else", () => {
    expect(tiersOf({ region: "us-west-2" }).economy).toBe("us.amazon.nova-micro-v1:0");
    for (const region of ["eu-central-1", "ap-northeast-1", "sa-east-1"])
      for (const id of Object.values(tiersOf({ region }))) expect(id).toMatch(/^global\./);
  });

  test("keep to the models the deployment allows; a tier without one is absent", () => {
    const models = ["amazon.nova-lite-v1:0", "us.anthropic.claude-haiku-4-5-20251001-v1:0"];
    expect(tiersOf({ region: "us-east-1", models })).toEqual({ balanced: "amazon.nova-lite-v1:0" });
  });

  test("are models that can be called from there", () => {
    for (const region of ["us-east-1", "us-east-2", "us-west-2", "eu-west-1", "ap-southeast-2"])
      for (const id of Object.values(tiersOf({ region }))) expect(canUse({ region }, findModel(id!)!)).toBe(true);
  });
});

test("a profile is called from its geography alone, a world-wide one from anywhere", () => {
  const usable = (id: string, region: string) => canUse({ region }, findModel(id)!);
  expect(usable("eu.anthropic.claude-haiku-4-5-20251001-v1:0", "eu-west-1")).toBe(true);
  expect(usable("eu.anthropic.claude-haiku-4-5-20251001-v1:0", "us-east-1")).toBe(false);
  expect(usable("global.anthropic.claude-haiku-4-5-20251001-v1:0", "us-east-1")).toBe(true);
});
