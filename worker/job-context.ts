/** What all records of a job are made with. */
import { checkPicks, type CollectionStats } from "#core/seeds/pick";
import { parametersOf, type Partials, type Step, type Template } from "#core/template/template";
import { dependenciesOf } from "#core/template/prompts/dependencies";
import { OutputValidator } from "./record/output-validator.ts";
import type { ModelAnswer } from "./ports.ts";
import { NeedsSandbox } from "./sandbox/host-expression.ts";
import { HostRunner } from "./sandbox/host-runner.ts";
import { Prompts } from "./sandbox/prompts.ts";
import { Sandbox } from "./sandbox/sandbox.ts";
import type { SeedSource } from "./seeds.ts";

export interface JobContextOptions {
  readonly jobId: string;
  readonly template: Template;
  /** The texts it includes from other templates. */
  readonly partials: Partials;
  /** What the job chose; the others have their defaults. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly seeds: SeedSource;
  /** To be checked against what the template draws, when they are known. */
  readonly collections?: Readonly<Record<string, CollectionStats>>;
}

export class JobContext {
  readonly jobId: string;
  readonly template: Template;
  /** What the job chose, else their defaults, as the inside of a JSON object. */
  readonly parameters: string;
  readonly seeds: SeedSource;
  readonly #after: Readonly<Record<string, readonly string[]>>;
  readonly #sandbox: Sandbox;
  /** Run by the sandbox. */
  readonly #prompts: Prompts;
  /** Run by the host. */
  readonly #hostPrompts: Prompts;
  readonly #outputs: OutputValidator;
  /** What waits for the sandbox, in its order. */
  readonly #waiting: Work[] = [];
  #isDraining = false;

  private constructor({ jobId, template, partials, parameters, seeds }: JobContextOptions, sandbox: Sandbox) {
    this.jobId = jobId;
    this.template = template;
    this.parameters = JSON.stringify(parametersOf(template, parameters)).slice(1, -1);
    this.seeds = seeds;
    this.#after = dependenciesOf(template, partials);
    this.#sandbox = sandbox;
    this.#prompts = new Prompts(template, partials, sandbox);
    this.#hostPrompts = new Prompts(template, partials, new HostRunner());
    this.#outputs = new OutputValidator(template, sandbox);
  }

  /** @throws PlotPaletteError BadInput when the seeds cannot give what the template draws */
  static async open(plan: JobContextOptions): Promise<JobContext> {
    if (plan.collections) checkPicks(plan.template, plan.collections);
    return new JobContext(plan, await Sandbox.create());
  }

  /** The steps whose outputs a step may read. */
  after(stepId: string): readonly string[] {
    return this.#after[stepId] ?? [];
  }

  /** Runs template code: on the host where it is plain, else in the sandbox. @throws RenderError */
  async run<T>(work: (prompts: Prompts) => T): Promise<T> {
    try {
      return work(this.#hostPrompts);
    } catch (error) {
      if (!(error instanceof NeedsSandbox)) throw error;
    }
    return await this.#inSandbox(() => work(this.#prompts));
  }

  /** Judges an answer; in the sandbox only where patterns of a template are part of it. @throws InvalidOutput */
  async parse(step: Step, answer: Pick<ModelAnswer, "text" | "stopReason">): Promise<unknown> {
    const read = () => this.#outputs.parse(step, answer);
    return this.#outputs.hasPatterns(step) ? await this.#inSandbox(read) : read();
  }

  /**
   * Runs what needs the sandbox when its turn comes and the sandbox stands: another record's code may just have broken it, and whoever
   * waits side by side would find it broken again. What many records ask for at about the same time shares one watch.
   */
  #inSandbox<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = () => {
        try {
          resolve(work());
        } catch (error) {
          reject(error as Error);
        }
      };
      this.#waiting.push({ run, reject });
      if (this.#isDraining) return;
      this.#isDraining = true;
      setImmediate(() => void this.#drainQueue());
    });
  }

  async #drainQueue(): Promise<void> {
    const waiting = this.#waiting;
    while (waiting.length > 0) {
      try {
        await this.#sandbox.ready();
        let done = 0;
        const ended = this.#sandbox.runBatch(() => waiting[done++]?.run);
        const [last] = waiting.splice(0, Math.min(done, waiting.length)).slice(-1);
        if (ended) continue;
        await this.#sandbox.ready();
        last?.run();
      } catch (error) {
        for (const { reject } of waiting.splice(0)) reject(error);
      }
    }
    this.#isDraining = false;
  }
}

interface Work {
  /** Never throws: whoever asked hears of the fault. */
  readonly run: () => void;
  readonly reject: (error: unknown) => void;
}
