/** The code of one template, with everything it includes. */
import { ProgramError, Program, TooLong } from "./program.ts";

/** As the host sends it. */
export interface ScriptSource {
  /** By the host's names. `atMost`: a list's further items are omitted. */
  readonly programs: Readonly<Record<string, { kind: Kind; source: string; atMost?: number }>>;
  /** By the name by which the template includes them: "style", "ID@2/style". */
  readonly partials: Readonly<Record<string, string>>;
}

export type Kind = "prompt" | "condition" | "list" | "value";

const MAX_INCLUDE_DEPTH = 10;

export class Script {
  readonly #programs = new Map<string, { kind: Kind; program: Program; atMost: number }>();
  readonly #partials = new Map<string, Program>();

  constructor({ programs, partials }: ScriptSource) {
    for (const [name, { kind, source, atMost = Infinity }] of Object.entries(programs))
      this.#programs.set(name, { kind, program: new Program(kind === "prompt", source), atMost });
    for (const [name, source] of Object.entries(partials)) this.#partials.set(name, new Program(true, source, name));
  }

  /**
   * @param maxCharacters of a prompt
   * @throws ProgramError, TooLong or QuickJS's InternalError
   */
  run(name: string, it: object, maxCharacters: number): unknown {
    const known = this.#programs.get(name);
    if (!known) throw new Error(`there is no program "${name}"`);
    const { kind, program, atMost } = known;
    if (kind === "prompt") return this.#print(program, it, { home: "", depth: 0, maxCharacters });
    const value = program.run(it);
    if (kind === "condition") return Boolean(value);
    return kind === "list" ? itemsOf(value, atMost) : value;
  }

  #print(program: Program, it: object, scope: IncludeScope): string {
    let text = "";
    const checked = () => {
      if (text.length > scope.maxCharacters) throw new TooLong();
      return text;
    };
    const print = (value: unknown) => {
      text += value as string;
      checked();
    };
    const capture = (inner: () => void) => {
      const before = text;
      text = "";
      try {
        inner();
        return text;
      } finally {
        text = before;
      }
    };
    const include = (name: unknown, data: unknown = {}) => this.#include(name, it, data, scope);
    const whole = program.run(it, include, print, capture, { print, text: checked });
    if (typeof whole !== "string")
      throw new ProgramError(`a prompt must be text; it returned a value of type ${typeof whole}`);
    if (whole.length > scope.maxCharacters) throw new TooLong();
    return whole;
  }

  #include(name: unknown, it: object, data: unknown, { home, depth, maxCharacters }: IncludeScope): string {
    const full = String(name).includes("/") ? String(name) : home + String(name);
    const program = this.#partials.get(full);
    if (!program) throw new TypeError(`there is no partial "${full.slice(0, 100)}"`);
    if (depth === MAX_INCLUDE_DEPTH)
      throw new RangeError(
        `include("${full}") is ${MAX_INCLUDE_DEPTH + 1} partials deep, but at most ${MAX_INCLUDE_DEPTH} are allowed`,
      );
    if (typeof data !== "object" || data === null)
      throw new TypeError(`include("${full}", data) needs an object of names and values as data`);
    const inner = Object.freeze({ ...it, ...data });
    return this.#print(program, inner, { home: full.slice(0, full.indexOf("/") + 1), depth: depth + 1, maxCharacters });
  }
}

/** Where a prompt runs: `home` is the prefix of the template whose partials it includes by their short names. */
interface IncludeScope {
  readonly home: string;
  readonly depth: number;
  readonly maxCharacters: number;
}

function itemsOf(value: unknown, atMost: number): unknown[] {
  if (!Array.isArray(value))
    throw new ProgramError(`it must be a list, not ${value === null ? "null" : `a ${typeof value}`}`);
  const items: unknown[] = [];
  for (let n = 0; n < value.length && n < atMost; n++) items.push(value[n] ?? null);
  return items;
}
