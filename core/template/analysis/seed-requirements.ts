/**
 * What a template requires of its seeds: for each collection a JSON Schema of its items, inferred by abstract interpretation.
 * It never rejects a seed with which the template renders without printing an undefined value or a null; where no branch or
 * computed key leaves doubt, it rejects every other.
 */
import { PlotPaletteError } from "../../errors.ts";
import { ConstraintCollector, pathText } from "./constraint-collector.ts";
import { jsonSchemaOf, type JsonSchema } from "./constraints.ts";
import { changedNames, changesOf, type Changes } from "./control-flow.ts";
import { isQualified, partialOf } from "../prompts/includes.ts";
import { treeOfExpression, treeOfPrompt } from "../prompts/syntax.ts";
import { conditionTitle, type Partials, type SeedPick, type SeedRead, type Step, type Template } from "../template.ts";
import {
  maybe,
  NUMBER,
  PLAIN,
  TEXT,
  uncertain,
  type AnyNode,
  type Code,
  type Context,
  type Iteration,
  type ObjectPart,
  type Program,
  type SeedPath,
  type Value,
} from "./value.ts";
import { lineAt, TemplateInterpreter } from "./template-interpreter.ts";

/** A read as its author wrote it: `PICK.PATH`. */
export interface LocatedSeedRead extends SeedRead {
  /** The pick, by its name in `it`. */
  readonly pick: string;
  /** One-based, in the prompt or expression. */
  readonly line: number;
}

export interface SeedRequirements {
  /** By collection: the JSON Schema (2020-12) of its items. */
  readonly collections: Readonly<Record<string, JsonSchema>>;
  /** In the order the template reads them; a pick that is never read has an empty path. */
  readonly reads: readonly LocatedSeedRead[];
  /** Reads that are unknown before rendering, one sentence each. */
  readonly warnings: readonly string[];
}

// All of it is stored with the template's texts in one row of 400 KB.
const MAX_SCHEMA_CHARACTERS = 60_000;
const MAX_READ_CHARACTERS = 40_000;
const MAX_WARNING_CHARACTERS = 10_000;
/** The levels that are tried when the whole is too large. */
const REDUCED_LEVELS = [16, 8, 6, 4, 3, 2, 1];

/** The work for one prompt or expression, in nodes and values visited: a fraction of a second. */
const MAX_WORK = 50_000;

/**
 * @param partials the texts of other templates that it includes, by `ID@VERSION/NAME`
 * @param maxWork for one prompt or expression; what takes more requires only what was found until then
 * @throws TemplateSyntaxError; PlotPaletteError BadInput when prompts nest too deep
 */
export function seedRequirementsOf(template: Template, partials: Partials, maxWork = MAX_WORK): SeedRequirements {
  try {
    return new RequirementAnalysis(template, partials, maxWork).all();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PlotPaletteError(
      "BadInput",
      `The prompts of the template "${template.name}" are nested too deep; split an expression into several.`,
    );
  }
}

/** Where code runs once or for each item, and what it sees besides. */
interface Turn {
  readonly context: Context;
  readonly it: readonly ObjectPart[];
}

class RequirementAnalysis {
  readonly #template: Template;
  readonly #constraints = new ConstraintCollector();
  readonly #warnings = new Set<string>();
  readonly #interpreter: TemplateInterpreter;
  readonly #surely: Context;
  /** What every prompt and expression sees as `it`. */
  #common: readonly ObjectPart[];

  constructor(template: Template, partials: Partials, maxWork: number) {
    this.#template = template;
    const changes = changesIn(template, partials);
    this.#surely = { certain: !changes.isUnpredictable, loops: [] };
    const codes = new Map<string, Code>();
    this.#interpreter = new TemplateInterpreter({
      maxWork,
      constraints: this.#constraints,
      changes,
      included: (name) => {
        const text = isQualified(name) ? partials[name] : partialOf(template, name);
        if (text === undefined) return undefined;
        const code = codes.get(name) ?? codeOf(text, treeOfPrompt(text), isQualified(name) ? name : undefined);
        codes.set(name, code);
        return code;
      },
      warn: (program, node) => {
        const line = lineAt(program.text, node.start);
        const code = program.text.slice(node.start, node.end);
        this.#warnings.add(
          `Template "${template.name}" ${program.location} reads ${code} in line ${line}: the field is known only when rendering, so seeds are not checked for it.`,
        );
      },
      giveUp: ({ location }) =>
        this.#warnings.add(
          `Template "${template.name}" ${location} does too much to be analyzed in full, so seeds are not checked for all it reads; make its loops and macros simpler.`,
        ),
    });
    this.#common = [
      ...Object.entries(template.pick).map(([name, { from, count }]) => ({
        name,
        value: drawnValue(name, from, count),
      })),
      ...Object.entries(template.parameters).map(([name, { values }]) => ({ name, value: parameterValue(values) })),
      { name: "steps", value: maybe() },
    ];
  }

  all(): SeedRequirements {
    for (const [name, pick] of Object.entries(this.#template.pick)) this.#drawn(name, pick);
    if (this.#template.draws) this.#draws(this.#template.draws);
    for (const step of this.#template.steps) this.#step(step);
    const turn = this.#rowTurn();
    const columns = Object.entries(this.#template.record ?? {}).map(([name, { value, type }]) => ({
      name,
      // A declared type converts it.
      value: this.#stored(`column "${name}"`, value, { ...turn, isUnchanged: type === undefined }),
    }));
    this.#accept(this.#template.record ? { kind: "object", parts: columns } : maybe());
    const collections = this.#collections();
    const reads = firstOf(this.#reads(), MAX_READ_CHARACTERS);
    return { collections, reads, warnings: firstOf([...this.#warnings], MAX_WARNING_CHARACTERS) };
  }

  /** As deep as there is room for; a seed is never rejected for what is left out. */
  #collections(): SeedRequirements["collections"] {
    const upTo = (levels: number) =>
      Object.fromEntries(
        [...this.#constraints.collections].map(([name, constraints]) => [name, jsonSchemaOf(constraints, levels)]),
      );
    const whole = upTo(Infinity);
    if (isWithin(whole, MAX_SCHEMA_CHARACTERS)) return whole;
    this.#warnings.add(
      `Template "${this.#template.name}" requires so much of its seeds that they are checked for a part of it only.`,
    );
    return upTo(REDUCED_LEVELS.find((levels) => isWithin(upTo(levels), MAX_SCHEMA_CHARACTERS)) ?? 0);
  }

  /** Requires the collection, and the weights of a weighted draw. */
  #drawn(pick: string, { from, weight }: SeedPick): void {
    this.#constraints.constraintsOf(from);
    if (weight === undefined) return;
    const path: SeedPath = { pick, collection: from, segments: [weight] };
    this.#constraints.noteRead(path, `pick "${pick}"`, () => 1);
    this.#constraints.require(path, { certain: true, loops: [] }, ["number"]);
  }

  /** Each draw sees those before it, and everything after sees them all. */
  #draws(draws: Readonly<Record<string, string>>): void {
    const common = this.#common;
    const parts: ObjectPart[] = [];
    for (const [name, source] of Object.entries(draws)) {
      this.#common = [...common, { name: "draws", value: { kind: "object", parts: [...parts] } }];
      parts.push({ name, value: this.#stored(`draw "${name}"`, source) });
    }
    this.#common = [...common, { name: "draws", value: { kind: "object", parts } }];
  }

  #step(step: Step): void {
    const location = `step "${step.id}"`;
    const expression = (part: string, source: string | undefined, context: Context, it: readonly ObjectPart[] = []) =>
      source === undefined
        ? PLAIN
        : this.#interpreter.expression(this.#program(`${location}, "${part}"`, expressionCode(source), it), context);
    expression("when", step.when, this.#surely);
    const mayBeSkipped = step.when !== undefined ? uncertain(this.#surely) : this.#surely;
    const { context, it } = this.#turnOf(step, expression("forEach", step.forEach?.list, mayBeSkipped), mayBeSkipped);
    const prompt = (suffix: string, text: string | undefined) =>
      text === undefined
        ? undefined
        : this.#interpreter.prompt(this.#program(location + suffix, codeOf(text, treeOfPrompt(text)), it), context);
    prompt(", system prompt", step.system);
    step.examples.forEach(({ user, assistant }, n) => {
      prompt(`, example ${n + 1}`, user);
      prompt(`, example ${n + 1}`, assistant);
    });
    prompt("", step.prompt);
    // Whether these are evaluated depends on the answers.
    expression("escalate.when", step.escalate?.when, uncertain(context), it);
    expression("repeat.until", step.repeat?.until, uncertain(context), it);
  }

  /** A draw or a column as the code after it sees it: JSON changes the template's own objects and lists. */
  #stored(
    location: string,
    source: string,
    { isUnchanged = true, context = this.#surely, it = [] }: Partial<Turn> & { readonly isUnchanged?: boolean } = {},
  ): Value {
    const value = this.#interpreter.expression(this.#program(location, expressionCode(source), it), context);
    this.#interpreter.requireStored(value, context);
    return isUnchanged && ["seed", "text", "number"].includes(value.kind) ? value : maybe(value);
  }

  /** The first condition is always evaluated, the others only if the previous ones hold. */
  #accept(record: Value): void {
    const columns =
      this.#template.rows === undefined ? { name: "record", value: record } : { name: "rows", value: maybe(record) };
    for (const [n, condition] of (this.#template.accept ?? []).entries()) {
      const location = `condition ${conditionTitle(condition)}`;
      const program = this.#program(location, expressionCode(condition.expression), [columns]);
      this.#interpreter.expression(program, n === 0 ? this.#surely : uncertain(this.#surely));
    }
  }

  /** The context of a step's prompts: once, or for each of the first items of its list. */
  #turnOf({ forEach }: Step, list: Value, context: Context): Turn {
    if (!forEach) return { context, it: [] };
    return turnOver(forEach.as, this.#interpreter.firstIterations(list, forEach.atMost, context));
  }

  /** The context of the columns: once, or for each item of `rows`. */
  #rowTurn(): Turn {
    const { rows } = this.#template;
    if (rows === undefined) return { context: this.#surely, it: [] };
    const list = this.#interpreter.expression(this.#program('"rows"', expressionCode(rows)), this.#surely);
    return turnOver("row", this.#interpreter.everyIteration(list, this.#surely));
  }

  #program(location: string, code: Code, more: readonly ObjectPart[] = []): Program {
    return { ...code, location, it: { kind: "object", parts: [...this.#common, ...more] } };
  }

  #reads(): LocatedSeedRead[] {
    const reads = this.#constraints.reads().map((read) => ({
      pick: read.pick,
      collection: read.collection,
      path: pathText(read.segments),
      required: this.#constraints.isRequired(read),
      location: read.location,
      line: read.line,
    }));
    const unread = Object.entries(this.#template.pick).filter(([name]) => !reads.some(({ pick }) => pick === name));
    return [
      ...reads,
      ...unread.map(([pick, { from }]) => ({
        pick,
        collection: from,
        path: "",
        required: true,
        location: `pick "${pick}"`,
        line: 1,
      })),
    ];
  }
}

function isWithin(value: unknown, characters: number): boolean {
  return JSON.stringify(value).length <= characters;
}

/** The first of the list, as many as there is room for in JSON. */
function firstOf<T>(list: readonly T[], characters: number): T[] {
  let left = characters;
  const end = list.findIndex((item) => (left -= JSON.stringify(item).length) < 0);
  return list.slice(0, end < 0 ? list.length : end);
}

function turnOver(as: string, { value, context }: Iteration): Turn {
  return {
    context,
    it: [
      { name: as, value },
      { name: "index", value: NUMBER },
    ],
  };
}

/** One item, or a list with a known number of them. */
function drawnValue(pick: string, collection: string, count: number | undefined): Value {
  const item: Value = { kind: "seed", path: { pick, collection, segments: [] } };
  if (count === undefined) return item;
  return { kind: "list", each: item, known: Array.from({ length: count }, () => item), loops: [] };
}

function parameterValue(values: readonly unknown[] | undefined): Value {
  return values?.every((value) => typeof value === "string") ? TEXT : maybe();
}

function changesIn(template: Template, partials: Partials): Changes {
  const prompts = [
    ...template.steps.flatMap(promptsOf),
    ...Object.values(template.partials),
    ...Object.values(partials),
  ];
  const draws = Object.values(template.draws ?? {});
  const rows = template.rows === undefined ? [] : [template.rows];
  const columns = Object.values(template.record ?? {}).map(({ value }) => value);
  const conditions = (template.accept ?? []).map(({ expression }) => expression);
  const expressions = [...draws, ...template.steps.flatMap(expressionsOf), ...rows, ...columns, ...conditions];
  return changesOf([...prompts.map(treeOfPrompt), ...expressions.map(treeOfExpression)]);
}

function expressionCode(source: string): Code {
  return codeOf(source, treeOfExpression(source));
}

function codeOf(text: string, tree: AnyNode, within?: string): Code {
  return { text, tree, within, changed: changedNames(tree) };
}

function promptsOf({ system, prompt, examples }: Step): string[] {
  return [
    ...(system === undefined ? [] : [system]),
    prompt,
    ...examples.flatMap(({ user, assistant }) => [user, assistant]),
  ];
}

function expressionsOf({ when, forEach, escalate, repeat }: Step): string[] {
  return [when, forEach?.list, escalate?.when, repeat?.until].filter((source) => source !== undefined);
}
