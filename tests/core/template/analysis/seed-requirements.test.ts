import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describeSchema, fitProblem, type CollectionSummary } from "../../../../core/template/analysis/fit.ts";
import { kindsWithMethod, prototypeMemberKind } from "../../../../core/template/analysis/prototypes.ts";
import { seedRequirementsOf } from "../../../../core/template/analysis/seed-requirements.ts";
import type { Partials, Step, Template } from "../../../../core/template/template.ts";
import { cases, judgeOf } from "./generated-templates.ts";

type Changes = Partial<Omit<Template, "steps">> & { prompt?: string; step?: Partial<Step>; steps?: Partial<Step>[] };

const templateOf = ({ prompt = "", step = {}, steps, ...rest }: Changes): Template => ({
  name: "qa",
  tags: [],
  parameters: {},
  pick: { movie: { from: "movies", how: "shuffled" } },
  partials: {},
  categories: [],
  maxAttempts: 3,
  ...rest,
  steps: (steps ?? [{ prompt, ...step }]).map(
    (one, n) => ({ id: `step${n + 1}`, prompt: "", examples: [], fallbacks: [], ...one }) as Step,
  ),
});

const needsOf = (changes: Changes, partials: Partials = {}) => seedRequirementsOf(templateOf(changes), partials);
const described = (changes: Changes, partials?: Partials) =>
  describeSchema(needsOf(changes, partials).collections.movies ?? {});
const fits = (changes: Changes, item: unknown, partials?: Partials) =>
  new Ajv2020({ strict: false }).validate(needsOf(changes, partials).collections.movies ?? {}, item);

const ajv = new Ajv2020({ strict: false, addUsedSchema: false });
const verdicts = (branches: boolean, numRuns: number, maxWork?: number) =>
  fc.sample(cases({ branches }), { numRuns, seed: 2026 }).flatMap(({ template, items }) => {
    const fitting = ajv.compile(seedRequirementsOf(template, {}, maxWork).collections.movies ?? {});
    const judge = judgeOf(template);
    return items.map((item) => ({ template, item, isAccepted: fitting(item), fault: judge(item) }));
  });

describe("the promise", () => {
  test("without branches: refused are exactly the seeds with which real Eta prints undefined or null, or throws", () => {
    const all = verdicts(false, 500);
    expect(all.find(({ isAccepted, fault }) => isAccepted !== (fault === undefined))).toBeUndefined();
    expect(all.filter(({ isAccepted }) => isAccepted).length).toBeGreaterThan(all.length / 3);
    expect(all.filter(({ isAccepted }) => !isAccepted).length).toBeGreaterThan(all.length / 6);
  }, 120_000);

  test("with branches, early ends and computed keys: no seed is refused with which the template renders", () => {
    const all = verdicts(true, 500);
    expect(all.find(({ isAccepted, fault }) => !isAccepted && fault === undefined)).toBeUndefined();
    expect(all.filter(({ isAccepted }) => !isAccepted).length).toBeGreaterThan(all.length / 12);
  }, 120_000);

  test("wherever the analysis gives up, no seed is refused with which the template renders", () => {
    const all = [5, 20, 40].flatMap((maxWork) => verdicts(true, 150, maxWork));
    expect(all.find(({ isAccepted, fault }) => !isAccepted && fault === undefined)).toBeUndefined();
    expect(all.filter(({ isAccepted }) => !isAccepted).length).toBeGreaterThan(all.length / 30);
  }, 120_000);
});

describe("a seed with which it renders is not refused", () => {
  const item = { title: "T", tags: [{ name: "a" }, {}], lines: [], text: "some words" };
  test.each<[string, string]>([
    [
      "a name that a block declares anew",
      "<% var t = it.movie.none; if (it.movie.title) { var t = 'x'; } %><%= t.trim() %>",
    ],
    [
      "a list that is changed after it was copied",
      "<% const s = it.movie.tags.slice(); s[1] = { name: 'b' }; for (const t of s) { %><%= t.name %><% } %>",
    ],
    [
      "an object that is changed after it was copied",
      "<% const { title, ...rest } = it.movie; rest.none = 'x' %><%= rest.none.trim() %>",
    ],
    [
      "an object that is changed under another name",
      "<% const a = { t: it.movie.none }; const b = a; b.t = 'x' %><%= a.t.trim() %>",
    ],
    ["a key that is made of a text", '<%= it.movie[" title ".trim()].trim() %>'],
    ["an argument behind `?.`", "<%= it.movie.none?.concat(it.movie.none.more) ?? 'x' %>"],
    ["a loop that ends early", "<% for (const t of it.movie.tags) { %><%= t.name %><% break } %>"],
    [
      "a label",
      "<% out: for (const t of it.movie.tags) { for (const u of it.movie.tags) { %><%= t.name %><% break out } } %>",
    ],
    [
      "a callback that returns early",
      "<% it.movie.tags.forEach((t) => { if (!t.name) return; %><%= t.name.trim() %><% }) %>",
    ],
    [
      "items that a filter let through",
      "<% for (const t of it.movie.tags.filter((t) => t.name)) { %><%= t.name %> <%= it.movie.title %><% } %>",
    ],
    [
      "the rest of a list, which may be none",
      "<% const [first, ...others] = it.movie.lines; for (const o of others) { %><%= it.movie.none %><% } %>",
    ],
    ["a copy of an empty list", "<% for (const l of [...it.movie.lines]) { %><%= it.movie.none.more %><% } %>"],
    ["a partial whose text is not used", "<% const t = include('card'); %>x"],
    ["a macro that is not called", "<% const f = (m) => m.none.trim(); %>x"],
    [
      "a function that is not run to its end",
      "<% function* g() { yield 1; it.movie.none.x; } g(); async function a() { await 1; it.movie.none.x; } a().catch(() => 1) %>x",
    ],
    ["a joined list", "<%= it.movie.tags.map((t) => t.name).join() %>"],
    ["scopes that are meddled with", "<% with (it.movie) { %><%= title.trim() %><% } %>"],
    ["a field that texts offer of themselves", "<%= it.movie.text.length %> <%= it.movie.text.link %>"],
    [
      "a list of the template's own",
      "<% const list = []; for (const t of it.movie.tags) list.push({ n: t.name ?? 'x' }); %><%= list[0].n %>",
    ],
    ["a value that is chosen anew", "<% let t = it.movie.none; t ??= 'x' %><%= t.trim() %>"],
    ["a value that a default replaces", "<% const f = ({ none = 'x' }, b = none) => b; %><%= f(it.movie).trim() %>"],
    [
      "a counter that is moved",
      "<% for (let i = 0; i < it.movie.tags.length; i++) { %><%= it.movie.tags[i].name %><% i++ } %>",
    ],
  ])("%s", (_, prompt) => {
    const changes = { prompt, partials: { card: "<%= it.movie.none %>" } };
    // The judge throws at once when a partial prints an undefined value, used or not.
    const judged = { ...templateOf(changes), partials: { card: "not used" } };
    expect(judgeOf(judged)(item)).toBeUndefined();
    expect(fits(changes, item)).toBe(true);
  });
});

describe("what is read", () => {
  test.each<[string, string, string]>([
    ["nested paths", "<%= it.movie.body.text %>", "body.text"],
    ["keys written as texts", '<%= it.movie["full title"] %> <%= it["movie"].year %>', "full title, year"],
    ["items of a loop", "<% for (const t of it.movie.tags) { %><%= t.name %><% } %>", "tags[].name"],
    [
      "items of a counting loop",
      "<% for (let i = 0; i < it.movie.tags.length; i++) { %><%= it.movie.tags[i].name %><% } %>",
      "tags[].name",
    ],
    ["items of callbacks", "<% it.movie.tags.forEach((t, i) => { %><%= t.name %><% }) %>", "tags[].name"],
    ["items of what a callback made", "<%= it.movie.tags.map((t) => `- ${t.name}`).join() %>", "tags[].name"],
    ["aliases", "<% const m = it.movie; const b = m.body %><%= b.text %>", "body.text"],
    ["destructuring", "<% const { body: { text }, year } = it.movie %><%= text %><%= year %>", "body.text, year"],
    ["defaults", '<% const { lead = "none" } = it.movie %><%= lead %>', "lead (optional)"],
    ["what is left over", "<% const { year, ...rest } = it.movie %><%= rest.title %>", "year (optional), title"],
    ["macros", "<% function card(m, s = '.') { %><%= m.title %><% } card(it.movie) %>", "title"],
    [
      "macros that answer",
      "<% const f = (m) => { const t = m.title; return t.trim(); } %><%= f(it.movie) %>",
      "title (text)",
    ],
    ["methods of texts", "<%= it.movie.title.trim().length %>", "title (text)"],
    ["methods of numbers", "<%= it.movie.year.toFixed() %>", "year (number)"],
    ["what texts and lists share", "<%= it.movie.title.slice(1).length %>", "title (text or list)"],
    ["text put together", '<%= it.movie.title + " of " + it.movie.year %>', "title, year"],
    ["`?.`", "<%= it.movie.body?.text %>", "body.text (optional)"],
    ["`??`", '<%= it.movie.lead ?? "" %>', "lead (optional)"],
    ["`??` behind a path that must be there", '<%= it.movie.body.lead ?? "" %>', "body.lead (optional)"],
    ["branches", "<% if (it.movie.year > 2000) { %><%= it.movie.title %><% } %>", "year (optional), title (optional)"],
    [
      "a condition in a tag of its own",
      "<% if (it.movie.year) %><%= it.movie.title %>",
      "year (optional), title (optional)",
    ],
    [
      "what follows an early end",
      "<% for (const t of it.movie.tags) { if (!t.name) continue; %><%= t.name %><% } %>",
      "tags[].name (optional)",
    ],
    ["tests for a type", '<%= typeof it.movie.title === "string" ? it.movie.title : "" %>', "title (optional)"],
    ["try", "<% try { %><%= it.movie.title.trim() %><% } catch {} %>", "title (optional)"],
    ["values that are handed over whole", "<%= json(it.movie) %> <%= JSON.stringify(it.movie.body) %>", "body"],
    [
      "functions of the library",
      "<%= truncateTokens(it.movie.body, 5) %> <%= pickOne(it.movie.tags) %>",
      "body (text), tags (list)",
    ],
    ["nothing but the step's own", "<%= it.steps.other.output.title %>", "items of any fields"],
  ])("%s", (_, prompt, words) => {
    expect(described({ prompt })).toBe(words);
  });

  test("a loop over a list that may be empty asks only when it is not", () => {
    const prompt = "<% for (const t of it.movie.tags) { %><%= t.name %> of <%= it.movie.title %><% } %>";
    expect(fits({ prompt }, { tags: [] })).toBe(true);
    expect(fits({ prompt }, { tags: [{ name: "a" }], title: "T" })).toBe(true);
    expect(fits({ prompt }, { tags: [{ name: "a" }] })).toBe(false);
    expect(fits({ prompt }, { tags: [{}], title: "T" })).toBe(false);
    expect(fits({ prompt }, { title: "T" })).toBe(false);
  });

  describe("a null", () => {
    const maybeNull = { title: null, tags: [{ name: null }], lead: "x" };

    test.each([
      "<%= it.movie.title %>",
      "<%= `about ${it.movie.title}` %>",
      '<%= "about " + it.movie.title %>',
      "<%= String(it.movie.title) %>",
      "<% const t = it.movie.title %><%= t %>",
      "<% for (const t of it.movie.tags) { %><%= t.name %><% } %>",
      "<% const show = (x) => { output(x) }; show(it.movie.title) %>",
    ])("that is printed is refused: %s", (prompt) => {
      expect(fits({ prompt }, maybeNull)).toBe(false);
      expect(fits({ prompt }, { title: "", tags: [{ name: "n" }] })).toBe(true);
    });

    test.each([
      '<%= it.movie.title ?? "" %>',
      '<%= it.movie.title || "none" %>',
      "<% if (it.movie.title) { %><%= it.movie.title %><% } %>",
      "<% if (it.movie.title === null) { %>none<% } else { %><%= it.movie.title %><% } %>",
      "<% if (it.movie.title === null) return 'none' %><%= it.movie.title %>",
      "<%= it.movie.title ? `about ${it.movie.title}` : '' %>",
      "<%= it.movie.title && it.movie.title %>",
      "<%= it.movie.title === null %>",
      "<%= JSON.stringify(it.movie) %><%= JSON.stringify(it.movie.title) %><%= json(it.movie.title) %>",
      "<%= [it.movie.title, it.movie.lead].join() %>",
      "<%= it.movie.tags.map((t) => t.name) %>",
      "<% const unused = `${it.movie.title}` %>",
      "<%= it.movie.tags.filter((t) => t.name).map((t) => `${t.name}`) %>",
    ])("that is not, or not for certain, is not: %s", (prompt) => {
      expect(fits({ prompt }, maybeNull)).toBe(true);
    });

    test("behind a step's condition is not refused", () => {
      expect(fits({ step: { when: "it.movie.title !== null", prompt: "<%= it.movie.title %>" } }, maybeNull)).toBe(
        true,
      );
    });

    test("is a column's value, but no word in its text", () => {
      const column = (value: string) => fits({ record: { a: { value } } }, maybeNull);
      expect([column("it.movie.title"), column("`about ${it.movie.title}`")]).toEqual([true, false]);
    });
  });

  test("nothing can be read of a null", () => {
    expect(fits({ prompt: "<%= it.movie.body.text %>" }, { body: null })).toBe(false);
  });

  test("an include hands on what it is given, also through another template's own partials", () => {
    const prompt = '<%= include("A1@2/card", { film: it.movie }) %>';
    const partials = {
      "A1@2/card": '<%= it.film.title %> <%= include("tags", { list: it.film.tags }) %>',
      "A1@2/tags": "<% it.list.forEach(({ name }) => { %><%= name %><% }) %><%= it.movie.year %>",
    };
    expect(described({ prompt }, partials)).toBe("title, tags[].name, year");
    expect(needsOf({ prompt }, partials).reads.map(({ location, path }) => `${location}: ${path}`)).toEqual([
      'step "step1", partial "A1@2/card": title',
      'step "step1", partial "tags": tags[].name',
      'step "step1", partial "tags": year',
    ]);
  });

  test("an include that is written without data sees what its caller sees", () => {
    expect(described({ prompt: '<%= include("card") %>', partials: { card: "<%= it.movie.title %>" } })).toBe("title");
  });

  test("a step that may be skipped asks only for its condition", () => {
    const step = { when: "it.movie.body.text.length > 5", prompt: "<%= it.movie.title %>" };
    expect(described({ step })).toBe("body.text, title (optional)");
  });

  test("a step for each item reads the first of them, as many as are used", () => {
    const step = {
      forEach: { list: "it.movie.parts", as: "part", atMost: 2 },
      prompt: "<%= it.part.title %> <%= it.index %>",
    };
    expect(needsOf({ step }).reads[0]).toMatchObject({ path: "parts[].title", required: true });
    expect(fits({ step }, { parts: [{ title: 1 }, { title: 2 }, {}] })).toBe(true);
    expect(fits({ step }, { parts: [{ title: 1 }, {}] })).toBe(false);
    expect(fits({ step }, { parts: "ab" })).toBe(false);
  });

  test("a pick of several items is a list of them", () => {
    const pick = { pairs: { from: "movies", how: "random", count: 3 } } as const;
    expect(described({ pick, prompt: "<% for (const p of it.pairs) { %><%= p.q %><% } %>" })).toBe("q");
    expect(described({ pick, prompt: "<%= it.pairs[2].q %> of <%= it.pairs.length %>" })).toBe("q");
  });

  test("the first condition of accept reads the seeds for sure, those after it only if it holds", () => {
    const accept = [
      { name: "a", expression: "it.movie.year.toFixed() > '1'" },
      { expression: "it.movie.title.trim()" },
    ];
    expect(described({ accept })).toBe("year (number), title (optional)");
    expect(needsOf({ accept }).reads[0]).toMatchObject({ path: "year", location: 'condition "a"', required: true });
  });

  test("a column that a condition reads asks of its seeds what the condition does with it", () => {
    const record = { t: { value: "it.movie.title" }, n: { value: "it.movie.year", type: "integer" } } as const;
    const accept = [{ expression: "it.record.t.trim() && it.record.n.toFixed()" }];
    expect(described({ record, accept })).toBe("title (text), year");
  });

  test("of an object made in a column nothing more is asked: it may tell JSON something else than it holds", () => {
    const record = { o: { value: '({ t: it.movie.title, toJSON: () => ({ t: "x" }) })' } };
    const accept = [{ expression: 'it.record.o.t.trim() === "x"' }];
    expect(fits({ record, accept }, { title: 5 })).toBe(true);
  });

  test("what a weighted draw goes by has to be a number", () => {
    const pick = { movie: { from: "movies", how: "weighted", weight: "reviews" } } as const;
    expect(described({ pick })).toBe("reviews (number)");
  });

  test("a draw asks of the seeds what it does with them, and what everything after it does with the draw", () => {
    const draws = { one: "pickOne(it.movie.tags)", t: "it.movie.title", loud: "it.draws.t.toUpperCase()" };
    expect(described({ draws })).toBe("tags (list), title (text)");
    expect(described({ draws: { t: "it.movie.title" }, prompt: "<%= it.draws.t.trim() %>" })).toBe("title (text)");
    expect(described({ draws: { t: "it.movie.title" }, prompt: "<%= it.draws.t %>" })).toBe("title");
    expect(needsOf({ draws }).reads.map(({ location }) => location)).toContain('draw "one"');
    expect(fits({ draws }, { tags: ["a"], title: "T" })).toBe(true);
    expect(fits({ draws }, { tags: [], title: "T" })).toBe(false);
  });

  test("what was drawn of a list is not known to be one of its items: nothing is refused for it", () => {
    const draws = { one: "pickOne(it.movie.tags)" };
    expect(fits({ draws, prompt: "<%= it.draws.one.name %>" }, { tags: [{ name: "a" }, {}] })).toBe(true);
    expect(needsOf({ draws, prompt: "<%= it.draws.one.name %>" }).reads.map(({ path }) => path)).toContain(
      "tags[].name",
    );
  });

  test("rows need a list, whose items have what the columns read of each", () => {
    const record = { t: { value: "it.row.text" }, n: { value: "it.index" } };
    expect(described({ rows: "it.movie.lines", record })).toBe("lines[].text");
    expect(fits({ rows: "it.movie.lines", record }, { lines: [{ text: "a" }, { text: "b" }] })).toBe(true);
    expect(fits({ rows: "it.movie.lines", record }, { lines: [{ text: "a" }, {}] })).toBe(false);
    expect(fits({ rows: "it.movie.lines", record }, { lines: "text" })).toBe(false);
    expect(fits({ rows: "it.movie.lines", record }, { lines: [] })).toBe(true);
    expect(fits({ rows: "it.movie.lines.filter((line) => line.text)", record }, { lines: [{}] })).toBe(true);
    const accept = [{ expression: "it.rows[0].t.trim().length > 1" }];
    expect(fits({ rows: "it.movie.lines", record, accept }, { lines: [{ text: 5 }] })).toBe(true);
  });

  test("columns have to be defined, unless they say what else", () => {
    const record = { a: { value: "it.movie.title" }, b: { value: "it.movie.year ?? null" } };
    expect(described({ record })).toBe("title, year (optional)");
  });

  test("a collection that is drawn and never read is needed all the same", () => {
    expect(needsOf({ prompt: "Hello" })).toMatchObject({
      collections: { movies: { type: "object" } },
      reads: [{ pick: "movie", collection: "movies", path: "", location: 'pick "movie"' }],
    });
  });

  test("a computed key is named with its place, its line and what is written there, and asks nothing", () => {
    const { warnings, collections } = needsOf({ prompt: "one\n<%= it.movie[it.audience] %>" });
    expect(warnings).toEqual([
      'Template "qa" step "step1" reads it.movie[it.audience] in line 2: the field is known only when rendering, so seeds are not checked for it.',
    ]);
    expect(collections.movies).toEqual({ type: "object" });
    expect(needsOf({ prompt: "<% for (const k in it.movie) { %><%= it.movie[k] %><% } %>" }).warnings).toEqual([]);
  });

  test("macros that call each other without end are let go, and soon", () => {
    const prompt =
      "<% const f = (m) => f(m) + g(m); const g = (m) => f(m) + f(m) %><%= f(it.movie) %><%= it.movie.title %>";
    expect(described({ prompt })).not.toContain("text");
  });

  test("a text that doubles itself again and again stays small", () => {
    const doubling = Array.from({ length: 60 }, (_, n) => `const t${n + 1} = t${n} + t${n};`).join(" ");
    expect(described({ prompt: `<% const t0 = "a" + it.movie.title; ${doubling} %><%= t60 %>` })).toBe("title");
  });
});

describe("a template that takes too much work to analyze in full", () => {
  const chain = (first: string, next: (n: number) => string) =>
    `${first} ${Array.from({ length: 30 }, (_, n) => next(n)).join(" ")}`;
  /** Each text includes the next one nine times. */
  const diamond = (data: string, last: string) => ({
    ...Object.fromEntries(
      Array.from({ length: 8 }, (_, n) => [`p${n}`, `<%= include("p${n + 1}"${data}) %>`.repeat(9)]),
    ),
    p8: last,
  });

  test.each<[string, string, Partials?]>([
    [
      "a macro that calls itself twice",
      "<% const w = (n) => { output(n.name); w(n.left); w(n.right) }; w(it.movie) %>",
    ],
    ["one that answers", "<% const w = (n) => n.x + w(n.a) + w(n.b) + w(n.c); %><%= w(it.movie) %>"],
    [
      "macros that call each other",
      "<% const a = (n) => { b(n.l); b(n.r) }; const b = (n) => { a(n.l); a(n.r) }; a(it.movie) %>",
    ],
    ["default values that call", "<% const f = (a, b = f(a.l), c = f(a.r)) => a.x; f(it.movie) %>"],
    ["a macro given to itself", "<% const y = (f) => { f(f); f(f) }; y((g) => { g(g); g(g) }) %>"],
    [
      "macros that each call the one before twice",
      `<% ${chain("const f0 = (x) => x.a;", (n) => `const f${n + 1} = (x) => f${n}(x.l) + f${n}(x.r);`)} %><%= f30(it.movie) %>`,
    ],
    [
      "lists that hold the one before twice",
      `<% ${chain("const s0 = [it.movie.x];", (n) => `const s${n + 1} = [s${n}, s${n}];`)} %><%= s30 %>`,
    ],
    [
      "lists that spread it twice",
      `<% ${chain("const s0 = [it.movie.x];", (n) => `const s${n + 1} = [...s${n}, ...s${n}];`)} %><%= s30 %>`,
    ],
    [
      "objects that spread it twice",
      `<% ${chain("const s0 = { x: it.movie.x };", (n) => `const s${n + 1} = { ...s${n}, ...s${n} };`)} %><%= s30.y %><%= s30[it.movie.x] %>`,
    ],
    [
      "functions in lists",
      `<% ${chain("const s0 = [() => it.movie.x];", (n) => `const s${n + 1} = [s${n}, s${n}];`)} %><%= unknown(s30) %>`,
    ],
    [
      "texts that hold it twice",
      `<% ${chain("const s0 = `${it.movie.x}`;", (n) => `const s${n + 1} = \`\${s${n}}\${s${n}}\${it.movie.x${n}}\`;`)} %><%= s30 %>`,
    ],
    ["loops in loops", `<% ${"for (const a of [1, 2, 3, 4]) {".repeat(30)} ${"}".repeat(30)} %>`],
    ["callbacks in callbacks", `<%= ${"[1, 2, 3, 4].map((x) => ".repeat(30)}it.movie.x${")".repeat(30)} %>`],
    [
      "includes that include the next nine times",
      '<%= include("p0", { a: it.movie }) %>',
      diamond(", { a: it.movie }", "x"),
    ],
    ["thousands of fields", Array.from({ length: 2_500 }, (_, n) => `<%= it.movie.field${n} %>`).join("")],
  ])("%s", (_, prompt, partials = {}) => {
    const needs = needsOf({ partials, steps: [{ prompt: "<%= it.movie.title %>" }, { prompt }] });
    expect(needs.reads).toContainEqual(expect.objectContaining({ path: "title", required: true }));
    expect(JSON.stringify(needs).length).toBeLessThan(150_000);
  });

  test("says so, and still requires what was found before", () => {
    const prompt = `<% ${chain("const f0 = () => 1;", (n) => `const f${n + 1} = () => { f${n}(); f${n}(); };`)} f30() %>`;
    const needs = needsOf({
      steps: [{ prompt: `<%= it.movie.cast.map((c) => c) %>${prompt}` }, { prompt: "<%= it.movie.year %>" }],
    });
    expect(needs.warnings).toEqual([
      'Template "qa" step "step1" does too much to be analyzed in full, so seeds are not checked for all it reads; make its loops and macros simpler.',
    ]);
    expect(describeSchema(needs.collections.movies ?? {})).toBe("cast (list), year");
  });

  test("a text that is included again and again is analyzed once", () => {
    const needs = needsOf({ partials: diamond("", "<%= it.movie.title %>"), prompt: '<%= include("p0") %>' });
    expect(needs.warnings).toEqual([]);
    expect(describeSchema(needs.collections.movies ?? {})).toBe("title");
  });
});

test("the table of what JSON's types offer knows all that this engine offers", () => {
  const samples = { boolean: true, number: 0, string: "", array: [], object: {} } as const;
  for (const [kind, sample] of Object.entries(samples)) {
    const prototype = Object.getPrototypeOf(sample) as object;
    const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== "__proto__");
    const unknown = names.filter((name) => prototypeMemberKind(kind as keyof typeof samples, name) === undefined);
    expect([kind, unknown]).toEqual([kind, []]);
  }
  expect(kindsWithMethod("slice")).toEqual(["string", "array"]);
});

describe("whether seeds fit", () => {
  const field = (name: string, types: string[], missing = 0, more: object = {}) => ({ name, types, missing, ...more });
  const collection = (...fields: CollectionSummary["fields"]): CollectionSummary[] => [
    { name: "articles", itemCount: 300, fields },
  ];
  const pick = { article: { from: "articles", how: "shuffled" } } as const;
  const faultOf = (prompt: string, collections: CollectionSummary[]) =>
    fitProblem(needsOf({ pick, prompt, step: { id: "question" } }), collections, "qa");
  const texts = [field("title", ["string"]), field("text", ["string"])];

  test.each<[string, string, CollectionSummary[], string | undefined]>([
    [
      "a field that no item has",
      "<%= it.article.body.text %>",
      collection(...texts),
      'Template "qa" step "question" reads article.body; the collection "articles" has no "body" (it has title, text).',
    ],
    [
      "a field within that no item has",
      "<% for (const t of it.article.tags) { %><%= t.name %><% } %>",
      collection(field("tags", ["array"]), field("tags[]", ["object"]), field("tags[].id", ["integer"])),
      'Template "qa" step "question" reads article.tags[].name; "tags[]" in the collection "articles" has no "name" (it has id).',
    ],
    [
      "a collection that is not there",
      "Hello",
      [{ name: "movies", itemCount: 3, fields: texts }],
      'Template "qa" pick "article" draws from the collection "articles", which the seed set does not have (it has movies).',
    ],
    [
      "a field that some items lack",
      "<%= it.article.title.trim() %>",
      collection(field("title", ["string"], 12)),
      'Template "qa" step "question" reads article.title, which is absent or null in 12 of 300 items of "articles"; add a fallback (?? ""), read it only under a condition, or leave those items out.',
    ],
    [
      "a field of another type",
      "<%= it.article.tags.map((t) => t) %>",
      collection(field("tags", ["string"])),
      'Template "qa" step "question" reads article.tags as a list; in "articles" it is text.',
    ],
    [
      "a text where a list of objects is looped over",
      "<% for (const t of it.article.tags) { %><%= t.name %><% } %>",
      collection(field("tags", ["string"])),
      'Template "qa" step "question" reads article.tags as a list; in "articles" it is text.',
    ],
    [
      "a field of several types",
      "<%= it.article.title.trim() %>",
      collection(field("title", ["integer", "string"])),
      'Template "qa" step "question" reads article.title as text; in "articles" some of it is a number.',
    ],
    ["a field that has what is read", "<%= it.article.title.trim() %>", collection(...texts), undefined],
    [
      "empty texts, which can be read",
      "<%= it.article.title.trim() %>",
      collection(field("title", ["string"], 9, { empty: 9 })),
      undefined,
    ],
    [
      "a field that is null in some items, which would print the word",
      "<%= it.article.title %>",
      collection(field("title", ["string"], 12, { nulls: 12 })),
      'Template "qa" step "question" reads article.title, which is absent or null in 12 of 300 items of "articles"; add a fallback (?? ""), read it only under a condition, or leave those items out.',
    ],
    [
      "a field that is null in some items, in JSON",
      "<%= JSON.stringify(it.article.title) %>",
      collection(field("title", ["string"], 12, { nulls: 12 })),
      undefined,
    ],
    [
      "a field that is absent, not null, in some items, in JSON",
      "<%= JSON.stringify(it.article.title) %>",
      collection(field("title", ["string"], 12, { nulls: 5 })),
      'Template "qa" step "question" reads article.title, which is absent in 7 of 300 items of "articles"; add a fallback (?? ""), read it only under a condition, or leave those items out.',
    ],
    ["a field with a fallback", '<%= it.article.lead ?? "" %>', collection(...texts), undefined],
    [
      "a field deeper than was looked",
      "<%= it.article.a.b %>",
      collection(field("a", ["object"], 0, { more: true })),
      undefined,
    ],
    [
      "a field of objects that are no objects",
      "<%= it.article.body.length %>",
      collection(field("body", ["array"])),
      undefined,
    ],
  ])("%s", (_, prompt, collections, fault) => {
    expect(faultOf(prompt, collections)).toBe(fault);
  });
});
