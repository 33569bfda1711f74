/** What all records of a job share: template, seeds, parameters, and the sandbox that runs the template's code. */
import { checkPicks, type CollectionStats } from "#core/seeds/pick";
import { parametersOf, type Partials, type Step, type Template } from "#core/template/template";
import { snippetsOf } from "#core/template/prompts/snippets";
import { dependenciesOf } from "#core/template/prompts/dependencies";
import { OutputValidator, type ParsedAnswer, type ReceivedAnswer } from "./output-validator.ts";
import { NeedsSandbox } from "../sandbox/host-expression.ts";
import { HostRunner } from "../sandbox/host-runner.ts";
import { Prompts } from "../sandbox/prompts.ts";
import { Sandbox } from "../sandbox/sandbox.ts";
import type { SeedSource } from "../seeds.ts";

export interface JobContextOptions {
  readonly jobId: string;
  readonly template: Template;
  /** The partials it includes from other templates. */
  readonly partials: Partials;
  /** The job's values; parameters without one have their defaults. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly seeds: SeedSource;
  /** Checked against what the template draws, if known. */
  readonly collections?: Readonly<Record<string, CollectionStats>>;
}

export class JobContext {
  readonly jobId: string;
  readonly template: Template;
  /** The job's values or the defaults, as the members of a JSON object. */
  readonly parameters: string;
  readonly seeds: SeedSource;
  /** Whether the template may read what models thought; if not, it is not kept. */
  readonly readsReasoning: boolean;
  readonly #dependencies: Readonly<Record<string, readonly string[]>>;
  readonly #sandbox: Sandbox;
  /** Run in the sandbox. */
  readonly #prompts: Prompts;
  /** Run on the host. */
  readonly #hostPrompts: Prompts;
  readonly #outputs: OutputValidator;
  /** Waiting for the sandbox, in order. */
  readonly #queue: SandboxTask[] = [];
  #isDraining = false;

  private constructor({ jobId, template, partials, parameters, seeds }: JobContextOptions, sandbox: Sandbox) {
    this.jobId = jobId;
    this.template = template;
    this.parameters = JSON.stringify(parametersOf(template, parameters)).slice(1, -1);
    this.seeds = seeds;
    this.readsReasoning = [...snippetsOf(template).map(({ text }) => text), ...Object.values(partials)].some((text) =>
      text.includes("reasoning"),
    );
    this.#dependencies = dependenciesOf(template, partials);
    this.#sandbox = sandbox;
    this.#prompts = new Prompts(template, partials, sandbox);
    this.#hostPrompts = new Prompts(template, partials, new HostRunner());
    this.#outputs = new OutputValidator(template, sandbox);
  }

  /** @throws PlotPaletteError BadInput when the seeds lack what the template draws */
  static async open(options: JobContextOptions): Promise<JobContext> {
    if (options.collections) checkPicks(options.template, options.collections);
    return new JobContext(options, await Sandbox.create());
  }

  /** The steps whose outputs a step may read. */
  dependenciesOf(stepId: string): readonly string[] {
    return this.#dependencies[stepId] ?? [];
  }

  /** Runs template code: on the host if it is simple enough, else in the sandbox. @throws RenderError */
  async run<T>(task: (prompts: Prompts) => T): Promise<T> {
    try {
      return task(this.#hostPrompts);
    } catch (error) {
      if (!(error instanceof NeedsSandbox)) throw error;
    }
    return await this.#inSandbox(() => task(this.#prompts));
  }

  /** Validates an answer; in the sandbox only if the template has patterns for it. @throws InvalidOutput */
  async parse(step: Step, answer: ReceivedAnswer): Promise<ParsedAnswer> {
    const parse = () => this.#outputs.parse(step, answer);
    return this.#outputs.hasPatterns(step) ? await this.#inSandbox(parse) : parse();
  }

  /**
   * Queues a task until the sandbox is ready: another record's code may just have broken it, and tasks that did not queue would
   * all find it broken again. Tasks that many records queue at about the same time share one watchdog.
   */
  #inSandbox<T>(task: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = () => {
        try {
          resolve(task());
        } catch (error) {
          reject(error as Error);
        }
      };
      this.#queue.push({ run, reject });
      if (this.#isDraining) return;
      this.#isDraining = true;
      setImmediate(() => void this.#drainQueue());
    });
  }

  async #drainQueue(): Promise<void> {
    const queue = this.#queue;
    while (queue.length > 0) {
      try {
        await this.#sandbox.ready();
        let done = 0;
        const isComplete = this.#sandbox.runBatch(() => queue[done++]?.run);
        const [last] = queue.splice(0, Math.min(done, queue.length)).slice(-1);
        if (isComplete) continue;
        await this.#sandbox.ready();
        last?.run();
      } catch (error) {
        for (const { reject } of queue.splice(0)) reject(error);
      }
    }
    this.#isDraining = false;
  }
}

interface SandboxTask {
  /** Never throws: errors reject the promise its caller received. */
  readonly run: () => void;
  readonly reject: (error: unknown) => void;
}
