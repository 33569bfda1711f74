/**
 * Runs programs on the host, at a tenth of the cost, if they are provably harmless and their result is certain, as with most
 * prompts, conditions and columns.
 */
import { partsOfPrompt } from "./guest/eta-body.ts";
import type { ScriptSource } from "./guest/script.ts";
import { NeedsSandbox, needSandbox, hostExpression, printed, type Evaluate } from "./host-expression.ts";
import type { Runner } from "./prompts.ts";

/** A program's result, and its maximum length in characters. @throws NeedsSandbox */
type HostProgram = (
  it: unknown,
  limits: { readonly itCharacters: number; readonly maxCharacters: number },
) => readonly [unknown, number];

export class HostRunner implements Runner {
  readonly #scripts = new WeakMap<ScriptSource, Map<string, HostProgram | undefined>>();

  /** @throws NeedsSandbox also if the result is too long, for which the sandbox has the better message */
  run(
    script: ScriptSource,
    names: readonly string[],
    it: string,
    _randomSeed: number,
    maxCharacters: number,
  ): unknown[] {
    const programs = names.map((name) => this.#programOf(script, name) ?? needSandbox());
    try {
      const data = JSON.parse(it) as unknown;
      let length = 0;
      return programs.map((program) => {
        const [value, characters] = program(data, { itCharacters: it.length, maxCharacters });
        length += characters;
        return length <= maxCharacters ? value : needSandbox();
      });
    } catch (error) {
      // Data too deep to walk, or a string too long for the engine.
      throw error instanceof RangeError ? new NeedsSandbox(error.message) : error;
    }
  }

  #programOf(script: ScriptSource, name: string): HostProgram | undefined {
    const known = this.#scripts.get(script) ?? new Map<string, HostProgram | undefined>();
    this.#scripts.set(script, known);
    if (!known.has(name)) known.set(name, hostProgram(script.programs[name] ?? needSandbox()));
    return known.get(name);
  }
}

function hostProgram({ kind, source, atMost }: ScriptSource["programs"][string]): HostProgram | undefined {
  if (kind === "prompt") return hostPrompt(source);
  const evaluate = hostExpression(source);
  if (!evaluate) return undefined;
  switch (kind) {
    case "condition":
      return (it) => [Boolean(evaluate(it)), 5];
    case "value":
      return (it, { itCharacters }) => valueOf(evaluate(it), itCharacters);
    case "list":
      return (it, { itCharacters }) => {
        const items = evaluate(it);
        return Array.isArray(items) ? valueOf(items.slice(0, atMost), itCharacters) : needSandbox();
      };
  }
}

function hostPrompt(source: string): HostProgram | undefined {
  const parts = hostPartsOf(source);
  if (!parts) return undefined;
  return (it, { maxCharacters }) => {
    let text = "";
    for (const part of parts) {
      text += typeof part === "string" ? part : printed(part(it));
      if (text.length > maxCharacters) return needSandbox();
    }
    return [text, text.length];
  };
}

function hostPartsOf(source: string): (string | Evaluate)[] | undefined {
  try {
    const parts = partsOfPrompt(source).map((part) => {
      if (typeof part === "string")
        return part.replace(ESCAPED, (_, character) => (character === "n" ? "\n" : character));
      return PRINTING.includes(part.t) ? hostExpression(part.val) : undefined;
    });
    return parts.every((part) => part !== undefined) ? parts : undefined;
  } catch {
    // The sandbox reports syntax errors when it runs it.
    return undefined;
  }
}

/** Eta has escaped texts for single quotes. */
const ESCAPED = /\\(n|\\|')/g;
const PRINTING = ["i", "r"];

/** The value as the sandbox returns it, through JSON, where -0 is 0. */
function valueOf(value: unknown, itCharacters: number): readonly [unknown, number] {
  if (typeof value === "string") return [value, value.length];
  if (value === undefined) return needSandbox();
  // It is either part of `it` or short.
  return [JSON.parse(JSON.stringify(value)) as unknown, itCharacters];
}
