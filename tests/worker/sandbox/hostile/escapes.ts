/** Ways out of the sandbox, as they are known from other sandboxes. */
import type { Hostile } from "./hostile.ts";

const NO_PROCESS = { error: "'process' is not defined" };
const HOST_NAMES =
  "['process','require','module','exports','global','window','self','fetch','setTimeout','setImmediate','queueMicrotask','WebAssembly','console','Buffer','std','os','navigator','performance','structuredClone','canary']";

export const ESCAPES: readonly Hostile[] = [
  {
    tries: "the constructor of a function",
    prompt: "<%= (function () {}).constructor('return process')() %>",
    ends: NO_PROCESS,
  },
  {
    tries: "the constructor of a constructor, over the data",
    prompt: "<%= it.constructor.constructor('return process')().env.PATH %>",
    ends: NO_PROCESS,
  },
  {
    tries: "the constructor of generators",
    prompt: "<%= (function* () {}).constructor('yield process')().next() %>",
    ends: NO_PROCESS,
  },
  {
    tries: "the constructor of async functions",
    prompt: "<%= typeof (async () => {}).constructor('return process.env')() %>",
    ends: { text: "object" },
  },
  {
    tries: "the constructor of async generators",
    prompt: "<%= typeof (async function* () {}).constructor('yield process')().next() %>",
    ends: { text: "object" },
  },
  { tries: "eval", prompt: "<%= eval('process.exit(1)') %>", ends: NO_PROCESS },
  { tries: "indirect eval", prompt: "<%= (0, eval)('process').exit(1) %>", ends: NO_PROCESS },
  {
    tries: "the global object over a sloppy this",
    prompt: `<%= (function () { return ${HOST_NAMES}.filter((name) => name in this).join() || 'none' })() %>`,
    ends: { text: "none" },
  },
  { tries: "process", prompt: "<% process.exit(1) %>", ends: NO_PROCESS },
  {
    tries: "require",
    prompt: "<%= require('node:fs').readFileSync('/etc/passwd') %>",
    ends: { error: "'require' is not defined" },
  },
  {
    tries: "Node's loader of built-in modules",
    prompt: "<%= globalThis.process.getBuiltinModule('node:child_process') %>",
    ends: { error: "cannot read property 'getBuiltinModule' of undefined" },
  },
  { tries: "import()", prompt: "<% import('node:fs') %>x", ends: { error: "promise" } },
  {
    tries: "import() in a chain",
    prompt: "<% import('node:fs').then((fs) => fs.rmSync('/')) %>x",
    ends: { error: "promise" },
  },
  { tries: "an import statement", prompt: "<% import fs from 'node:fs' %>", ends: { error: /./ } },
  { tries: "import.meta", prompt: "<%= import.meta.url %>", ends: { error: "import.meta" } },
  {
    tries: "Error.prepareStackTrace",
    prompt: "<% Error.prepareStackTrace = (_, frames) => frames; %><%= typeof new Error().stack %>",
    ends: { text: "string" },
  },
  {
    tries: "Error.captureStackTrace",
    prompt: "<%= typeof Error.captureStackTrace %>",
    ends: { text: "undefined" },
  },
  {
    tries: "the host's paths in a stack",
    prompt: "<%= /\\/|node_modules|file:/.test(new Error('x').stack) %>",
    ends: { text: "false" },
  },
  {
    tries: "the caller of its function",
    prompt: "<%= (function f() { return String(f.caller) })() %>",
    ends: { text: "undefined" },
  },
  {
    tries: "the functions it was handed",
    prompt: "<%= include.constructor('return process')() %>",
    ends: NO_PROCESS,
  },
  {
    tries: "the prototype of the data",
    prompt:
      "<%= Object.getPrototypeOf(Object.getPrototypeOf(it) ?? {}) === null && Object.getPrototypeOf(it) === Object.prototype %>",
    ends: { text: "true" },
  },
  {
    tries: "__proto__ of a library function",
    prompt: "<%= typeof json.__proto__.__proto__.constructor('return 1') + typeof globalThis.process %>",
    ends: { text: "objectundefined" },
  },
  {
    tries: "__lookupGetter__ for a getter of the host",
    prompt: "<%= String(({}).__lookupGetter__('__proto__').call(globalThis) === Object.prototype) %>",
    ends: { text: "true" },
  },
  {
    tries: "a Proxy around the data",
    prompt: "<%= new Proxy(it, {}).seed.title %>",
    ends: { text: "Heat" },
  },
  {
    tries: "Symbol.toPrimitive on what is printed",
    prompt: "<%= { [Symbol.toPrimitive]() { return typeof process } } %>",
    ends: { text: "undefined" },
  },
  {
    tries: "a tagged template with its strings",
    prompt: "<%= ((strings) => strings.constructor.constructor('return process')())`x` %>",
    ends: NO_PROCESS,
  },
  { tries: "with over the global object", prompt: "<% with (globalThis) { process.exit(1) } %>", ends: NO_PROCESS },
  {
    tries: "a getter that is read while its answer becomes JSON",
    prompt: "x",
    column: "({ get a() { return process } })",
    ends: { error: "'process' is not defined" },
  },
  {
    tries: "toJSON while its answer becomes JSON",
    prompt: "x",
    column: "({ toJSON() { return typeof process } })",
    ends: { text: '"undefined"' },
  },
  {
    tries: "the host's process in a condition of accept",
    prompt: "x",
    accept: "process.exit(1) || true",
    ends: { error: /Condition "c" could not be evaluated: .*process.* is not defined/ },
  },
  {
    tries: "a lie about whether it accepts",
    prompt: "x",
    accept: "({ toString() { return 'false' }, valueOf() { return false } })",
    ends: { text: "accepted" },
  },
  {
    tries: "a lie about what its answer is",
    prompt: "x",
    column: `({ toJSON() { return { error: "x", isLimit: true, value: [1] } } })`,
    ends: { text: '{"error":"x","isLimit":true,"value":[1]}' },
  },
  {
    tries: "a __proto__ for the host's objects",
    prompt: "x",
    column: `JSON.parse('{"__proto__": {"leak": 1}, "constructor": {"prototype": {"leak": 1}}}')`,
    ends: { text: '{"__proto__":{"leak":1},"constructor":{"prototype":{"leak":1}}}' },
  },
];
