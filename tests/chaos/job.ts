/**
 * The job of all runs: its records cost nearly what they are reserved for, so that workers meet at the end of a budget, and some
 * of its answers must be repaired.
 */
import { hashOf } from "#core/random";
import { boundOf } from "#core/template/bound";
import { parseTemplate } from "#core/template/parse";
import { ModelError } from "../../worker/ports.ts";
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
  answer: it.steps.answer.output.answer`;

/** Six candidates of ten, by their film; each further attempt draws another. Each record has one to three rows. */
const CHOOSY = `${TEMPLATE}
  part: it.row
rows: it.steps.answer.output.answer.split(" ").slice(0, 1 + it.movie.votes % 3)
accept:
  lucky: "[...it.rows[0].film].reduce((sum, letter) => (sum * 37 + letter.charCodeAt(0)) % 7919, 7) % 10 < 6"
`;

/** The same answer to the same request; every fifth JSON answer is invalid at first. */
export const ANSWERS: Behaviour = ({ prompt, turns, schema }) => {
  if (!schema) return `${prompt} `.repeat(40).slice(0, 780);
  if (turns.length === 0 && hashOf(prompt) % 5 === 0) return "I would rather say it in words.";
  return JSON.stringify({ answer: `Yes: ${prompt}`.slice(0, 120) });
};

/** Few enough films that no job fails for them. */
const UNANSWERED_FILMS = ["Film 17", "Film 42", "Film 68", "Film 93"];

/** Rejects some films, until the owner has it fixed and retries. */
const REFUSES: Behaviour = (request, callNo) =>
  UNANSWERED_FILMS.some((film) => request.prompt === `Ask about ${film}, please.`)
    ? new ModelError("invalid", "Not about this film.")
    : ANSWERS(request, callNo);

/** The worst case of one record. */
export const BOUND_NANOS = boundOf(parseTemplate(TEMPLATE)).costNanos;

export interface ChaosJob {
  readonly records: number;
  readonly isChoosy: boolean;
  /** Some of its films get no answer until `model.behaviour` is `ANSWERS`. */
  readonly failsAtFirst: boolean;
  readonly shards?: readonly { readonly from: number; readonly to: number }[];
  /** In worst cases of a record; plenty when absent. */
  readonly budgetBounds?: number;
}

export function worldOf({ records, isChoosy, failsAtFirst, shards, budgetBounds }: ChaosJob): World {
  const world = new World({
    records,
    shards: shards && [...shards],
    template: isChoosy ? CHOOSY : TEMPLATE,
    behaviour: failsAtFirst ? REFUSES : ANSWERS,
    // Enough that no two picks of a job without repetition are the same.
    seeds: 100,
    budgetNanos: budgetBounds === undefined ? undefined : Math.floor(budgetBounds * BOUND_NANOS),
  });
  // Otherwise, when the job fails would depend on the order of its records.
  if (failsAtFirst) world.setJob({ maxFailedPercent: 100 });
  return world;
}
