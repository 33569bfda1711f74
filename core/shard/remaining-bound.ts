/** What is left to reserve for a record in progress: answered calls are not reserved again. */
import type { Nanos } from "../money/money.ts";
import { isAccepted, type OpenRound, type OpenSlot, type OpenStep } from "./record.ts";
import { roundBound, stepBound, callsBound } from "../template/bound.ts";
import type { Step, Template } from "../template/template.ts";

/** The worst case of the rest of an attempt, including calls in flight. */
export function remainingBoundNanos({ steps }: Template, open: OpenSlot): Nanos {
  return steps.reduce((sum, step) => sum + remainingOfStep(step, open.steps[step.id]), 0);
}

function remainingOfStep(step: Step, state: OpenStep | undefined): Nanos {
  if (!state) return stepBound(step).costNanos;
  if (state.end) return 0;
  const started = state.rounds.reduce((sum, round) => sum + remainingOfRound(step, round), 0);
  const upcoming = step.repeat ? step.repeat.atMost - state.rounds.length : 0;
  return started + upcoming * roundBound(step).costNanos;
}

function remainingOfRound(step: Step, round: OpenRound): Nanos {
  if (isAccepted(round)) return 0;
  const { calls } = round;
  if (calls.length === 0) return roundBound(step).costNanos;
  const escalated = calls.findIndex(({ reason }) => reason === "escalation");
  const better = step.escalate ? [step.escalate.modelId] : [];
  if (escalated >= 0) return callsBound(step, better, calls.length - escalated).costNanos;
  const models = [step.modelId, ...step.fallbacks.map(({ modelId }) => modelId)];
  return callsBound(step, models, calls.length).costNanos + (step.escalate ? callsBound(step, better).costNanos : 0);
}
