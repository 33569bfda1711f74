/** One step of an attempt: skipped, run once, once for each item of a list, or until its condition holds. */
import { stepView, type OpenRound, type OpenStep, type StepView } from "#core/shard/record";
import type { Step } from "#core/template/template";
import type { AttemptContext } from "./attempt-context.ts";
import { runRound } from "./round.ts";

/** Resumes the step. @throws what its rounds throw */
export async function runStep(context: AttemptContext, step: Step): Promise<void> {
  const { steps } = context.open;
  if (steps[step.id]?.end) return;
  if (!steps[step.id] && !(await applies(context, step))) {
    steps[step.id] = { rounds: [], end: "skipped" };
  } else {
    const state = await runRounds(context, step);
    state.end = "done";
  }
  context.callContext.onProgress();
}

async function applies(context: AttemptContext, step: Step): Promise<boolean> {
  if (step.when === undefined) return true;
  return await context.jobContext.run((prompts) =>
    prompts.applies(step.id, context.itFor(step), context.randomSeed(step.id, "when")),
  );
}

async function runRounds(context: AttemptContext, step: Step): Promise<OpenStep> {
  if (step.forEach) return await runForEach(context, step, step.forEach.as);
  const state = (context.open.steps[step.id] ??= { rounds: [newRound()] });
  if (step.repeat) await runUntil(context, step, state, step.repeat.atMost);
  else await runOnce(context, step, state);
  return state;
}

async function runOnce(context: AttemptContext, step: Step, { rounds }: OpenStep): Promise<void> {
  const round = roundOf(rounds, 0);
  const itWith = (output: unknown) => context.itFor(step, withOutput(step, round, output));
  await runRound(context, { step, n: 0, round, it: context.itFor(step), itWith });
}

/** A round for each item, all at once. */
async function runForEach(context: AttemptContext, step: Step, as: string): Promise<OpenStep> {
  const items = await context.jobContext.run((prompts) =>
    prompts.items(step.id, context.itFor(step), context.randomSeed(step.id, "forEach")),
  );
  const state = (context.open.steps[step.id] ??= { rounds: items.map(newRound) });
  await context.runConcurrently(
    items.map((item, n) => {
      const more = `${JSON.stringify(as)}:${item},"index":${n}`;
      const round = roundOf(state.rounds, n);
      const itWith = (output: unknown) => context.itFor(step, withOutput(step, round, output), more);
      const it = context.itFor(step, undefined, more);
      return runRound(context, { step, n, round, it, itWith });
    }),
  );
  return state;
}

/** Round after round; each sees the outputs of the earlier ones. */
async function runUntil(context: AttemptContext, step: Step, state: OpenStep, atMost: number): Promise<void> {
  const { rounds } = state;
  for (let n = 0; ; n++) {
    const before = rounds.slice(0, n);
    const round = roundOf(rounds, n);
    const itWith = (output: unknown) => context.itFor(step, withOutput(step, round, output, before));
    await runRound(context, { step, n, round, it: context.itFor(step, stepView(step, { rounds: before })), itWith });
    if (n + 1 >= atMost || (await isRepeatDone(context, step, n, itWith(round.output)))) return;
    if (!rounds[n + 1]) rounds.push(newRound());
  }
}

async function isRepeatDone(context: AttemptContext, step: Step, n: number, it: string): Promise<boolean> {
  return await context.jobContext.run((prompts) => prompts.until(step.id, it, context.randomSeed(step.id, n, "until")));
}

/** The step as its own conditions see it: with the round's output, which may not be accepted yet. */
function withOutput(step: Step, round: OpenRound, output: unknown, before: readonly OpenRound[] = []): StepView {
  return stepView(step, { rounds: [...before, { ...round, output }] });
}

function newRound(): OpenRound {
  return { calls: [] };
}

function roundOf(rounds: readonly OpenRound[], n: number): OpenRound {
  const round = rounds[n];
  if (!round) throw new Error(`The step has ${rounds.length} rounds, but no round ${n}.`);
  return round;
}
