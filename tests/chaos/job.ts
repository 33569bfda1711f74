/**
 * The job of all runs: its records cost nearly what they are reserved for, so that workers meet at the end of a budget, and some
 * of its answers must be repaired.
 */
import { hashOf } from "#core/random";
import { boundOf } from "#core/template/bound";
import { parseTemplate } from "#core/template/parse";
import type { Behaviour } from "../worker/doubles.ts";
import { World } from "../worker/world.ts";

const TEMPLATE = `
name: Film questions
pick: { movie: movies }
steps:
  - id: question
    tier: premium
    prompt: Ask about <%= it.movie.title %>, please.
    maxTokens: 200
    maxPromptBytes: 100
  - id: answer
    tier: economy
    prompt: "Answer: <%= it.steps.question.output %>"
    maxTokens: 40
    maxPromptBytes: 900
    repairs: 1
    output: { type: json, schema: { type: object, properties: { answer: { type: string } }, required: [answer] } }
record:
  film: it.movie.title
  question: it.steps.question.output
  answer: it.steps.answer.output.answer
`;

/** Six candidates of ten, by their film; each further attempt draws another. */
const CHOOSY = `${TEMPLATE}
accept:
  lucky: "[...it.record.film].reduce((sum, letter) => (sum * 37 + letter.charCodeAt(0)) % 7919, 7) % 10 < 6"
`;

/** The same to the same request; every fifth object is none at first. */
const ANSWERS: Behaviour = ({ prompt, turns, schema }) => {
  if (!schema) return `${prompt} `.repeat(40).slice(0, 780);
  if (turns.length === 0 && hashOf(prompt) % 5 === 0) return "I would rather say it in words.";
  return JSON.stringify({ answer: `Yes: ${prompt}`.slice(0, 120) });
};

/** The worst case of one record. */
export const BOUND_NANOS = boundOf(parseTemplate(TEMPLATE)).nanos;

export interface ChaosJob {
  readonly records: number;
  readonly isChoosy: boolean;
  readonly shards?: readonly { readonly from: number; readonly to: number }[];
  /** In worst cases of a record; plenty when absent. */
  readonly budgetBounds?: number;
}

export function worldOf({ records, isChoosy, shards, budgetBounds }: ChaosJob): World {
  return new World({
    records,
    shards: shards && [...shards],
    template: isChoosy ? CHOOSY : TEMPLATE,
    behaviour: ANSWERS,
    // Enough that no two picks of a job without repetition are the same.
    seeds: 100,
    budgetNanos: budgetBounds === undefined ? undefined : Math.floor(budgetBounds * BOUND_NANOS),
  });
}
