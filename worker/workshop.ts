/** What all records of a job are made with. */
import { checkPicks, type CollectionFacts } from "#core/pick";
import { parametersOf, type Partials, type Template } from "#core/template";
import { dependenciesOf } from "#core/template/order";
import { Outputs } from "./outputs.ts";
import { Prompts } from "./sandbox/prompts.ts";
import { Sandbox } from "./sandbox/sandbox.ts";
import type { SeedSource } from "./seeds.ts";

export interface WorkshopPlan {
  readonly jobId: string;
  readonly template: Template;
  /** The texts it includes from other templates. */
  readonly partials: Partials;
  /** What the job chose; the others have their defaults. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly seeds: SeedSource;
  /** To be checked against what the template draws, when they are known. */
  readonly collections?: Readonly<Record<string, CollectionFacts>>;
}

/** What template code runs through. */
export interface Bench {
  readonly prompts: Prompts;
  readonly outputs: Outputs;
}

export class Workshop {
  readonly jobId: string;
  readonly template: Template;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly seeds: SeedSource;
  readonly #after: Readonly<Record<string, readonly string[]>>;
  readonly #sandbox: Sandbox;
  readonly #bench: Bench;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor({ jobId, template, partials, parameters, seeds }: WorkshopPlan, sandbox: Sandbox) {
    this.jobId = jobId;
    this.template = template;
    this.parameters = parametersOf(template, parameters);
    this.seeds = seeds;
    this.#after = dependenciesOf(template, partials);
    this.#sandbox = sandbox;
    this.#bench = { prompts: new Prompts(template, partials, sandbox), outputs: new Outputs(template, sandbox) };
  }

  /** @throws PlotPaletteError BadInput when the seeds cannot give what the template draws */
  static async open(plan: WorkshopPlan): Promise<Workshop> {
    if (plan.collections) checkPicks(plan.template, plan.collections);
    return new Workshop(plan, await Sandbox.create());
  }

  /** The steps whose outputs a step may read. */
  after(stepId: string): readonly string[] {
    return this.#after[stepId] ?? [];
  }

  /**
   * Runs template code when its turn comes and the sandbox stands: another record's code may just have broken it, and whoever
   * waits side by side would find it broken again.
   */
  inSandbox<T>(work: (bench: Bench) => T): Promise<T> {
    const done = this.#turn.then(() => this.#sandbox.ready()).then(() => work(this.#bench));
    // Whoever asked hears of the fault.
    this.#turn = done.catch(() => {});
    return done;
  }
}
