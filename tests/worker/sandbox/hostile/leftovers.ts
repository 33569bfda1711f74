/** Ways to leave something for the next record, or to change what it will meet. */
import type { Hostile } from "./hostile.ts";

const SHUT = {
  error: /not extensible|read-only|not writable|cannot be changed|no setter|not configurable|could not|cannot/,
};

export const LEFTOVERS: readonly Hostile[] = [
  {
    tries: "another built-in by Object.defineProperties",
    prompt: "<% Object.defineProperties(globalThis, { Math: { value: 1 } }) %>",
    ends: SHUT,
  },
  {
    tries: "another built-in by Reflect",
    prompt: "<% Reflect.defineProperty(globalThis, 'Map', { value: 1 }) %>",
    ends: SHUT,
  },
  {
    tries: "another built-in by Reflect.set",
    prompt: "<%= Reflect.set({}, 'Math', 1, globalThis) + typeof Math %>",
    ends: { text: "falseobject" },
  },
  {
    tries: "another built-in by super",
    prompt: "<% ({ f() { super.Math = 1 } }).f.call(globalThis) %><%= typeof Math %>",
    ends: { text: "object" },
  },
  {
    tries: "another built-in by a class's field",
    prompt: "<% class A { constructor() { return globalThis } } class B extends A { Math = 1 } new B() %>",
    ends: SHUT,
  },
  {
    tries: "another built-in by __defineGetter__",
    prompt: "<% globalThis.__defineGetter__('Set', () => 1) %>",
    ends: SHUT,
  },

  { tries: "a global by assignment", prompt: "<% leak = it.seed.title %>x", ends: { text: "x" } },
  { tries: "a global in strict mode", prompt: "<% (() => { 'use strict'; globalThis.leak = 1 })() %>", ends: SHUT },
  {
    tries: "a global by defineProperty",
    prompt: "<% Object.defineProperty(globalThis, 'leak', { value: 1 }) %>",
    ends: SHUT,
  },
  { tries: "a global by eval", prompt: "<% (0, eval)('var leak = 1; function leaked() {}') %>", ends: { error: /./ } },
  {
    tries: "a global constant by eval",
    prompt: "<% (0, eval)('let leak = 1; const leaked = 2'); %><%= typeof leak %>",
    ends: { text: "undefined" },
  },
  {
    tries: "a prototype's property",
    prompt: "<% Object.prototype.leak = 1; Array.prototype.leak = 1; %><%= typeof [].leak %>",
    ends: { text: "undefined" },
  },
  {
    tries: "another map for lists",
    prompt: "<% Array.prototype.map = () => 'x'; %><%= [1].map((n) => n + 1) %>",
    ends: { text: "2" },
  },
  {
    tries: "a getter on a prototype",
    prompt: "<% Object.defineProperty(Object.prototype, 'title', { get: () => 'x' }) %>",
    ends: SHUT,
  },
  {
    tries: "another prototype for objects",
    prompt: "<% Object.setPrototypeOf(Array.prototype, { leak: 1 }) %>",
    ends: SHUT,
  },
  {
    tries: "the setter of a prototype's accessor",
    prompt: "<% 'use strict'; Object.prototype.toString = () => 'x' %>",
    ends: SHUT,
  },
  {
    tries: "another JSON.parse",
    prompt: "<% JSON.parse = () => ({}); JSON.stringify = () => 'x'; %><%= JSON.stringify(1) %>",
    ends: { text: "1" },
  },
  {
    tries: "another Math.random",
    prompt: "<% Math.random = () => 0.5; %><%= Math.random() === 0.5 %>",
    ends: { text: "false" },
  },
  {
    tries: "another library function",
    prompt: "<% globalThis.json = () => 'x'; sentences.leak = 1; %><%= json(1) + typeof sentences.leak %>",
    ends: { text: "1undefined" },
  },
  {
    tries: "a library function of another name",
    prompt: "<% Object.defineProperty(globalThis, 'keywords', { value: 1 }) %>",
    ends: SHUT,
  },
  {
    tries: "removing a library function",
    prompt: "<% delete globalThis.wrap; %><%= typeof wrap %>",
    ends: { text: "function" },
  },
  {
    tries: "a property of its own program",
    prompt:
      "<% arguments.callee.leak = 1; arguments.callee.prototype.leak = 1 %><%= typeof arguments.callee.prototype.leak %>",
    ends: { text: "undefined" },
  },
  {
    tries: "the prototype of generators",
    prompt: "<% Object.getPrototypeOf(function* () {}).leak = 1; %><%= typeof (function* () {}).leak %>",
    ends: { text: "undefined" },
  },
  {
    tries: "the prototype of iterators",
    prompt: "<% Object.getPrototypeOf([].values()).next = () => ({ done: true }); %><%= [...[1].values()].length %>",
    ends: { text: "1" },
  },
  {
    tries: "the prototype of async iterators",
    prompt: "<% Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype).leak = 1 %>x",
    ends: { text: "x" },
  },
  {
    tries: "the prototype of promises",
    prompt: "<% Object.getPrototypeOf((async () => {})()).leak = 1; %><%= typeof (async () => {})().leak %>",
    ends: { text: "undefined" },
  },
  {
    tries: "the class of the error it catches",
    prompt:
      "<% try { include('none') } catch (e) { Object.getPrototypeOf(e).leak = 1; e.constructor.leak = 1; } %><% try { include('none') } catch (e) { %><%= typeof e.leak + typeof e.constructor.leak %><% } %>",
    ends: { text: "undefinedundefined" },
  },
  {
    tries: "the class of an error in a partial",
    prompt:
      "<% try { include('bad') } catch (e) { Object.getPrototypeOf(e).leak = 1 } %><% try { include('bad') } catch (e) { %><%= typeof e.leak %><% } %>",
    partials: { bad: "<%= x.y %>" },
    ends: { text: "undefined" },
  },
  {
    tries: "the class of too much text",
    prompt: "<% try { output('x'.repeat(40_000)) } catch (e) { Object.getPrototypeOf(e).leak = 1 } %>",
    ends: { error: "exceeded its maxPromptBytes" },
  },
  {
    tries: "the strings of a tagged template",
    prompt:
      "<% const tag = (s) => s; %><% try { tag`x`.leak = 1; tag`x`.raw.push('y') } catch {} %><%= typeof tag`x`.leak %>",
    ends: { text: "undefined" },
  },
  {
    tries: "a registered symbol on a global",
    prompt: "<% globalThis[Symbol.for('leak')] = 1; %><%= typeof globalThis[Symbol.for('leak')] %>",
    ends: { text: "undefined" },
  },
  {
    tries: "Symbol.hasInstance of a built-in",
    prompt: "<% Object.defineProperty(Array, Symbol.hasInstance, { value: () => true }) %>",
    ends: SHUT,
  },
  {
    tries: "the species of lists",
    prompt: "<% Object.defineProperty(Array, Symbol.species, { value: function () { return {} } }) %>",
    ends: SHUT,
  },
  {
    tries: "a finalizer that runs in another record",
    prompt: "<% new FinalizationRegistry(() => 0).register({}, 1) %>",
    ends: { error: "is not defined" },
  },
  { tries: "a weak reference", prompt: "<%= new WeakRef({}) %>", ends: { error: "is not defined" } },
  {
    tries: "changing the seeds",
    prompt:
      "<% it.seed.title = 'x'; it.seed.leak = 1; delete it.seed.year; %><%= it.seed.title + it.seed.leak + it.seed.year %>",
    ends: { text: "Heatundefined1995" },
  },
  { tries: "adding to a list of the seeds", prompt: "<% it.seed.tags.push('leak') %>", ends: SHUT },
  { tries: "another prototype for the seeds", prompt: "<% Object.setPrototypeOf(it.seed, { leak: 1 }) %>", ends: SHUT },
  {
    tries: "changing the record that it judges",
    prompt: "x",
    it: JSON.stringify({ record: { a: 1 }, steps: {} }),
    accept: "(it.record.a = 2, it.record.leak = 1, it.record.a === 1 && !('leak' in it.record))",
    ends: { text: "accepted" },
  },
  { tries: "a clock", prompt: "<%= Date.now() %>", ends: { error: "templates have no clock" } },
  {
    tries: "a clock through the constructor of a date",
    prompt: "<%= new (new Date(0).constructor)() %>",
    ends: { error: "templates have no clock" },
  },
  {
    tries: "other randomness than the record's",
    prompt: "<%= typeof crypto + typeof performance %>",
    ends: { text: "undefinedundefined" },
  },
];
