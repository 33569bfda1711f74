/** A template's document as TEMPLATE_SCHEMA has it: short forms allowed, defaults not filled in. */
import type { Tier } from "../../models/models.ts";
import type { Column, Escalation, Output, Parameter, SeedPick, Step, Training } from "../template.ts";

export interface TemplateDocument {
  readonly name: string;
  readonly description?: string;
  readonly category?: string;
  readonly tags?: string[];
  readonly parameters?: Record<string, Parameter>;
  readonly pick?: Record<string, string | (Omit<SeedPick, "how"> & Partial<SeedPick>)>;
  readonly draws?: Record<string, string>;
  readonly partials?: Record<string, string>;
  readonly steps?: StepDocument[];
  readonly rows?: string;
  readonly record?: Record<string, string | Column>;
  readonly categories?: string[];
  readonly accept?: string | Record<string, string>;
  readonly maxAttempts?: number;
  readonly training?: Training;
}

export type StepDocument = Partial<Omit<Step, "fallbacks" | "escalate" | "forEach" | "output" | "stop" | "tier">> & {
  readonly id: string;
  readonly prompt: string;
  readonly model?: string;
  readonly tier?: Tier;
  readonly fallbacks?: string[];
  readonly escalate?: { readonly to: string } & Partial<Pick<Escalation, "on" | "when">>;
  readonly forEach?: string;
  readonly as?: string;
  readonly atMost?: number;
  readonly stop?: string | string[];
  readonly output?: Output["type"] | OutputDocument;
};

export interface OutputDocument {
  readonly type: Output["type"];
  readonly allowCutOff?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly of?: string[];
  readonly schema?: Record<string, unknown>;
}
