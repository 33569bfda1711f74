/** Runs the resolver of a field: one data source, or a pipeline of functions between two handlers. */
import { ResolverError } from "./errors.ts";
import type { DataSource, DataSourceOutcome } from "./data-sources/data-source.ts";
import type { Evaluation, HandlerContext, HandlerName, Handlers } from "./sandbox.ts";
import type { HandlerEffects } from "./runtime/runtime.ts";

/** A unit resolver's code, or a pipeline's function. */
export interface Step {
  readonly handlers: Handlers;
  readonly dataSource: DataSource;
}

export interface UnitResolver extends Step {
  readonly kind: "UNIT";
}

export interface PipelineResolver {
  readonly kind: "PIPELINE";
  readonly handlers: Handlers;
  readonly functions: readonly Step[];
}

export type Resolver = UnitResolver | PipelineResolver;

/** What the resolver's handlers see apart from results. */
export interface FieldCall {
  readonly context: Pick<HandlerContext, "arguments" | "identity" | "source" | "request" | "info" | "env">;
  readonly effects: HandlerEffects;
  readonly signal: AbortSignal;
}

/** @throws ResolverError what a handler raised */
export async function runResolver(resolver: Resolver, call: FieldCall): Promise<unknown> {
  const run = new Run(call);
  if (resolver.kind === "UNIT") return (await run.step(resolver)).value;
  return run.pipeline(resolver);
}

/** The state of one resolver run: stash, previous and current result. */
class Run {
  #stash: unknown = {};
  #prev: unknown = null;
  #result: unknown = null;
  #error: DataSourceOutcome["error"];

  constructor(readonly call: FieldCall) {}

  async pipeline({ handlers, functions }: PipelineResolver): Promise<unknown> {
    const before = this.#evaluate(handlers, "request");
    this.#remember(before.value);
    if (!before.early || before.early.skipTo === "NEXT") await this.#functions(functions);
    return this.#evaluate(handlers, "response").value;
  }

  async #functions(functions: readonly Step[]): Promise<void> {
    for (const step of functions) {
      const { value, early } = await this.step(step);
      this.#remember(value);
      if (early?.skipTo === "END") return;
    }
  }

  /** An early return of the request handler skips the data source and the response handler. */
  async step({ handlers, dataSource }: Step): Promise<Evaluation> {
    const request = this.#evaluate(handlers, "request");
    if (request.early) return request;
    const outcome = await dataSource.invoke(request.value, this.call.signal);
    this.#result = outcome.result;
    this.#error = outcome.error;
    const response = this.#evaluate(handlers, "response");
    this.#error = undefined;
    return response;
  }

  #remember(value: unknown): void {
    this.#prev = { result: value };
    this.#result = value;
  }

  #evaluate(handlers: Handlers, name: HandlerName): Evaluation {
    if (this.call.signal.aborted) throw new ResolverError("Execution timed out.", "ExecutionTimeout");
    const evaluation = handlers.evaluate(
      name,
      {
        ...this.call.context,
        stash: this.#stash,
        prev: this.#prev,
        // Only response handlers see the result.
        result: name === "response" ? this.#result : undefined,
        error: this.#error,
      },
      this.call.effects,
    );
    this.#stash = evaluation.stash;
    return evaluation;
  }
}
