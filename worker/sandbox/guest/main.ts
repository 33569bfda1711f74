/**
 * The program that runs in the sandbox first, and that runs each template. `build.ts` bundles it into one text, which the VM
 * evaluates; templates can reach nothing of it but the library.
 */
import { seedRandom } from "./random.ts";
import { LIBRARY } from "./library/library.ts";
import { ProgramError, Limit, messageOf, TooLong } from "./program.ts";
import { Script, type ScriptSource } from "./script.ts";
import { freezeAll, lockdown } from "./lockdown.ts";

const { parse, stringify } = JSON;
const MakeRegExp = RegExp;
/** The longest JSON escape of one character: \u0000. */
const MAX_ESCAPE_CHARACTERS = 6;
const scripts: Script[] = [];
let latest: object = Object.freeze({});

/** @returns the script's number */
export function load(source: string): string {
  return guarded(() => scripts.push(new Script(parse(source) as ScriptSource)) - 1);
}

/**
 * Runs programs of a script one after another.
 * @param names of programs, as a JSON list
 * @param it the text of a JSON object; `undefined` for that of the previous run
 * @param maxCharacters of each prompt, and of all results together (more as JSON)
 */
export function run(
  script: number,
  names: string,
  it: string | undefined,
  seed: number,
  maxCharacters: number,
): string {
  if (it !== undefined) {
    const parsed = guarded(() => void (latest = freezeData(parse(it) as object)));
    if (parsed !== NO_VALUE) return parsed;
  }
  const values: string[] = [];
  let [at, length] = ["", 0];
  try {
    for (at of parse(names) as string[]) {
      // Seeded by its own name too, so that a draw in one program does not change another.
      seedRandom(seed ^ hashOf(at));
      const text = stringify(scripts[script]?.run(at, latest, maxCharacters)) ?? "null";
      if ((length += text.length) > maxCharacters * MAX_ESCAPE_CHARACTERS) throw new TooLong();
      values.push(text);
    }
    return `{"value":[${values.join(",")}]}`;
  } catch (error) {
    return errorOf(error, at);
  }
}

/** Whether a regular expression matches: these are untrusted too. */
export function matches(source: string, flags: string, text: string): string {
  return guarded(() => new MakeRegExp(source, flags).test(text));
}

const NO_VALUE = stringify({ value: null });

function guarded(act: () => unknown): string {
  try {
    return stringify({ value: act() ?? null });
  } catch (error) {
    return errorOf(error, "");
  }
}

function errorOf(error: unknown, program: string): string {
  if (error instanceof TooLong) return stringify({ error: error.message, isTooLong: true, program });
  if (error instanceof Limit) return stringify({ error: error.message, isLimit: true, program });
  if (error instanceof ProgramError) {
    const { message, line, column, partial } = error;
    return stringify({ error: message, program, line, column, partial });
  }
  return stringify({ error: messageOf(error), program });
}

/** For JSON data: only plain objects, arrays and primitives. */
function freezeData<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const key of Object.keys(value)) freezeData(value[key as keyof T]);
  return Object.freeze(value);
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  return hash;
}

lockdown(LIBRARY);
// Templates can catch these, and must not be able to leave anything in them.
freezeAll(ProgramError);
freezeAll(TooLong);
