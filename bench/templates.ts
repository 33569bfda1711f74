import { Eta } from "eta/core";
import { parseTemplate } from "#core/template/parse";
import { Prompts } from "../worker/sandbox/prompts.ts";
import { Sandbox } from "../worker/sandbox/sandbox.ts";
import type { BenchOptions, Figure } from "./figure.ts";

const RENDERS = 2_000;
const RENDERS_SHORT = 20;
const WARM_UP = 200;
const SANDBOXES = 5;

const USUAL = `Ask one question that a <%= it.audience %> reader could answer from these facts alone.
Write the question and nothing else, in one sentence of at most thirty words, without naming the source.
<% if (it.movie.year > 1990) { %>Mind the year.<% } %>
<% for (const [name, value] of Object.entries(it.movie)) { %>- <%= name %>: <%= value %>
<% } %>
The last question was: <%= it.steps.question.output.slice(0, 400) %>`;

const CASES: Readonly<Record<string, { prompt: string; inEta?: boolean; text?: number; aim?: string }>> = {
  "small prompt": { prompt: "Ask one question about <%= it.movie.title %>.", inEta: true },
  "usual prompt": { prompt: USUAL, inEta: true, aim: "≤ 0.15" },
  "large prompt": {
    prompt: `${USUAL}\n<%= it.movie.plot %>\n${"Read it with care. ".repeat(500)}`,
    inEta: true,
    text: 16_000,
  },
  "usual prompt with two partials": {
    prompt: `<%= include("style", { tone: "dry" }) %>\n${USUAL}\n<%= include("end") %>`,
  },
  "usual prompt with keywords and a random sentence": {
    prompt: `${USUAL}\n<%= keywords(it.movie.plot).join(", ") %>: <%= truncateTokens(randomSentence(it.movie.plot), 20) %>`,
  },
};

/** The cost of a rendering in the sandbox, compared with the same template in plain Eta; and that of creating a sandbox. */
export async function* templates({ isShort, wants }: BenchOptions): AsyncGenerator<Figure> {
  const renders = isShort ? RENDERS_SHORT : RENDERS;
  const sandbox = await Sandbox.create();
  for (const [name, { prompt, inEta, text = 400, aim }] of Object.entries(CASES)) {
    if (!wants(name)) continue;
    const films = Array.from({ length: 100 }, (_, n) => filmOf(n, text));
    const prompts = new Prompts(templateOf(prompt), {}, sandbox);
    const inside = medianMs(renders, (n) => void prompts.render("ask", films[n % 100] ?? "", n));
    await sandbox.ready();
    yield { what: `${name} in the sandbox, median`, value: inside, unit: "ms", aim };
    yield { what: `${name}, renders per second`, value: 1_000 / inside, unit: "1/s" };
    if (!inEta) continue;
    const plain = new Eta({ autoEscape: false, autoTrim: false }).compile(prompt);
    const eta = new Eta();
    const bare = medianMs(renders, (n) => void plain.call(eta, JSON.parse(films[n % 100] ?? "") as object));
    yield { what: `${name} relative to plain Eta in Node, parsing its data too`, value: inside / bare, unit: "×" };
  }
  const begunMs = performance.now();
  for (let n = 0; n < SANDBOXES; n++) await Sandbox.create();
  yield { what: "creating a sandbox", value: (performance.now() - begunMs) / SANDBOXES, unit: "ms" };
}

function templateOf(prompt: string) {
  const template = parseTemplate(
    JSON.stringify({
      name: "Bench",
      parameters: { audience: { default: "curious" } },
      pick: { movie: "movies" },
      partials: {
        style: "Write in a <%= it.tone %> tone about <%= it.movie.title %>.",
        end: "Answer in one sentence.",
      },
      steps: [{ id: "ask", tier: "economy", prompt: "x" }],
    }),
  );
  return { ...template, steps: template.steps.map((step) => ({ ...step, prompt, maxPromptBytes: 100_000 })) };
}

function filmOf(n: number, text: number): string {
  const plot = "A group of professional robbers feels the heat from the police. ".repeat(text / 64);
  const movie = { title: `Film ${n}`, year: 1950 + (n % 70), director: "Ana Mann", genre: "crime", rating: 8.3, plot };
  return JSON.stringify({ movie, audience: "curious", steps: { question: { output: "Who is in it? ".repeat(8) } } });
}

function medianMs(renders: number, render: (n: number) => void): number {
  for (let n = 0; n < Math.min(WARM_UP, renders); n++) render(n);
  const times = Array.from({ length: renders }, (_, n) => {
    const begunMs = performance.now();
    render(n);
    return performance.now() - begunMs;
  }).sort((a, b) => a - b);
  return times[renders / 2] ?? NaN;
}
