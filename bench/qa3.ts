/**
 * The workload QA-3, by which tools of this kind can be compared: a question, its answer as JSON, a score from 1 to 5, and a
 * new answer where the score is low. Also its first step alone.
 */
import type { ModelRequest } from "../worker/ports.ts";

const ITEMS = 5_000;
const CONTEXT = "The valley lies between two ranges, and its river rises with the snow of the northern one. ".repeat(5);

/** Seed items as JSON lines: id, topic and a context of 400 characters. */
export const SEED_LINES = Array.from({ length: ITEMS }, (_, n) => JSON.stringify(itemOf(n)));

function itemOf(n: number) {
  return { id: n, topic: `Topic ${n % 97}`, context: `${n}: ${CONTEXT}`.slice(0, 400) };
}

const ASK = "Ask one question about <%= it.seed.topic %> that this text answers: <%= it.seed.context %>";
const SCHEMA = {
  type: "object",
  properties: { answer: { type: "string" }, citations: { type: "array", items: { type: "string" } } },
  required: ["answer", "citations"],
  additionalProperties: false,
};
const LIMITS = { maxTokens: 256, maxPromptBytes: 4_000, repairs: 0 };
const ANSWER = {
  ...LIMITS,
  prompt: "Answer from the text alone.\n<%= it.seed.context %>\nQuestion: <%= it.steps.question.output %>",
  output: { type: "json", schema: SCHEMA },
};

export const ONE_STEP = JSON.stringify({
  name: "Questions",
  steps: [{ id: "question", tier: "economy", prompt: ASK, ...LIMITS }],
});

export const THREE_STEPS = JSON.stringify({
  name: "QA-3",
  steps: [
    { id: "question", tier: "economy", prompt: ASK, ...LIMITS },
    { id: "answer", tier: "premium", ...ANSWER },
    {
      id: "judge",
      tier: "economy",
      prompt:
        "Score from 1 to 5, in one digit, how well the answer fits the question.\nQuestion: <%= it.steps.question.output %>\nAnswer: <%= it.steps.answer.output.answer %>",
      ...LIMITS,
    },
    { id: "again", tier: "premium", when: "Number(it.steps.judge.output) <= 2", ...ANSWER },
  ],
  record: {
    question: "it.steps.question.output",
    answer: "(it.steps.again.output ?? it.steps.answer.output).answer",
    score: "Number(it.steps.judge.output)",
  },
});

/** What the steps send for one item, for the loop without templates. */
export function requestsOf(n: number, steps: 1 | 3): ModelRequest[] {
  const { topic, context } = itemOf(n % ITEMS);
  const question = "Which two facts of the text explain why the valley was settled so late? ".repeat(5);
  const answer = "The river had no ford, and the pass was closed for most of the year. ".repeat(4);
  const [small, large] = ["amazon.nova-micro-v1:0", "amazon.nova-pro-v1:0"];
  const request = (modelId: string, prompt: string) => ({ modelId, turns: [], prompt, maxTokens: 256 });
  const all = [
    request(small, `Ask one question about ${topic} that this text answers: ${context}`),
    { ...request(large, `Answer from the text alone.\n${context}\nQuestion: ${question}`), schema: SCHEMA },
    request(small, `Score from 1 to 5, in one digit, how well the answer fits the question.\n${question}\n${answer}`),
  ];
  return all.slice(0, steps);
}
