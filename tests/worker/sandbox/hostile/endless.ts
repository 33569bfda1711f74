/** What never ends, or takes all the memory there is. */
import { TOO_DEEP, TOO_LONG, TOO_MUCH, type Hostile } from "./hostile.ts";

const OUT = { error: TOO_LONG };
const DEEP = { error: TOO_DEEP };
/** Which of the limits is hit first depends on the machine. */
const EITHER = { error: new RegExp(`${TOO_LONG}|${TOO_MUCH}`) };

export const ENDLESS: readonly Hostile[] = [
  { tries: "an endless loop", prompt: "<% for (;;); %>", ends: OUT },
  {
    tries: "an endless loop that swallows its errors",
    prompt: "<% for (;;) { try { null.x } catch {} } %>",
    ends: OUT,
  },
  { tries: "an endless loop in finally", prompt: "<% try { for (;;); } finally { for (;;); } %>", ends: OUT },
  { tries: "an endless generator", prompt: "<% for (const x of (function* () { for (;;) yield 1 })()); %>", ends: OUT },
  { tries: "a getter that never ends", prompt: "<%= ({ get x() { for (;;); } }).x %>", ends: OUT },
  { tries: "an endless toString", prompt: "<%= { toString() { for (;;); } } %>", ends: OUT },
  { tries: "an endless condition", prompt: "x", when: "(() => { for (;;); })()", ends: OUT },
  { tries: "an endless column", prompt: "x", column: "(() => { for (;;); })()", ends: OUT },
  { tries: "an endless condition of accept", prompt: "x", accept: "(() => { for (;;); })()", ends: OUT },
  { tries: "an endless toJSON", prompt: "x", column: "({ toJSON() { for (;;); } })", ends: OUT },
  { tries: "an endless list", prompt: "x", forEach: "Array.from({ length: 1e9 })", ends: EITHER },
  { tries: "an endless repeat.until", prompt: "x", until: "(() => { for (;;); })()", ends: OUT },
  { tries: "an exception that never becomes a text", prompt: "<% throw { get message() { for (;;); } } %>", ends: OUT },
  {
    tries: "an exception that throws when it is read",
    prompt: "<% throw { get message() { throw 1 }, toString() { throw 1 } } %>",
    ends: { error: "it threw something that is not an error" },
  },
  { tries: "a regular expression that never ends", prompt: "<%= /(a+)+$/.test('a'.repeat(40) + 'b') %>", ends: OUT },
  {
    tries: "nested quantifiers",
    prompt: "<%= /(?:a{0,1000}){0,1000}(?:a{0,1000}){0,1000}b/.test('a'.repeat(3000)) %>",
    ends: OUT,
  },
  {
    tries: "backreferences that never end",
    prompt: "<%= /^(.*)(.*)(.*)(.*)\\1\\2\\3\\4$/.test('ab'.repeat(120) + 'c') %>",
    ends: OUT,
  },
  {
    tries: "a long regular expression",
    prompt: "<%= new RegExp('[' + 'a-c'.repeat(1e5) + ']') %>",
    ends: { error: "exceeded its maxPromptBytes" },
  },
  {
    tries: "a long pattern through match",
    prompt: "<%= 'x'.match('[' + 'a-c'.repeat(1e5) + ']') %>",
    ends: { text: "null" },
  },
  { tries: "compiling a pattern anew", prompt: "<%= /x/.compile('(a+)+$').test('a'.repeat(40) + 'b') %>", ends: OUT },
  {
    tries: "a native search without end",
    prompt: "<%= [].indexOf.call({ length: 2 ** 53 - 1 }, 1) %>",
    ends: OUT,
  },
  { tries: "a native search over a list of gaps", prompt: "<%= new Array(4e9).includes(1) %>", ends: EITHER },
  {
    tries: "a native search over gaps that a chain of prototypes fills",
    prompt:
      "<% let o = null; for (let n = 0; n < 1e5; n++) o = Object.create(o); const a = new Array(1e6); Object.setPrototypeOf(a, o); %><%= [].indexOf.call(a, 1) %>",
    ends: OUT,
  },
  {
    tries: "a native forEach without end",
    prompt: "<% Array.prototype.forEach.call({ length: 2 ** 53 - 1 }, () => 0) %>",
    ends: OUT,
  },
  { tries: "joining without end", prompt: "<%= new Array(4e9).join('') %>", ends: EITHER },
  { tries: "reversing without end", prompt: "<%= [].reverse.call({ length: 2 ** 53 - 1 }) %>", ends: OUT },
  {
    tries: "concat of what pretends to be a list",
    prompt: "<%= [].concat({ length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true }).length %>",
    ends: EITHER,
  },
  { tries: "flatMap over gaps without end", prompt: "<%= [1].flatMap(() => new Array(4e9)).length %>", ends: EITHER },
  {
    tries: "flattening what doubles with each level",
    prompt: "<% let l = []; for (let n = 0; n < 60; n++) l = [l, l]; %><%= l.flat(Infinity).length %>",
    ends: OUT,
  },
  {
    tries: "joining what doubles with each level",
    prompt: "<% let l = []; for (let n = 0; n < 60; n++) l = [l, l]; %><%= String(l).length %>",
    ends: OUT,
  },
  {
    tries: "flattening a circle",
    prompt: "<% const l = []; l.push(l); %><%= l.flat(Infinity).length %>",
    ends: DEEP,
  },
  {
    tries: "an iterator's drop without end",
    prompt: "<%= [].values.call({ length: 2 ** 53 - 1 }).drop(2 ** 53 - 1).next() %>",
    ends: OUT,
  },
  {
    tries: "a set's union without end",
    prompt:
      "<%= new Set([1]).union({ size: 1, has: () => true, keys: () => [].values.call({ length: 2 ** 53 - 1 }) }).size %>",
    ends: OUT,
  },
  {
    tries: "searching a long text in a long text",
    prompt: "<% const t = 'a'.repeat(200_000); %><%= t.indexOf('a'.repeat(100_000) + 'b') %>",
    ends: EITHER,
  },
  {
    tries: "ordering a long run of accents",
    prompt: "<%= '\\u0301\\u0316'.repeat(500_000).normalize('NFD').length %>",
    ends: EITHER,
  },
  {
    tries: "a replacer with very many keys",
    prompt: "<%= JSON.stringify({}, Array.from({ length: 100_000 }, (_, n) => 'k' + n)) %>",
    ends: EITHER,
  },
  {
    tries: "numbers of a million digits",
    prompt: "<% let n = 3n; for (;;) n = n * n; %>",
    ends: { error: /BigInt is too large|longer than/ },
  },
  {
    tries: "waiting for shared memory",
    prompt: "<% Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) %>",
    ends: { error: "is not defined" },
  },
  { tries: "a promise", prompt: "<% (async () => { await 1; })() %>x", ends: { error: "promise" } },
  {
    tries: "a promise that goes on for ever",
    prompt: "<% (async function f() { for (;;) await f() })() %>x",
    ends: { error: /promise|longer than|stack/ },
  },
  { tries: "endless recursion", prompt: "<% const f = () => f() + 1; f(); %>", ends: DEEP },
  {
    tries: "endless recursion through a getter",
    prompt: "<% const o = { get x() { return this.x } }; o.x; %>",
    ends: DEEP,
  },
  {
    tries: "very deep brackets",
    prompt: `<%= ${"(".repeat(20_000)}1${")".repeat(20_000)} %>`,
    ends: { error: /too deeply|longer than|stack/ },
  },
  {
    tries: "very deep JSON",
    prompt: "<%= JSON.parse('['.repeat(1e5) + ']'.repeat(1e5)).length %>",
    ends: DEEP,
  },
  {
    tries: "all the memory, in lists",
    prompt: "<% const a = []; for (;;) a.push(new Array(1000).fill('x')); %>",
    ends: { error: /./ },
  },
  { tries: "all the memory, in one text", prompt: "<%= 'x'.repeat(5e8) %>", ends: { error: /./ } },
  { tries: "all the memory, padded", prompt: "<%= 'x'.padStart(2 ** 30 - 1, 'ab') %>", ends: { error: /./ } },
  { tries: "a text that doubles", prompt: "<% let t = 'x'; for (;;) t += t; %>", ends: { error: /./ } },
  {
    tries: "all the memory, its error swallowed",
    prompt: "<% const a = []; try { for (;;) a.push('x'.repeat(1e6) + a.length); } catch {} %>survived",
    ends: { error: /./ },
  },
  {
    tries: "a bomb of JSON",
    prompt: "x",
    column: "(() => { let b = {}; for (let n = 0; n < 40; n++) b = { a: b, b }; return b; })()",
    ends: { error: /./ },
  },
  {
    tries: "a circle as a column",
    prompt: "x",
    column: "(() => { const c = {}; c.c = c; return c; })()",
    ends: { error: "circular" },
  },
  {
    tries: "more text than allowed",
    prompt: "<%= 'x'.repeat(40_000) %>",
    ends: { error: "exceeded its maxPromptBytes" },
  },
  {
    tries: "more text than allowed, piece by piece",
    prompt: "<% for (;;) { %>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx<% } %>",
    ends: { error: "exceeded its maxPromptBytes" },
  },
  {
    tries: "more text than allowed, its error swallowed",
    prompt: "<% try { for (;;) output('x'.repeat(1000)) } catch {} %>x",
    ends: { error: "exceeded its maxPromptBytes" },
  },
  {
    tries: "more text than allowed, kept by capture",
    prompt: "<% capture(() => { for (;;) output('x'.repeat(1000)) }) %>",
    ends: { error: "exceeded its maxPromptBytes" },
  },
  { tries: "more than a column may hold", prompt: "x", column: "'x'.repeat(7e6)", ends: { error: /too long/ } },
];
