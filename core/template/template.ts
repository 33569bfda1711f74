/** A parsed template: every short form expanded, every default filled in. core/template/parse.ts parses one. */
import type { Tier } from "../models/models.ts";

export interface Template {
  readonly name: string;
  readonly description?: string;
  readonly category?: string;
  /** Search keywords. */
  readonly tags: readonly string[];
  /** Values that prompts see as `it.NAME`; a job may set them. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** What is drawn from the seeds for each record, by its name in `it`. */
  readonly pick: Readonly<Record<string, SeedPick>>;
  /** Expressions over picks and parameters, evaluated once per attempt: `it.draws.NAME`. Absent when there are none. */
  readonly draws?: Readonly<Record<string, string>>;
  /** Pieces of prompts by name, for `include`. */
  readonly partials: Readonly<Record<string, string>>;
  /** Empty in a library: a template of partials alone, which others include and no job runs. */
  readonly steps: readonly Step[];
  /** An expression that gives a list: the record has a row for each of its items. Absent where a record is one row. */
  readonly rows?: string;
  /** The columns of a record, or of each of its rows; without it each step's output is a column. */
  readonly record?: Readonly<Record<string, Column>>;
  /** The columns a dataset can be partitioned by. */
  readonly categories: readonly string[];
  /** The conditions a finished record must meet to be delivered, in order; without them every record is. */
  readonly accept?: readonly AcceptCondition[];
  /** Attempts that a job may make per requested record, on average. */
  readonly maxAttempts: number;
  /** The columns for the fine-tuning formats. */
  readonly training?: Training;
}

/** Attempts per requested record, on average, unless the template says otherwise. */
export const DEFAULT_MAX_ATTEMPTS = 3;
/** The same where candidates may be rejected: that takes more of them. */
export const DEFAULT_MAX_ATTEMPTS_WITH_ACCEPT = 10;

export interface Parameter {
  readonly description?: string;
  /** The allowed values; any when absent. */
  readonly values?: readonly unknown[];
  readonly default: unknown;
}

export const SAMPLING_STRATEGIES = ["shuffled", "random", "inOrder", "weighted", "combinations"] as const;

export interface SeedPick {
  /** The collection. */
  readonly from: string;
  /**
   * `shuffled` uses every item before any is used twice; `combinations` does so with the combinations of all picks drawn
   * that way; `weighted` draws items in proportion to their weights; `inOrder` takes them in the order of the seeds.
   */
  readonly how: (typeof SAMPLING_STRATEGIES)[number];
  /** For `weighted`: the items' numeric field. */
  readonly weight?: string;
  /** How many distinct items; `it.NAME` is then a list. One item, not in a list, when absent. */
  readonly count?: number;
}

/** A model, and the tier that chose it. */
export interface ModelChoice {
  readonly modelId: string;
  readonly tier?: Tier;
}

/** One model call, or several: one for each item of a list, or again until a condition holds. */
export interface Step extends ModelChoice {
  readonly id: string;
  /** Tried in order when the model is rate-limited or unavailable. */
  readonly fallbacks: readonly ModelChoice[];
  readonly escalate?: Escalation;
  /** Eta. */
  readonly system?: string;
  /** Few-shot examples: earlier turns of the conversation. */
  readonly examples: readonly Example[];
  /** Eta. */
  readonly prompt: string;
  /** An expression over `it`; when it is false the step is skipped and its output is null. */
  readonly when?: string;
  readonly forEach?: Loop;
  readonly repeat?: Repetition;
  readonly maxTokens: number;
  /** The most UTF-8 bytes that system, examples and prompt may render to, together. */
  readonly maxPromptBytes: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  readonly output: Output;
  /** How often the model is shown what is wrong with its answer. */
  readonly repairs: number;
}

export interface Example {
  /** Eta. */
  readonly user: string;
  /** Eta. */
  readonly assistant: string;
}

/** One call for each of a list's items; the step's output is the list of outputs. */
export interface Loop {
  /** An expression that gives the list. */
  readonly list: string;
  /** The item's name in `it`, beside `it.index`. */
  readonly as: string;
  /** Items beyond it are dropped. */
  readonly atMost: number;
}

/** Calls until a condition holds; the step's output is the last one's. */
export interface Repetition {
  /** An expression over `it` in which the step's output is the latest. */
  readonly until: string;
  readonly atMost: number;
}

export const ESCALATION_CAUSES = ["schema", "refusal"] as const;
export type EscalationCause = (typeof ESCALATION_CAUSES)[number];

/** A better model that is called when the first one's answer is not good enough. */
export interface Escalation extends ModelChoice {
  readonly on: readonly EscalationCause[];
  /** An expression over `it` in which the step's output is the answer. */
  readonly when?: string;
}

/** What a step's answer is: a text, a list of texts, one of some choices, or JSON (an object or a list) that fits a schema. */
export type Output =
  | {
      readonly type: "text";
      /** Whether a text truncated at `maxTokens` is accepted. */
      readonly allowCutOff?: true;
    }
  | { readonly type: "list"; readonly min: number; readonly max: number }
  | { readonly type: "choice"; readonly of: readonly string[] }
  | { readonly type: "json"; readonly schema: Readonly<Record<string, unknown>> };

/** The most rows of one record. */
export const MAX_ROWS = 1_000;

export const COLUMN_TYPES = ["string", "integer", "number", "boolean", "json"] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

export interface Column {
  /** An expression over `it`. */
  readonly value: string;
  readonly type?: ColumnType;
}

export interface AcceptCondition {
  /** Absent when there is only one, without a name. */
  readonly name?: string;
  /** An expression over `it`, in which `it.record` holds the columns. */
  readonly expression: string;
}

export interface Training {
  /** The column with a conversation, a list of { role, content } or { from, value }: for OpenAI messages, ShareGPT and Bedrock. */
  readonly messages?: string;
  /** The column with the list of tools that the conversation may call. */
  readonly tools?: string;
  readonly alpaca?: AlpacaColumns;
  readonly preference?: PreferenceColumns;
  readonly completion?: CompletionColumns;
}

/** Each is a text, or a list of messages. */
export interface PreferenceColumns {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** Each is a text, or a list of messages. */
export interface CompletionColumns {
  readonly prompt: string;
  readonly completion: string;
}

export interface AlpacaColumns {
  readonly instruction: string;
  /** Every input is an empty text when absent. */
  readonly input?: string;
  readonly output: string;
}

/** The texts included from other templates, by `ID@VERSION/NAME`. */
export type Partials = Readonly<Record<string, string>>;

/** A part of the seeds that a template reads. */
export interface SeedRead {
  readonly collection: string;
  /** `body.text`, `tags[].name`; empty for the whole item. */
  readonly path: string;
  readonly required: boolean;
  /** Where it is read, for messages: `step "question"`. */
  readonly location: string;
}

/** The names of a record's columns in order, without `id`. */
export function columnsOf(template: Template): string[] {
  return Object.keys(template.record ?? Object.fromEntries(template.steps.map((step) => [step.id, true])));
}

/** A condition's name as people see it: `"goodScore"`, or `"accept"` for one without a name. */
export function conditionTitle({ name = "accept" }: { readonly name?: string }): string {
  return `"${name}"`;
}

/** The path of a condition in the document. */
export function conditionPath({ name }: AcceptCondition): readonly string[] {
  return name === undefined ? ["accept"] : ["accept", name];
}

/** The parameters as prompts see them: the job's values, otherwise the defaults. */
export function parametersOf(
  template: Template,
  chosen: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(template.parameters).map(([name, parameter]) => [name, chosen[name] ?? parameter.default]),
  );
}

/** The most calls a step makes for one record, not counting repairs. */
export function maxRoundsOf(step: Step): number {
  return step.forEach?.atMost ?? step.repeat?.atMost ?? 1;
}
