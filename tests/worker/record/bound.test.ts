/** Whatever a template and its models do, a record never costs more than its bound, and is charged exactly what the log says. */
import fc from "fast-check";
import { findModel } from "#core/models/models";
import { priceOf } from "#core/money/money";
import { hashOf } from "#core/random";
import { newOpenSlot } from "#core/shard/record";
import { remainingBoundNanos } from "#core/shard/remaining-bound";
import { boundOf, callBound } from "#core/template/bound";
import type { ModelRequest } from "../../../worker/ports.ts";
import { openMaker, type Maker } from "../one-record.ts";

const MODELS = ["amazon.nova-micro-v1:0", "amazon.nova-pro-v1:0", "openai.gpt-oss-20b-1:0"];
const model = fc.constantFrom(...MODELS);
const SCHEMA = { type: "object", properties: { n: { type: "integer", maximum: 5 } }, required: ["n"] };
const output = fc.constantFrom<object | string>(
  "text",
  { type: "list", min: 1, max: 3 },
  { type: "choice", of: ["a", "b"] },
  { type: "json", schema: SCHEMA },
);

const rounds = fc.oneof(
  fc.constant({}),
  fc.record({ forEach: fc.constant("[1, 2, 3, 4]"), atMost: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    repeat: fc.record({
      until: fc.constantFrom("false", "it.steps.ME.outputs.length >= 2"),
      atMost: fc.integer({ min: 1, max: 4 }),
    }),
  }),
);

const steps = fc
  .array(
    fc.record({
      model,
      output,
      rounds,
      repairs: fc.integer({ min: 0, max: 3 }),
      maxTokens: fc.integer({ min: 1, max: 60 }),
      fallbacks: fc.array(model, { maxLength: 2 }),
      escalate: fc.option(
        fc.record({ to: model, when: fc.option(fc.constantFrom("true", "false"), { nil: undefined }) }),
        { nil: undefined },
      ),
      reads: fc.nat(),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) =>
    all.map(({ rounds: more, reads, ...step }, n) => ({
      id: `s${n}`,
      ...step,
      ...(JSON.parse(JSON.stringify(more).replace("ME", `s${n}`)) as object),
      maxPromptBytes: 3_000,
      prompt: `Do ${n} ${n > 0 ? `after <%= JSON.stringify(it.steps.s${reads % n}.output).slice(0, 500) %>` : "ü"}.`,
    })),
  );

/** It uses every token the bound allows, and answers incorrectly, at length, whenever `luck` says so. */
function worst({ jobContext, model: fake }: Maker, luck: (no: number) => number): { calls: number; nanos: number } {
  const log = { calls: 0, nanos: 0 };
  fake.converse = async (request: ModelRequest) => {
    const no = log.calls++;
    const step = jobContext.template.steps.find(
      ({ maxTokens, id }) => request.maxTokens === maxTokens && saysStep(request, id),
    );
    const priced = findModel(request.modelId);
    if (!step || !priced) throw new Error("It was asked for something else.");
    const texts = [request.system ?? "", ...request.turns.map(({ text }) => text), request.prompt];
    const bytes = texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0);
    const { inputTokens, outputTokens } = callBound(step, request.modelId, bytes);
    log.nanos += priceOf(priced, inputTokens, outputTokens);
    return {
      text: luck(no) % 3 === 0 ? right(request) : `"wrong ü ${"?".repeat(900)}`,
      stopReason: "end_turn",
      usage: { inputTokens, outputTokens },
    };
  };
  return log;
}

function saysStep({ turns, prompt }: ModelRequest, id: string): boolean {
  return (turns[0]?.text ?? prompt).startsWith(`Do ${id.slice(1)} `);
}

function right({ schema }: ModelRequest): string {
  return JSON.stringify(schema ? { n: 1, items: ["x"], choice: "a" } : "text").slice(0, 100);
}

test("no record exceeds its bound in cost or calls; the rest stays reserved, and charges equal the log", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.nat({ max: 1_000 }), async (all, seed) => {
      const maker = await openMaker({
        template: JSON.stringify({ name: "T", pick: {}, steps: all }),
        behaviour: () => "",
      });
      const { template } = maker.jobContext;
      const bound = boundOf(template);
      // Luck 0 is a model that never answers correctly.
      const log = worst(maker, (no) => (seed % 4 === 0 ? 1 : hashOf(seed, no)));
      const open = newOpenSlot(seed);
      expect(remainingBoundNanos(template, open)).toBe(bound.costNanos);
      let reserved = bound.costNanos;
      const { charge, release } = reservationOf(maker, bound.costNanos);
      const outcome = await maker.attempt(open, {
        get remainingNanos() {
          return reserved;
        },
        charge: (cost) => {
          reserved -= cost;
          expect(remainingBoundNanos(template, open)).toBeLessThanOrEqual(reserved);
          return charge(cost);
        },
        release,
      });
      expect(outcome.kind).not.toBe("suspended");
      expect(log.calls).toBeLessThanOrEqual(bound.calls);
      expect(log.nanos).toBeLessThanOrEqual(bound.costNanos);
      expect(open.costNanos).toBe(log.nanos);
      expect(maker.account.spentNanos).toBe(log.nanos);
      const paid = maker.observed.reduce((sum, { costNanos }) => sum + costNanos, 0);
      expect(paid).toBe(log.nanos);
    }),
    { numRuns: 40 },
  );
}, 90_000);

function reservationOf({ account }: Maker, nanos: number) {
  account.grant(nanos);
  const reservation = account.reserve(nanos);
  if (!reservation) throw new Error("The grant is too small.");
  return reservation;
}

test("a model that never answers correctly is called as often as the bound counts", async () => {
  const step = { id: "s0", model: MODELS[0], prompt: "Do 0 it.", maxTokens: 20, maxPromptBytes: 300, repairs: 2 };
  const all = [{ ...step, output: { type: "json", schema: SCHEMA }, escalate: { to: MODELS[1] } }];
  const maker = await openMaker({ template: JSON.stringify({ name: "T", pick: {}, steps: all }), behaviour: () => "" });
  const log = worst(maker, () => 1);
  expect(await maker.make()).toMatchObject({ kind: "retryable" });
  expect(log.calls).toBe(boundOf(maker.jobContext.template).calls);
});
