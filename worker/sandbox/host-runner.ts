/**
 * Runs programs on the host, at a tenth of the price, where nothing in them could do harm and all that they do is plain to see,
 * as it is in most prompts, conditions and columns.
 */
import { partsOfPrompt } from "./guest/eta-body.ts";
import type { ScriptSource } from "./guest/script.ts";
import { NeedsSandbox, needSandbox, hostExpression, printed, type Evaluate } from "./host-expression.ts";
import type { Runner } from "./prompts.ts";

/** What a program gives, and how many characters that has at most. @throws NotPlain */
type HostProgram = (
  it: unknown,
  size: { readonly it: number; readonly longest: number },
) => readonly [unknown, number];

export class HostRunner implements Runner {
  readonly #scripts = new WeakMap<ScriptSource, Map<string, HostProgram | undefined>>();

  /** @throws NotPlain also where it is too long, which the sandbox says better */
  run(script: ScriptSource, names: readonly string[], it: string, _chance: number, longest: number): unknown[] {
    const programs = names.map((name) => this.#programOf(script, name) ?? needSandbox());
    try {
      const data = JSON.parse(it) as unknown;
      let length = 0;
      return programs.map((program) => {
        const [value, characters] = program(data, { it: it.length, longest });
        length += characters;
        return length <= longest ? value : needSandbox();
      });
    } catch (error) {
      // Data too deep to be walked, or a text too long for any machine.
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
      return (it, size) => valueOf(evaluate(it), size.it);
    case "list":
      return (it, size) => {
        const items = evaluate(it);
        return Array.isArray(items) ? valueOf(items.slice(0, atMost), size.it) : needSandbox();
      };
  }
}

function hostPrompt(source: string): HostProgram | undefined {
  const parts = hostPartsOf(source);
  if (!parts) return undefined;
  return (it, { longest }) => {
    let text = "";
    for (const part of parts) {
      text += typeof part === "string" ? part : printed(part(it));
      if (text.length > longest) return needSandbox();
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
    // Where it is broken the sandbox says when it is run.
    return undefined;
  }
}

/** Eta has escaped texts for single quotes. */
const ESCAPED = /\\(n|\\|')/g;
const PRINTING = ["i", "r"];

/** As the sandbox hands it over: -0 is 0 in JSON. */
function valueOf(value: unknown, charactersOfIt: number): readonly [unknown, number] {
  if (typeof value === "string") return [value, value.length];
  if (value === undefined) return needSandbox();
  // It is either a part of `it` or short.
  return [JSON.parse(JSON.stringify(value)) as unknown, charactersOfIt];
}
