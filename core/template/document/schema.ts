/**
 * The template format as JSON Schema (2020-12), shared by the server, import and the editor's completion. What a schema cannot
 * express (references between names, the syntax of prompts) core/template/parse.ts checks.
 */
import { TIERS } from "../../models/models.ts";
import { COLUMN_TYPES, ESCALATION_CAUSES, SAMPLING_STRATEGIES } from "../template.ts";

type Schema = Readonly<Record<string, unknown>>;

export const MAX_STEPS = 10;
export const MAX_ROUNDS = 50;
export const MAX_REPAIRS = 5;
const MAX_ATTEMPTS_LIMIT = 100;
/** A name in `it`, usable after a dot. */
const NAME = "^[A-Za-z][A-Za-z0-9_]*$";
export const NOT_BLANK = "\\S";

const PROMPT_CHARACTERS = 100_000;
const EXPRESSION_CHARACTERS = 5_000;

const text = (description: string, maxLength = 200): Schema => ({
  type: "string",
  pattern: NOT_BLANK,
  maxLength,
  description,
});
const prompt = (description: string) => text(`${description} (Eta)`, PROMPT_CHARACTERS);
const expression = (description: string) => text(`${description} (an expression over it)`, EXPRESSION_CHARACTERS);
const whole = (description: string, minimum: number, maximum: number, initial?: number): Schema => ({
  type: "integer",
  minimum,
  maximum,
  ...(initial !== undefined && { default: initial }),
  description,
});
const fraction = (description: string): Schema => ({ type: "number", minimum: 0, maximum: 1, description });
const oneOf = (values: readonly string[], description: string, initial?: string): Schema => ({
  type: "string",
  enum: values,
  ...(initial !== undefined && { default: initial }),
  description,
});
const listOf = (items: Schema, description: string, maxItems: number, minItems = 0): Schema => ({
  type: "array",
  items,
  minItems,
  maxItems,
  description,
});
const object = (
  description: string,
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): Schema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
  description,
});
const named = (values: Schema, description: string): Schema => ({
  type: "object",
  propertyNames: { pattern: NAME },
  additionalProperties: values,
  description,
});
/** A short form, or the long one. */
const shortOr = (short: Schema, long: Schema): Schema => ({
  if: { type: "string" },
  then: short,
  else: long,
  description: long.description,
});

const parameter = object(
  "A value that prompts see as it.NAME",
  {
    description: text("What it is for", 500),
    values: { type: "array", minItems: 1, description: "The allowed values; by default any" },
    default: { description: "Its value unless a job sets another" },
  },
  ["default"],
);

const pick = object(
  "What each record samples from the seeds",
  {
    from: text("The collection"),
    how: oneOf(SAMPLING_STRATEGIES, "The sampling strategy", "shuffled"),
    weight: text("For weighted: the numeric field with the weight"),
    count: whole("The number of distinct items; it.NAME is then a list", 1, 20),
  },
  ["from"],
);

const output = object(
  "The format of the answer",
  {
    type: oneOf(
      ["text", "list", "choice", "json"],
      "Text, a list of texts, one of several choices, or JSON that matches a schema",
      "text",
    ),
    allowCutOff: {
      type: "boolean",
      default: false,
      description: "For text: whether an answer truncated at maxTokens may be used",
    },
    min: whole("For a list: the minimum number of items", 0, 100, 1),
    max: whole("For a list: the maximum number of items", 1, 100, 100),
    of: listOf(text("A choice"), "The choices", 100, 2),
    schema: { type: "object", description: "The JSON Schema of the answer, an object or a list" },
  },
  ["type"],
);

/** May be blank, such as a line break: where a model refuses that, core/template/document/check-requests.ts says so. */
const stopSequence: Schema = { type: "string", minLength: 1, maxLength: 200, description: "A stop sequence" };

const step = object(
  "One model call, or one for each item of a list",
  {
    id: { ...text("Its name: it.steps.ID.output in later steps"), pattern: NAME },
    model: text("A Bedrock model or inference profile, by ID"),
    tier: oneOf(TIERS, "Chooses the model automatically"),
    fallbacks: listOf(text("A tier or a model"), "Tried in order when the model is rate-limited or unavailable", 5),
    escalate: object(
      "A better model for answers that are not good enough",
      {
        to: text("A tier or a model"),
        on: listOf(oneOf(ESCALATION_CAUSES, "A cause for escalation"), "The causes for escalation; by default both", 2),
        when: expression("Escalate when this is true of the answer"),
      },
      ["to"],
    ),
    system: prompt("The system prompt"),
    prompt: prompt("The prompt"),
    examples: listOf(
      object(
        "A few-shot example",
        { user: prompt("The user's message"), assistant: prompt("The assistant's answer") },
        ["user", "assistant"],
      ),
      "Few-shot examples: earlier turns of the conversation",
      10,
    ),
    when: expression("Skip the step unless this is true"),
    forEach: expression("A list: one call for each of its items"),
    as: { ...text("The name of each item: it.NAME", 40), pattern: NAME, default: "item" },
    atMost: whole("The maximum number of forEach items to use", 1, MAX_ROUNDS),
    repeat: object(
      "Call again until a condition holds",
      {
        until: expression("The condition, over the latest output"),
        atMost: whole("The maximum number of calls", 1, MAX_ROUNDS),
      },
      ["until", "atMost"],
    ),
    maxTokens: whole("The maximum number of tokens in an answer", 1, 64_000, 1_000),
    maxPromptBytes: whole("The maximum number of bytes a prompt may render to", 100, 1_000_000, 32_768),
    temperature: fraction("The sampling temperature"),
    topP: fraction("Nucleus sampling: the cumulative probability to sample from"),
    stop: shortOr(stopSequence, listOf(stopSequence, "Stop sequences", 4)),
    output: shortOr(oneOf(["text", "list", "choice", "json"], "The short form of { type: … }"), output),
    repairs: whole("How often the model may repair an invalid answer; by default 2, or 0 for text", 0, MAX_REPAIRS),
  },
  ["id", "prompt"],
);

const column = object(
  "A column of the record",
  { value: expression("Its value"), type: oneOf(COLUMN_TYPES, "Its type; by default inferred from the values") },
  ["value"],
);

const training = object("The columns for the fine-tuning formats", {
  messages: text(
    "The column with a list of { role, content } or { from, value }, for OpenAI messages, ShareGPT and Bedrock",
  ),
  tools: text("The column with the list of tools that the conversation may call"),
  alpaca: object(
    "The columns of the Alpaca format",
    {
      instruction: text("The column with the instruction"),
      input: text("The column with the input; by default empty"),
      output: text("The column with the output"),
    },
    ["instruction", "output"],
  ),
  preference: object(
    "The columns of preference pairs, texts or lists of messages",
    {
      prompt: text("The column with the prompt"),
      chosen: text("The column with the better answer"),
      rejected: text("The column with the worse answer"),
    },
    ["prompt", "chosen", "rejected"],
  ),
  completion: object(
    "The columns of prompt and completion, texts or lists of messages",
    { prompt: text("The column with the prompt"), completion: text("The column with the completion") },
    ["prompt", "completion"],
  ),
});

export const TEMPLATE_SCHEMA: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Plot Palette template",
  ...object(
    "A template",
    {
      name: text("Its name"),
      description: text("What it generates, and when to use it", 1_000),
      category: text("The kind of data it generates", 60),
      tags: listOf({ ...text("A search keyword", 30) }, "Search keywords", 10),
      parameters: named(parameter, "Values that prompts see as it.NAME; a job may set them"),
      pick: named(shortOr(text("The collection"), pick), "What each record samples from the seeds"),
      draws: named(
        expression("A value evaluated once per attempt, before the steps"),
        "Values that prompts, conditions and columns all see as it.draws.NAME",
      ),
      partials: named(prompt("A reusable piece of a prompt"), "Reusable pieces of prompts, for include"),
      steps: listOf(step, "The model calls", MAX_STEPS),
      rows: expression("A list: the record has a row for each of its items, which its columns see as it.row"),
      record: named(
        shortOr(expression("The column's value"), column),
        "The columns of a record; by default one per step",
      ),
      categories: listOf(text("A column"), "The columns the dataset can be partitioned by", 3),
      accept: shortOr(
        expression("A condition that a record must meet; it.record holds its columns"),
        named(
          expression("A condition that a record must meet"),
          "The conditions that a record must meet; it.record holds its columns",
        ),
      ),
      maxAttempts: whole(
        "The number of attempts that a job may make per record, on average; by default 3, or 10 with accept",
        1,
        MAX_ATTEMPTS_LIMIT,
      ),
      training,
    },
    ["name"],
  ),
};
