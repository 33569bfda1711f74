/**
 * Programs that do no more than name places in `it`, as most prompts and columns do: nothing in them could do harm, so the
 * host runs them itself, at a tenth of the price. What they give is what the sandbox would give; wherever that is not plain to
 * see, the sandbox is asked.
 */
import { partsOfPrompt } from "./inside/eta-body.ts";
import type { ScriptSource } from "./inside/script.ts";

/** The names on the way to a value: `["seed", "title"]` for `it.seed.title`. */
type Way = readonly string[];
type PlainProgram = { readonly prompt: readonly (string | Way)[] } | { readonly value: Way };

const PLACE = /^\s*it((?:\.[A-Za-z_$][\w$]*)+)\s*$/;

export class PlainPrograms {
  readonly #programs: ReadonlyMap<string, PlainProgram>;

  constructor({ programs }: ScriptSource) {
    const plain = Object.entries(programs).map(([name, program]) => [name, plainProgramOf(program)] as const);
    this.#programs = new Map(plain.flatMap(([name, program]) => (program ? [[name, program]] : [])));
  }

  /** What the programs give over the text of a JSON object; `undefined` when only the sandbox can tell. */
  run(names: readonly string[], it: string, longest: number): unknown[] | undefined {
    const programs = names.map((name) => this.#programs.get(name));
    if (!programs.every((program) => program !== undefined)) return undefined;
    const data = JSON.parse(it) as unknown;
    const given: unknown[] = [];
    let length = 0;
    for (const program of programs) {
      const value = "prompt" in program ? printed(program.prompt, data) : asJson(valueAt(program.value, data));
      if (value === undefined) return undefined;
      length += typeof value === "string" ? value.length : it.length;
      given.push(value);
    }
    // Whether that is too long, and how it is to be said, the sandbox knows.
    return length <= longest ? given : undefined;
  }
}

function plainProgramOf({ kind, source }: ScriptSource["programs"][string]): PlainProgram | undefined {
  if (kind === "value") {
    const value = wayOf(source);
    return value && { value };
  }
  const prompt = kind === "prompt" ? plainPartsOf(source) : undefined;
  return prompt && { prompt };
}

function plainPartsOf(source: string): (string | Way)[] | undefined {
  try {
    const parts = partsOfPrompt(source).map((part) => {
      if (typeof part === "string")
        return part.replace(ESCAPED, (_, character) => (character === "n" ? "\n" : character));
      return PRINTING.includes(part.t) ? wayOf(part.val) : undefined;
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

function wayOf(code: string): Way | undefined {
  return PLACE.exec(code)?.[1]?.slice(1).split(".");
}

function printed(parts: readonly (string | Way)[], data: unknown): string | undefined {
  let text = "";
  for (const part of parts) {
    const value = typeof part === "string" ? part : valueAt(part, data);
    if (typeof value !== "string" && !Number.isSafeInteger(value)) return undefined;
    text += String(value);
  }
  return text;
}

/** `undefined` for what is no member of its own. */
function valueAt(way: Way, data: unknown): unknown {
  let value = data;
  for (const name of way) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** As the sandbox hands it over: -0 is 0 in JSON. */
function asJson(value: unknown): unknown {
  return typeof value === "object" || typeof value === "number"
    ? (JSON.parse(JSON.stringify(value)) as unknown)
    : value;
}
