/** Seeds are from strangers too: uploaded files, and what models answered. */
import type { Hostile } from "./hostile.ts";

const seed = (value: unknown) => `{"seed":${JSON.stringify(value)},"steps":{}}`;

export const SEEDS: readonly Hostile[] = [
  {
    tries: "__proto__ as a key",
    it: `{"seed":{"__proto__":{"leak":1}},"steps":{}}`,
    prompt: "<%= typeof ({}).leak + typeof it.seed.leak + json(it.seed) %>",
    ends: { text: 'undefinedundefined{"__proto__":{"leak":1}}' },
  },
  {
    tries: "__proto__ beside the picks",
    it: `{"__proto__":{"leak":1},"seed":{},"steps":{}}`,
    prompt: "<%= typeof it.leak %><%= include('p', { a: 1 }) %>",
    partials: { p: "<%= typeof it.leak %>" },
    ends: { text: "undefinedundefined" },
  },
  {
    tries: "constructor as a key",
    it: seed({ constructor: { prototype: { leak: 1 } } }),
    prompt: "<%= typeof ({}).leak + it.seed.constructor.prototype.leak %>",
    ends: { text: "undefined1" },
  },
  { tries: "toString as a key", it: seed({ toString: "x" }), prompt: "<%= it.seed %>", ends: { error: /./ } },
  {
    tries: "toJSON as a key",
    it: seed({ toJSON: "x", a: 1 }),
    prompt: "<%= json(it.seed) %>",
    ends: { text: '{"toJSON":"x","a":1}' },
  },
  { tries: "then as a key", it: seed({ then: "x" }), prompt: "<%= it.seed.then %>", ends: { text: "x" } },
  {
    tries: "valueOf and Symbol.toPrimitive as keys",
    it: seed({ valueOf: 1, "Symbol.toPrimitive": 1 }),
    prompt: "<%= it.seed + 1 %>",
    ends: { text: "[object Object]1" },
  },
  {
    tries: "length as a key",
    it: seed({ length: 9007199254740991 }),
    prompt: "<%= Array.from(it.seed).length %>",
    ends: { error: "invalid array length" },
  },
  {
    tries: "hasOwnProperty as a key",
    it: seed({ hasOwnProperty: 1 }),
    prompt: "<%= Object.hasOwn(it.seed, 'hasOwnProperty') %>",
    ends: { text: "true" },
  },
  {
    tries: "tags of Eta",
    it: seed({ t: "<% process.exit(1) %><%= 1 + 1 %>" }),
    prompt: "<%= it.seed.t %>",
    ends: { text: "<% process.exit(1) %><%= 1 + 1 %>" },
  },
  {
    tries: "code in quotes",
    it: seed({ t: "'); leak(); ('" }),
    prompt: "<%~ it.seed.t %>",
    ends: { text: "'); leak(); ('" },
  },
  {
    tries: "a template's literal",
    it: seed({ t: "${process.env.HOME}`" }),
    prompt: "<%= `${it.seed.t}` %>",
    ends: { text: "${process.env.HOME}`" },
  },
  {
    tries: "NUL and control characters",
    it: seed({ t: "a\u0000b\u0007\u001b[2J" }),
    prompt: "<%= it.seed.t.length + it.seed.t %>",
    ends: { text: "8a\u0000b\u0007\u001b[2J" },
  },
  {
    tries: "half characters",
    it: seed({ t: "\ud800x\udc00" }),
    prompt: "<%= it.seed.t.length + it.seed.t %>",
    ends: { text: "3\ufffdx\ufffd" },
  },
  {
    tries: "line separators",
    it: seed({ t: "a\u2028b\u2029c" }),
    prompt: "<%= it.seed.t %>",
    ends: { text: "a\u2028b\u2029c" },
  },
  {
    tries: "a huge key",
    it: seed({ ["k".repeat(1_000_000)]: 1 }),
    prompt: "<%= Object.keys(it.seed)[0].length %>",
    ends: { text: "1000000" },
  },
  {
    tries: "very many keys",
    it: seed(Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, n]))),
    prompt: "<%= Object.keys(it.seed).length %>",
    ends: { text: "20000" },
  },
  {
    tries: "very deep nesting",
    it: `{"seed":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)},"steps":{}}`,
    prompt: "x",
    ends: { error: "recursed too deeply" },
  },
  {
    tries: "a text larger than the memory",
    it: seed({ t: "x".repeat(33_000_000) }),
    prompt: "x",
    ends: { error: /memory|longer than/ },
  },
  {
    tries: "numbers beyond numbers",
    it: `{"seed":{"n":1e999,"m":-0,"k":123456789012345678901234567890},"steps":{}}`,
    prompt: "<%= it.seed.n + ' ' + it.seed.k %>",
    ends: { text: "Infinity 1.2345678901234568e+29" },
  },
  {
    tries: "the same key twice",
    it: `{"seed":{"a":1,"a":2},"steps":{}}`,
    prompt: "<%= it.seed.a %>",
    ends: { text: "2" },
  },
  {
    tries: "the answer of a model that holds tags",
    it: `{"seed":{},"steps":{"q":{"output":"<%= it.seed %>%><% for(;;); %>"}}}`,
    prompt: "<%= it.steps.q.output %>",
    ends: { text: "<%= it.seed %>%><% for(;;); %>" },
  },
  { tries: "what is not JSON", it: `{"seed":`, prompt: "x", ends: { error: /JSON|expect|unexpected/ } },
  {
    tries: "a blow-up of an author's expression",
    it: seed({ t: "a".repeat(60) + "!" }),
    prompt: "<%= /^(\\w+\\s?)*$/.test(it.seed.t) %>",
    ends: { error: "longer than" },
  },
  {
    tries: "a blow-up of the library",
    it: seed({ t: "*".repeat(3_000) + "[".repeat(3_000) + "(".repeat(3_000) + "_".repeat(3_000) }),
    prompt:
      "<%= [stripMarkdown, sentences, keywords, writingStyle, randomSentence, dedent, wrap].map((f) => typeof f(it.seed.t)) %>",
    ends: { text: "string,object,object,string,string,string,string" },
  },
];
