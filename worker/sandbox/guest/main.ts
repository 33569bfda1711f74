/**
 * The program that runs in the sandbox before any template does, and through which each is run. It is built to one text
 * (`build.ts`), which the machine evaluates; nothing of it is reachable for templates but the library.
 */
import { seedRandom } from "./random.ts";
import { LIBRARY } from "./library/library.ts";
import { ProgramError, Limit, messageOf, TooLong } from "./program.ts";
import { Script, type ScriptSource } from "./script.ts";
import { freezeAll, lockdown } from "./lockdown.ts";

const { parse, stringify } = JSON;
const MakeRegExp = RegExp;
/** Of one character in JSON: \u0000. */
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
 * @param it the text of a JSON object; `undefined` for that of the run before
 * @param longest the most characters of each prompt, and of all answers together (more as JSON)
 */
export function run(script: number, names: string, it: string | undefined, seed: number, longest: number): string {
  if (it !== undefined) {
    const parsed = guarded(() => void (latest = freezeData(parse(it) as object)));
    if (parsed !== NOTHING) return parsed;
  }
  const values: string[] = [];
  let [at, length] = ["", 0];
  try {
    for (at of parse(names) as string[]) {
      // Each by its own place, so that a draw in one does not change the other.
      seedRandom(seed ^ hashOf(at));
      const text = stringify(scripts[script]?.run(at, latest, longest)) ?? "null";
      if ((length += text.length) > longest * MAX_ESCAPE_CHARACTERS) throw new TooLong();
      values.push(text);
    }
    return `{"value":[${values.join(",")}]}`;
  } catch (error) {
    return errorOf(error, at);
  }
}

/** Whether a regular expression matches: also those come from strangers. */
export function matches(source: string, flags: string, text: string): string {
  return guarded(() => new MakeRegExp(source, flags).test(text));
}

const NOTHING = stringify({ value: null });

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

/** Data of JSON: nothing in it but plain objects, lists and values. */
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
// Templates can catch them, and must not find a place in them to leave something.
freezeAll(ProgramError);
freezeAll(TooLong);
