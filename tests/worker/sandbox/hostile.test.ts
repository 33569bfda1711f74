/** Hostile templates and seeds: none escapes, none crashes the worker, none changes the next record. */
import type { Step, Template } from "#core/template/template";
import { Prompts, RenderError } from "../../../worker/sandbox/prompts.ts";
import { Sandbox } from "../../../worker/sandbox/sandbox.ts";
import { ENDLESS } from "./hostile/endless.ts";
import { ESCAPES } from "./hostile/escapes.ts";
import type { Hostile } from "./hostile/hostile.ts";
import { LEFTOVERS } from "./hostile/leftovers.ts";
import { MACHINERY } from "./hostile/machinery.ts";
import { SEEDS } from "./hostile/seeds.ts";
import { templateOf } from "./hostile/template-of.ts";

const FILM = JSON.stringify({ seed: { title: "Heat", year: 1995, tags: ["crime", "drama"] }, steps: {} });
const LONGEST_MS = 2_500;

/** The next record: another template, whose text lists everything it finds in the sandbox. */
const NEXT_RECORD = templateOf({
  prompt: `<%= it.seed.title %> <%= Math.random() %> <%= pickOne(it.seed.tags) %> <%= keywords(it.seed.title) %> <%= include("p") %>
<% const seen = new Set(), found = [];
const look = (value, name) => {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
  seen.add(value);
  for (const key of Reflect.ownKeys(value)) {
    if (key === "length" || key === "name") continue;
    const { value: inner, get } = Object.getOwnPropertyDescriptor(value, key);
    found.push(name + "." + String(key) + ":" + typeof inner);
    look(inner, String(key));
    look(get, String(key));
  }
  look(Object.getPrototypeOf(value), name + "^");
};
[globalThis, function* () {}, async () => {}, async function* () {}, [].values(), "".matchAll(/a/g), new Map().keys(), it].forEach((thing, n) => look(thing, String(n))); %>
<%= found.length + " " + found.join(" ") %>`,
  partials: { p: "<%= it.seed.year %>" },
});

let sandbox: Sandbox;
let freshText: string;
const hostKeys = () =>
  [globalThis, Object.prototype, Array.prototype, Function.prototype, process].map(Reflect.ownKeys);
const hostBefore = hostKeys();
Object.assign(globalThis, { canary: { touched: false } });

beforeAll(async () => {
  sandbox = await Sandbox.create();
  const fresh = await Sandbox.create();
  freshText = nextRecord(fresh);
  await fresh.ready();
});

afterEach(() => sandbox.ready());
afterAll(() => void delete (globalThis as { canary?: unknown }).canary);

const CORPUS = { escapes: ESCAPES, endless: ENDLESS, leftovers: LEFTOVERS, machinery: MACHINERY, seeds: SEEDS };

test("the corpus has at least sixty templates, each with a different purpose", () => {
  const all = Object.values(CORPUS).flat();
  expect(all.length).toBeGreaterThanOrEqual(60);
  expect(new Set(all.map(({ tries }) => tries)).size).toBe(all.length);
});

describe.each(Object.entries(CORPUS))("%s", (_, hostiles) => {
  test.each(hostiles.map((hostile) => [hostile.tries, hostile] as const))("%s", async (_tries, hostile) => {
    const begunMs = performance.now();
    const end = endOf(hostile);
    expect(performance.now() - begunMs).toBeLessThan(LONGEST_MS);
    if ("text" in hostile.ends) expect(end).toEqual(hostile.ends.text);
    else {
      expect(end).toBeInstanceOf(RenderError);
      expect((end as RenderError).message).toMatch(hostile.ends.error);
      expect((end as RenderError).message.length).toBeLessThan(600);
    }
    await sandbox.ready();
    expect(differences(nextRecord(sandbox), freshText)).toEqual([]);
    expect(hostKeys().slice(1)).toEqual(hostBefore.slice(1));
    expect((globalThis as unknown as { canary: unknown }).canary).toEqual({ touched: false });
  });
});

test("what the next record finds distinguishes a sandbox with leftovers from a fresh one", async () => {
  expect(freshText.length).toBeGreaterThan(10_000);
  expect(freshText).toContain("0.sentences:function");
  expect(differences(freshText.replace("0.sentences:function", "0.sentences:number 0.leak:string"), freshText)).toEqual(
    ["0.sentences:number", "0.leak:string", "0.sentences:function"],
  );
  expect(/leak|canary|process|require|Promise:|FinalizationRegistry/.exec(freshText)).toBeNull();
});

test("a pattern of an output's schema cannot stop the worker", async () => {
  expect(() => sandbox.matches("(a+)+$", "u", `${"a".repeat(40)}b`)).toThrow("took longer than");
  await sandbox.ready();
  expect(sandbox.matches("^a+$", "u", "aaa")).toBe(true);
});

/** The text, the column as JSON, or the error. */
function endOf(hostile: Hostile): unknown {
  try {
    const template = templateOf(hostile);
    const prompts = new Prompts(template, hostile.others ?? {}, sandbox);
    const it = hostile.it ?? FILM;
    if (!prompts.applies("s", it, 1)) return "skipped";
    if (hostile.forEach !== undefined) return prompts.items("s", it, 1);
    if (hostile.until !== undefined) return prompts.until("s", it, 1);
    if (hostile.accept !== undefined) return prompts.rejectedBy(it, 1)?.name ?? "accepted";
    if (hostile.column !== undefined) return JSON.stringify(prompts.columns(it, 1).c);
    return prompts.render("s", it, 1).prompt;
  } catch (error) {
    return error;
  }
}

/** The words that only one of two texts has, so that a failure shows only those. */
function differences(one: string, other: string): string[] {
  if (one === other) return [];
  const [a, b] = [new Set(one.split(/\s/)), new Set(other.split(/\s/))];
  const only = [...[...a].filter((word) => !b.has(word)), ...[...b].filter((word) => !a.has(word))];
  return only.length > 0 ? only : ["the same words in another order"];
}

function nextRecord(inside: Sandbox): string {
  const step: Step = { ...(NEXT_RECORD.steps[0] as Step), maxPromptBytes: 1_000_000 };
  const template: Template = { ...NEXT_RECORD, steps: [step] };
  return new Prompts(template, {}, inside).render("s", FILM, 7).prompt;
}
