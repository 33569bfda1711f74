/** The source of a new template: small, complete, and runnable with any seeds that have a `name`. */
export const STARTER_TEMPLATE = `name: My template
description: What it generates, and when to use it.
category: question_answer
pick:
  seed: seeds
steps:
  - id: question
    tier: economy
    maxTokens: 120
    maxPromptBytes: 2000
    prompt: |
      Ask one question about "<%= it.seed.name %>".
  - id: answer
    tier: economy
    maxTokens: 400
    maxPromptBytes: 4000
    prompt: |
      Answer this question in two sentences:
      <%= it.steps.question.output %>
record:
  topic: it.seed.name
  question: it.steps.question.output
  answer: it.steps.answer.output
`;
