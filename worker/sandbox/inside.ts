/**
 * The program that runs inside QuickJS before any template does. It shuts everything a template could leave something in for
 * the next record: all built-in objects are frozen, chance is seeded for each rendering, and there is no clock. Templates
 * come as bodies of functions, so none can reach out of its own.
 */
export const INSIDE = String.raw`(() => {
  "use strict";
  const { parse, stringify } = JSON;
  const { freeze, getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const { ownKeys } = Reflect;
  const MakeFunction = Function;
  const Limit = InternalError;
  const toText = String;

  // Chance: mulberry32, begun anew for each rendering.
  let chance = 0;
  Math.random = () => {
    chance = (chance + 0x6d2b79f5) | 0;
    let mixed = Math.imul(chance ^ (chance >>> 15), 1 | chance);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };

  // A date can be read and formatted; the present one cannot be asked for, since a restart would get another answer.
  const RealDate = Date;
  const noClock = () => {
    throw new Error("a template has no clock: give new Date() a date from the seeds");
  };
  const SafeDate = function Date(...parts) {
    if (!new.target || parts.length === 0) noClock();
    return Reflect.construct(RealDate, parts, new.target === SafeDate ? RealDate : new.target);
  };
  SafeDate.prototype = RealDate.prototype;
  SafeDate.prototype.constructor = SafeDate;
  SafeDate.UTC = RealDate.UTC;
  SafeDate.parse = RealDate.parse;
  SafeDate.now = noClock;
  globalThis.Date = SafeDate;

  const seen = new Set();
  const freezeAll = (value) => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
    seen.add(value);
    freeze(value);
    freezeAll(getPrototypeOf(value));
    for (const key of ownKeys(value)) {
      const property = getOwnPropertyDescriptor(value, key);
      freezeAll(property.value);
      freezeAll(property.get);
      freezeAll(property.set);
    }
  };
  const freezeData = (value) => {
    if (typeof value !== "object" || value === null) return value;
    for (const key of ownKeys(value)) freezeData(value[key]);
    return freeze(value);
  };

  const fault = (error) => {
    const limit = error instanceof Limit;
    let message = "it threw something that is not an error";
    try {
      message = toText(error && error.message ? error.message : error).slice(0, 300);
    } catch {}
    return stringify({ fault: message, limit });
  };

  const eta = freeze({
    config: freeze({ filterFunction: toText, escapeFunction: toText }),
    render: () => {
      throw new Error("a prompt cannot include another");
    },
  });
  const programs = [];
  const patterns = [];

  const compile = (source) => {
    try {
      const program = new MakeFunction("it", "options", source);
      freezeAll(program);
      return stringify({ number: programs.push(program) - 1 });
    } catch (error) {
      return fault(error);
    }
  };
  const call = (number, it, seed, longest) => {
    chance = seed;
    try {
      const value = programs[number].call(eta, freezeData(parse(it)), freeze({}));
      const text = stringify({ value: value === undefined ? null : value });
      if (text.length > longest) return stringify({ fault: "it is too long", tooLong: true });
      return text;
    } catch (error) {
      return fault(error);
    }
  };
  const matches = (source, flags, text) => {
    try {
      return stringify({ value: new RegExp(source, flags).test(text) });
    } catch (error) {
      return fault(error);
    }
  };

  freezeAll(globalThis);
  const generator = function* () {};
  const asyncFunction = async () => {};
  const asyncGenerator = async function* () {};
  for (const hidden of [generator, asyncFunction, asyncGenerator, generator(), asyncGenerator(), [][Symbol.iterator](),
    ""[Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), "".matchAll(/a/g)]) freezeAll(getPrototypeOf(hidden));
  freezeAll(eta);
  return { compile, call, matches };
})()`;
