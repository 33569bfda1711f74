/** One step of an attempt: skipped, done once, for each item of a list, or until its condition holds. */
import { stepView, type OpenRound, type OpenStep, type StepView } from "#core/shard/record";
import type { Step } from "#core/template/template";
import type { AttemptContext } from "./attempt-context.ts";
import { doRound } from "./round.ts";

/** Goes on with the step where it stands. @throws what its rounds throw */
export async function doStep(making: AttemptContext, step: Step): Promise<void> {
  const { steps } = making.open;
  if (steps[step.id]?.end) return;
  if (!steps[step.id] && !(await applies(making, step))) {
    steps[step.id] = { rounds: [], end: "skipped" };
  } else {
    const state = await doRounds(making, step);
    state.end = "done";
  }
  making.callContext.onProgress();
}

async function applies(making: AttemptContext, step: Step): Promise<boolean> {
  if (step.when === undefined) return true;
  return await making.jobContext.run((prompts) =>
    prompts.applies(step.id, making.itFor(step), making.randomSeed(step.id, "when")),
  );
}

async function doRounds(making: AttemptContext, step: Step): Promise<OpenStep> {
  if (step.forEach) return await doForEach(making, step, step.forEach.as);
  const state = (making.open.steps[step.id] ??= { rounds: [newRound()] });
  if (step.repeat) await doUntil(making, step, state, step.repeat.atMost);
  else await doOnce(making, step, state);
  return state;
}

async function doOnce(making: AttemptContext, step: Step, { rounds }: OpenStep): Promise<void> {
  const round = roundOf(rounds, 0);
  const itWith = (output: unknown) => making.itFor(step, withOutput(step, round, output));
  await doRound(making, { step, n: 0, round, it: making.itFor(step), itWith });
}

/** A round for each item, side by side. */
async function doForEach(making: AttemptContext, step: Step, as: string): Promise<OpenStep> {
  const items = await making.jobContext.run((prompts) =>
    prompts.items(step.id, making.itFor(step), making.randomSeed(step.id, "forEach")),
  );
  const state = (making.open.steps[step.id] ??= { rounds: items.map(newRound) });
  await making.runConcurrently(
    items.map((item, n) => {
      const more = `${JSON.stringify(as)}:${item},"index":${n}`;
      const round = roundOf(state.rounds, n);
      const itWith = (output: unknown) => making.itFor(step, withOutput(step, round, output), more);
      const it = making.itFor(step, undefined, more);
      return doRound(making, { step, n, round, it, itWith });
    }),
  );
  return state;
}

/** Round after round, each of which sees the outputs of those before. */
async function doUntil(making: AttemptContext, step: Step, state: OpenStep, atMost: number): Promise<void> {
  const { rounds } = state;
  for (let n = 0; ; n++) {
    const before = rounds.slice(0, n);
    const round = roundOf(rounds, n);
    const itWith = (output: unknown) => making.itFor(step, withOutput(step, round, output, before));
    await doRound(making, { step, n, round, it: making.itFor(step, stepView(step, { rounds: before })), itWith });
    if (n + 1 >= atMost || (await isEnough(making, step, n, itWith(round.output)))) return;
    if (!rounds[n + 1]) rounds.push(newRound());
  }
}

async function isEnough(making: AttemptContext, step: Step, n: number, it: string): Promise<boolean> {
  return await making.jobContext.run((prompts) => prompts.until(step.id, it, making.randomSeed(step.id, n, "until")));
}

/** The step as its own conditions see it: with an output of the round that may not be accepted yet. */
function withOutput(step: Step, round: OpenRound, output: unknown, before: readonly OpenRound[] = []): StepView {
  return stepView(step, { rounds: [...before, { ...round, output }] });
}

function newRound(): OpenRound {
  return { calls: [] };
}

function roundOf(rounds: readonly OpenRound[], n: number): OpenRound {
  const round = rounds[n];
  if (!round) throw new Error(`The step has ${rounds.length} rounds, and none of the number ${n}.`);
  return round;
}
