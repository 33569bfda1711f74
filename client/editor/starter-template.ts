/** What a new template begins with: small, whole, and it runs with any seeds that have a `name`. */
export const SKELETON = `name: My template
description: What it makes, and when to use it.
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
