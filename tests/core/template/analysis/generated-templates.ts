/**
 * Templates and seeds for property tests: a random shape of items, code that uses it as its author would, items of that
 * shape and items with something wrong. And the judge: real Eta, which says whether a template renders without an undefined
 * value.
 */
import { Eta } from "eta/core";
import fc from "fast-check";
import type { Step, Template } from "../../../../core/template/template.ts";

export interface GeneratedCase {
  readonly template: Template;
  readonly items: readonly unknown[];
}

type Shape =
  | { readonly is: "text" | "number" | "boolean" }
  | { readonly is: "list"; readonly of: Shape }
  | { readonly is: "object"; readonly fields: Readonly<Record<string, Shape>> };

/** Something in reach of the code: how it is written, and what it is. */
interface Named {
  readonly code: string;
  readonly shape: Shape;
}

/** Random choices, one after the other. */
class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    let state = seed >>> 0;
    this.#next = () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
  }

  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  is(share: number): boolean {
    return this.#next() < share;
  }
}

/** @param branches whether conditions, `?.`, `??`, early ends and computed keys are among the code */
export function cases({ branches }: { branches: boolean }): fc.Arbitrary<GeneratedCase> {
  return fc.nat(0xffffffff).map((seed) => {
    const chance = new Chance(seed);
    const shape = objectShape(chance, 3);
    const template = new Author(chance, shape, branches).template();
    const items = Array.from({ length: 12 }, (_, n) => {
      const item = itemOf(chance, shape);
      return n < 2 ? item : damaged(chance, item);
    });
    return { template, items };
  });
}

const FIELDS = ["title", "body", "tags", "name", "parts", "length", "link", "year", "author"];

function objectShape(chance: Chance, depth: number): Shape {
  const names = FIELDS.filter(() => chance.is(0.4));
  if (names.length === 0) names.push("title");
  return { is: "object", fields: Object.fromEntries(names.map((name) => [name, anyShape(chance, depth - 1)])) };
}

function anyShape(chance: Chance, depth: number): Shape {
  const kinds =
    depth > 0 ? ["text", "number", "boolean", "list", "list", "object", "object"] : ["text", "number", "boolean"];
  const is = chance.pick(kinds);
  if (is === "list") return { is, of: anyShape(chance, depth - 1) };
  return is === "object" ? objectShape(chance, depth) : { is: is as "text" };
}

function itemOf(chance: Chance, shape: Shape): unknown {
  switch (shape.is) {
    case "text":
      return chance.pick(["", "a", "bc d", " e "]);
    case "number":
      return chance.pick([0, 1, 2.5, -3]);
    case "boolean":
      return chance.is(0.5);
    case "list":
      return Array.from({ length: chance.pick([0, 1, 1, 2, 3, 5]) }, () => itemOf(chance, shape.of));
    case "object":
      return Object.fromEntries(Object.entries(shape.fields).map(([name, of]) => [name, itemOf(chance, of)]));
  }
}

/** One or two things wrong somewhere: a field gone, another type, null, an empty list. */
function damaged(chance: Chance, item: unknown): unknown {
  const copy = structuredClone(item);
  for (let times = chance.pick([1, 1, 2]); times > 0; times--) {
    const places: { holder: Record<string, unknown>; key: string }[] = [];
    const collect = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      for (const key of Object.keys(value)) {
        places.push({ holder: value as Record<string, unknown>, key });
        collect((value as Record<string, unknown>)[key]);
      }
    };
    collect(copy);
    if (places.length === 0) return copy;
    const { holder, key } = chance.pick(places);
    if (chance.is(0.4) && !Array.isArray(holder)) delete holder[key];
    else
      holder[key] = structuredClone(
        chance.pick<unknown>([null, "", "xy", 7, true, [], ["z"], [null], {}, { title: "t" }, [{ name: "n" }]]),
      );
  }
  return copy;
}

/** Writes code. */
class Author {
  #names = 0;
  readonly #chance: Chance;
  readonly #branches: boolean;
  readonly #partials: Record<string, string> = {};
  readonly #item: Named;

  constructor(chance: Chance, shape: Shape, branches: boolean) {
    this.#chance = chance;
    this.#branches = branches;
    this.#item = { code: "it.movie", shape };
  }

  template(): Template {
    const reach = [this.#item];
    const step = (id: string, more: Partial<Step>, inReach: Named[]): Step =>
      ({ id, examples: [], fallbacks: [], prompt: this.#text(inReach, 3), ...more }) as unknown as Step;
    const lists = this.#reachable(reach).filter(({ shape }) => shape.is === "list");
    const steps = [step("one", this.#chance.is(0.3) ? { system: this.#text(reach, 1) } : {}, reach)];
    if (lists.length > 0 && this.#chance.is(0.3)) {
      const list = this.#chance.pick(lists);
      const of = (list.shape as Extract<Shape, { is: "list" }>).of;
      const forEach = { list: list.code, as: "part", atMost: this.#chance.pick([1, 2, 50]) };
      steps.push(step("two", { forEach }, [...reach, { code: "it.part", shape: of }]));
    }
    if (this.#branches && this.#chance.is(0.3)) steps.push(step("three", { when: this.#condition(reach) }, reach));
    const record = Object.fromEntries(
      Array.from({ length: this.#chance.below(3) }, (_, n) => [`column${n}`, { value: this.#expression(reach) }]),
    );
    return {
      name: "T",
      tags: [],
      parameters: {},
      pick: { movie: { from: "movies", how: "shuffled" } },
      partials: this.#partials,
      steps,
      record,
      categories: [],
      maxAttempts: 3,
    };
  }

  #text(reach: readonly Named[], depth: number): string {
    const known = [...reach];
    let text = "";
    for (let n = 1 + this.#chance.below(3); n > 0; n--) text += ` words ${this.#piece(known, depth)}`;
    return text;
  }

  /** A piece of a prompt; names it declares are added to what is in reach. */
  #piece(reach: Named[], depth: number): string {
    const all = this.#reachable(reach);
    const any = this.#chance.pick(all);
    const lists = all.filter(({ shape }) => shape.is === "list");
    const objects = all.filter(({ shape }) => shape.is === "object");
    const pieces = [() => `<%= ${this.#expression(reach)} %>`];
    if (depth > 0) {
      if (lists.length > 0) pieces.push(...Array(3).fill(() => this.#loop(reach, this.#chance.pick(lists), depth)));
      if (objects.length > 0) pieces.push(() => this.#destructured(reach, this.#chance.pick(objects)));
      pieces.push(
        () => this.#alias(reach, any),
        () => this.#macro(reach, any, depth),
        () => this.#include(reach, any, depth),
      );
      if (this.#branches) pieces.push(...Array(3).fill(() => this.#branch(reach, any, depth)));
    }
    return this.#chance.pick(pieces)();
  }

  #alias(reach: Named[], { code, shape }: Named): string {
    const name = this.#name();
    reach.push({ code: name, shape });
    return `<% ${this.#chance.pick(["const", "let", "var"])} ${name} = ${code}; %>`;
  }

  #destructured(reach: Named[], { code, shape }: Named): string {
    const fields = Object.entries((shape as Extract<Shape, { is: "object" }>).fields).filter(() =>
      this.#chance.is(0.6),
    );
    const parts = fields.map(([field, of]) => {
      const name = this.#name();
      reach.push({ code: name, shape: of });
      return this.#branches && this.#chance.is(0.3) ? `${field}: ${name} = ""` : `${field}: ${name}`;
    });
    if (this.#chance.is(0.3)) {
      const name = this.#name();
      const rest = Object.entries((shape as Extract<Shape, { is: "object" }>).fields).filter(
        ([field]) => fields.every(([taken]) => taken !== field) && isNoOffer(field),
      );
      reach.push({ code: name, shape: { is: "object", fields: Object.fromEntries(rest) } });
      parts.push(`...${name}`);
    }
    return `<% const { ${parts.join(", ")} } = ${code} %>`;
  }

  #loop(reach: readonly Named[], list: Named, depth: number): string {
    const of = (list.shape as Extract<Shape, { is: "list" }>).of;
    const name = this.#name();
    // The same list within itself would pair its items, which a schema of items cannot say.
    const others = reach.filter(({ code }) => code !== list.code);
    const body = () => this.#text([...others, { code: name, shape: of }], depth - 1);
    const stop =
      this.#branches && this.#chance.is(0.3)
        ? `<% if (${this.#condition(reach)}) ${this.#chance.pick(["break", "continue"])}; %>`
        : "";
    const leave = stop.replace(/break|continue/, "return");
    return this.#chance.pick([
      () => `<% for (const ${name} of ${list.code}) { %>${stop}${body()}<% } %>`,
      () => `<% ${list.code}.forEach((${name}) => { %>${leave}${body()}<% }) %>`,
      () => `<% ${list.code}.slice(0, 2).forEach(function (${name}) { %>${leave}${body()}<% }) %>`,
      () => `<% for (const [i${name}, ${name}] of ${list.code}.entries()) { %>${stop}${body()}<% } %>`,
      () =>
        `<% for (let i${name} = 0; i${name} < ${list.code}.length; i${name}++) { const ${name} = ${list.code}[i${name}]; %>${stop}${body()}<% } %>`,
      () => `<% for (const ${name} of [...${list.code}]) { %>${stop}${body()}<% } %>`,
      () => `<% for (const ${name} of ${list.code}.map((x) => x)) { %>${stop}${body()}<% } %>`,
      () => `<%= ${list.code}.map((${name}) => ${this.#expression([{ code: name, shape: of }])}).join(", ") %>`,
      () =>
        `<%= ${list.code}.map((${name}) => \`- \${${this.#expression([{ code: name, shape: of }])}}\`).join("\\n") %>`,
      () => `<%= ${list.code}.filter((${name}) => ${this.#expression([{ code: name, shape: of }])}).length %>`,
      ...(this.#branches
        ? [
            () => `<%= ${list.code}.some((${name}) => ${this.#expression([{ code: name, shape: of }])}) %>`,
            () => `<% for (const ${name} of ${list.code}.filter((x) => x)) { %>${body()}<% } %>`,
            () =>
              `<%= ${list.code}.reduce((sum, ${name}) => sum + ${this.#expression([{ code: name, shape: of }])}, "") %>`,
            () =>
              `<% const c${name} = ${list.code}.find((${name}) => ${this.#condition([{ code: name, shape: of }])}); if (c${name}) { %><%= c${name} %><% } %>`,
          ]
        : []),
    ])();
  }

  #macro(reach: readonly Named[], { code, shape }: Named, depth: number): string {
    const [name, parameter] = [this.#name(), this.#name()];
    const inside = [{ code: parameter, shape }];
    if (this.#chance.is(0.3))
      return `<% const ${name} = (${parameter}) => ${this.#expression(inside)} %><%= ${name}(${code}) %>`;
    const other = this.#chance.is(0.3) ? [...reach] : [];
    return `<% function ${name}(${parameter}) { %>${this.#text([...other, ...inside], depth - 1)}<% } %><% ${name}(${code}) %>`;
  }

  #include(reach: readonly Named[], { code, shape }: Named, depth: number): string {
    const name = `p${this.#name()}`;
    const inside = this.#chance.is(0.5) ? [this.#item] : [];
    if (this.#chance.is(0.2)) {
      this.#partials[name] = this.#text([this.#item], depth - 1);
      return `<%= include("${name}") %>`;
    }
    this.#partials[name] = this.#text([...inside, { code: "it.given", shape }], depth - 1);
    return `<%= include("${name}", { given: ${code} }) %>`;
  }

  #branch(reach: readonly Named[], { code, shape }: Named, depth: number): string {
    const inner = () => this.#text(reach, depth - 1);
    const name = this.#name();
    return this.#chance.pick([
      () => `<% if (${this.#condition(reach)}) { %>${inner()}<% } %>`,
      () => `<% if (${this.#condition(reach)}) { %>${inner()}<% } else { %>${inner()}<% } %>`,
      () => `<%= ${this.#condition(reach)} ? ${this.#expression(reach)} : "no" %>`,
      () => `<%= ${code}?.title ?? ${this.#expression(reach)} %>`,
      () => `<%= ${code}?.title?.trim() || "none" %>`,
      () => `<% try { %>${inner()}<% } catch { } %>`,
      () => `<% switch (${code}) { case 1: %>${inner()}<% break; default: %>${inner()}<% } %>`,
      () => `<%= it.movie[${this.#expression(reach)}] ?? "" %>`,
      () => `<% let ${name} = ${code}; if (${this.#condition(reach)}) ${name} = "other"; %><%= ${name} %>`,
      () => `<% const o${name} = { a: ${code} }; o${name}.a = 1; %><%= o${name}.a.toFixed() %>`,
      () => `<% const { title: ${name} = "t" } = ${code} ?? {} %><%= ${name} %>`,
      () => `<% for (const k${name} in ${code}) { %><%= ${code}[k${name}] %>${inner()}<% } %>`,
      () => `<% if (${this.#condition(reach)}) %><%= ${this.#expression(reach)} %>`,
      () =>
        `<% const f${name} = ({ title = "u" }, more = ${code}) => { if (title === "u") return more; return title; } %><%= f${name}(it.movie) %>`,
      () => `<%= ${shape.is === "list" ? `${code}.at(-1) ?? ""` : `${code} && "yes"`} %>`,
      () => `<% while (${code} === 12345) { %>${inner()}<% } %>`,
    ])();
  }

  #condition(reach: readonly Named[]): string {
    const { code } = this.#chance.pick(this.#reachable(reach));
    return this.#chance.pick([
      `${code}`,
      `!${code}`,
      `typeof ${code} === "string"`,
      `Array.isArray(${code})`,
      `${code} === undefined`,
      `${code} !== null`,
    ]);
  }

  /** Something to print. */
  #expression(reach: readonly Named[]): string {
    const { code, shape } = this.#chance.pick(this.#reachable(reach));
    const forms = [
      () => code,
      () => code,
      () => `"is " + ${code} + "."`,
      () => `\`is \${${code}}\``,
      () => `JSON.stringify(${code})`,
      () => `String(${code})`,
    ];
    switch (shape.is) {
      case "text":
        forms.push(
          () => `${code}.trim()`,
          () => `${code}.toUpperCase()`,
          () => `${code}.slice(0, 3)`,
          () => `(${code} + "!").trim()`,
          () => `${code}.split(" ").length`,
          () => `${code}.length`,
        );
        break;
      case "number":
        forms.push(
          () => `${code}.toFixed(1)`,
          () => `${code} * 2`,
          () => `Math.round(${code})`,
        );
        break;
      case "list":
        forms.push(
          () => `${code}.length`,
          () => `${code}.join(", ")`,
          () => `${code}[0]`,
          () => `${code}.includes("a")`,
          () => `[...${code}].length`,
        );
        break;
      case "object":
        forms.push(
          () => `Object.keys(${code}).length`,
          () => `("title" in ${code})`,
          ...Object.keys(shape.fields)
            .filter(isNoOffer)
            .map((field) => () => `({ ...${code} }).${field}`),
        );
    }
    return this.#chance.pick(forms)();
  }

  /** What is in reach, and the fields of what is. */
  #reachable(reach: readonly Named[]): Named[] {
    return reach.flatMap((named) => [named, ...fieldsOf(named).flatMap((field) => [field, ...fieldsOf(field)])]);
  }

  #name(): string {
    return `v${this.#names++}`;
  }
}

/** What is spread of a text or list has no length, and a schema that lets it pass for an object with one is too kind. */
function isNoOffer(field: string): boolean {
  return field !== "length" && field !== "link";
}

function fieldsOf({ code, shape }: Named): Named[] {
  if (shape.is !== "object") return [];
  return Object.entries(shape.fields).map(([field, of]) => ({ code: `${code}.${field}`, shape: of }));
}

/** Tells of an item what was wrong, or nothing: whether the template renders with it without printing undefined or null. */
export function judgeOf(template: Template): (item: unknown) => string | undefined {
  const eta = new Eta({ autoEscape: false, autoTrim: false, autoFilter: true, filterFunction: noticed });
  for (const [name, text] of Object.entries(template.partials)) eta.loadTemplate(name, text);
  const steps = template.steps.map((step) => ({
    applies: expressionOf(step.when ?? "true"),
    turns: turnsOf(step),
    prompts: [step.prompt, step.system ?? ""].map((prompt) => eta.compile(prompt)),
  }));
  const columns = Object.values(template.record ?? {}).map(({ value }) => expressionOf(value));
  const textsOf = (it: object): string[] => [
    ...steps
      .filter(({ applies }) => applies(it))
      .flatMap(({ turns, prompts }) => turns(it).flatMap((turn) => prompts.map((prompt) => eta.render(prompt, turn)))),
    ...columns.map((column) => column(it)).map((value) => (value === null ? "" : noticed(value))),
  ];
  return (item) => {
    const { stringify } = JSON;
    // A null in JSON is fine: by another name it is told from one that is printed.
    JSON.stringify = ((value: unknown) => stringify(value)?.replaceAll("null", "nil")) as typeof stringify;
    try {
      const shown = textsOf({ movie: frozen(structuredClone(item)) }).find((text) => /undefined|null/.test(text));
      return shown === undefined ? undefined : "undefined or null within a text";
    } catch (error) {
      return String(error);
    } finally {
      JSON.stringify = stringify;
    }
  };
}

function turnsOf({ forEach }: Step): (it: object) => object[] {
  if (!forEach) return (it) => [it];
  const listOf = expressionOf(forEach.list);
  return (it) => {
    const list = listOf(it);
    if (!Array.isArray(list)) throw new Error("forEach needs a list");
    return list.slice(0, forEach.atMost).map((item: unknown, index) => ({ ...it, [forEach.as]: item, index }));
  };
}

function expressionOf(expression: string): (it: unknown) => unknown {
  return new Function("it", `return (${expression}\n)`) as (it: unknown) => unknown;
}

function noticed(value: unknown): string {
  if (value === undefined) throw new Error("undefined is printed");
  return String(value);
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
