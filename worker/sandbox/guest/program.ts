/** One program of a template: compiled when first needed, then cached. */
import { bodyOfExpression, bodyOfPrompt, sourcePosition, UnclosedTag, type Body } from "./eta-body.ts";
import { freezeAll } from "./lockdown.ts";

const MakeFunction = Function;
const toSource = Function.prototype.toString;
/** QuickJS throws these when it runs out of memory or time. */
declare const InternalError: ErrorConstructor;
export const Limit = InternalError;

/** QuickJS puts two lines before the body of a function created from text. */
const LINES_BEFORE = 2;
const PROMPT_PARAMETERS = "it,include,output,capture,__eta";
const EXPRESSION_PARAMETERS = "it";
const MAX_MESSAGE_CHARACTERS = 300;

export type Run = (it: object, ...rest: unknown[]) => unknown;

/** An error at a position in the source of one program. */
export class ProgramError {
  constructor(
    readonly message: string,
    readonly line?: number,
    readonly column?: number,
    /** The partial whose source it is. */
    readonly partial?: string,
  ) {}
}

/** More characters than allowed. */
export class TooLong {
  readonly message = "it is too long";
}

export class Program {
  readonly #isPrompt: boolean;
  readonly #source: string;
  readonly #partial: string | undefined;
  #body: Body | undefined;
  #run: Run | undefined;

  constructor(isPrompt: boolean, source: string, partial?: string) {
    this.#isPrompt = isPrompt;
    this.#source = source;
    this.#partial = partial;
  }

  /** @throws ProgramError with its position, or QuickJS's InternalError */
  run(...args: Parameters<Run>): unknown {
    try {
      this.#run ??= this.#compile();
      return this.#run.call(undefined, ...args);
    } catch (error) {
      throw this.#located(error);
    }
  }

  #compile(): Run {
    this.#body = this.#isPrompt ? bodyOfPrompt(this.#source) : bodyOfExpression(this.#source);
    const { text } = this.#body;
    const parameters = this.#isPrompt ? PROMPT_PARAMETERS : EXPRESSION_PARAMETERS;
    const run = MakeFunction(parameters, text) as Run;
    // A body with an extra brace would end the function and continue outside it, where it could keep things between records.
    if (typeof run !== "function" || toSource.call(run) !== `function anonymous(${parameters}\n) {\n${text}\n}`)
      throw new SyntaxError("it closes more braces than it opens");
    freezeAll(run);
    return run;
  }

  #located(error: unknown): unknown {
    if (error instanceof ProgramError || error instanceof TooLong || error instanceof Limit) return error;
    const position = error instanceof UnclosedTag ? error : this.#positionOf(error);
    return new ProgramError(messageOf(error), position?.line, position?.column, this.#partial);
  }

  #positionOf(error: unknown): { line: number; column: number } | undefined {
    try {
      const stack = String((error as Error).stack).slice(0, 2_000);
      const [, line, column] = /<input>:(\d{1,7}):(\d{1,7})/.exec(stack) ?? [];
      return this.#body && sourcePosition(this.#body, Number(line) - LINES_BEFORE, Number(column));
    } catch {
      return undefined;
    }
  }
}

/** What was thrown is the template's own, and may itself throw when inspected. */
export function messageOf(error: unknown): string {
  try {
    const message = (error as Error | undefined)?.message;
    return String(message ? message : error).slice(0, MAX_MESSAGE_CHARACTERS);
  } catch (cause) {
    if (cause instanceof Limit) throw cause;
    return "it threw something that is not an error";
  }
}
