/** Runs APPSYNC_JS handlers: plain data in, plain data out, no access to this process, limited in time and size. */
import vm from "node:vm";
import { ResolverError } from "./errors.ts";
import { BODY_PARAMETERS, moduleBody } from "./module-code.ts";
import { EarlyReturn } from "./runtime/early-return.ts";
import { replaceAll, replaceFirst } from "./runtime/java-regex.ts";
import { makeRuntime } from "./runtime/runtime.ts";
import type { HandlerEffects } from "./runtime/runtime.ts";

/** Far more than a handler needs; AppSync's own evaluation limit is not documented. */
const HANDLER_TIMEOUT_MS = 5_000;
/** "Evaluated resolver/function response: 5 MB" */
const RESPONSE_LIMIT_BYTES = 5 * 1024 * 1024;
/** "Iterations of a loop: 1,000" */
const LOOP_LIMIT = 1_000;

export type HandlerName = "request" | "response";

/** What a handler finds in `ctx`, all of it JSON. */
export interface HandlerContext {
  readonly arguments: unknown;
  readonly identity: unknown;
  readonly source: unknown;
  readonly stash: unknown;
  readonly prev: unknown;
  readonly result: unknown;
  readonly error: unknown;
  readonly request: unknown;
  readonly info: unknown;
  readonly env: unknown;
}

export interface Evaluation {
  readonly value: unknown;
  /** The stash as the handler left it. */
  readonly stash: unknown;
  /** Set when the handler called runtime.earlyReturn. */
  readonly early?: { readonly skipTo: "END" | "NEXT" | undefined };
}

/** The compiled code of one resolver or function. */
export interface Handlers {
  /** @throws ResolverError raised by the handler, or of type `Code` when it crashed */
  evaluate(name: HandlerName, context: HandlerContext, effects: HandlerEffects): Evaluation;
}

/** A module's body as a function; its handlers take the sandbox's `ctx`. */
type CompiledModule = (...parameters: readonly unknown[]) => Record<HandlerName, (ctx: unknown) => unknown>;

export class Sandbox {
  readonly #global = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
  readonly #makeContext: (json: string) => { stash: unknown };
  readonly #run = new vm.Script("__call()");

  constructor(readonly log: (line: string) => void) {
    this.#makeContext = vm.runInContext(PRELUDE, this.#global)({ replaceFirst, replaceAll });
  }

  /** @param name for the log: `Query.getOrder` */
  compile(code: string, name: string): Handlers {
    const { body } = moduleBody(code);
    const options = { parsingContext: this.#global, filename: "code.js" };
    // The body returns the exported functions.
    const run = vm.compileFunction(body, [...BODY_PARAMETERS], options) as unknown as CompiledModule;
    return { evaluate: (handler, context, effects) => this.#evaluate(run, name, handler, context, effects) };
  }

  #evaluate(
    run: CompiledModule,
    name: string,
    handler: HandlerName,
    context: HandlerContext,
    effects: HandlerEffects,
  ): Evaluation {
    const { util, extensions, runtime, dynamodb } = makeRuntime(effects);
    const modules = { "@aws-appsync/utils": { util, extensions, runtime }, "@aws-appsync/utils/dynamodb": dynamodb };
    const ctx = this.#makeContext(JSON.stringify(context));
    const finish = (value: unknown, early?: Evaluation["early"]): Evaluation => ({
      value: plainResponse(value),
      stash: JSON.parse(JSON.stringify(ctx.stash)),
      ...(early && { early }),
    });
    try {
      this.#global.__call = () => run(modules, bounded, util, extensions, runtime, this.#console(name))[handler](ctx);
      return finish(this.#run.runInContext(this.#global, { timeout: HANDLER_TIMEOUT_MS }));
    } catch (error) {
      if (error instanceof EarlyReturn) return finish(error.value, { skipTo: error.skipTo });
      if (error instanceof ResolverError) throw error;
      throw this.#codeError(error, `${name} (${handler})`);
    } finally {
      delete this.#global.__call;
    }
  }

  /** AppSync reports where in the bundled code a handler crashed; so does the log. */
  #codeError(error: unknown, name: string): ResolverError {
    const { name: kind, message, stack } = error as Error;
    const [, line, column] = /code\.js:(\d+):(\d+)/.exec(stack ?? "") ?? [];
    const place = line ? `code.js:${line}:${column}: ` : "";
    const text = `${place}${kind}: ${message}`;
    this.log(`${name}: ${text}`);
    return new ResolverError(text, "Code");
  }

  #console(name: string) {
    const log = (...values: unknown[]) =>
      this.log(`${name}: ${values.map((each) => (typeof each === "string" ? each : JSON.stringify(each))).join(" ")}`);
    return { log, error: log };
  }
}

/** Applies the documented differences between JavaScript and APPSYNC_JS inside the sandbox. */
const PRELUDE = `(host) => {
  "use strict";
  const parse = JSON.parse;
  JSON.parse = (text) => { try { return parse(text); } catch { return ""; } };
  const sort = Array.prototype.sort;
  Array.prototype.sort = function () { return sort.call(this); };
  String.prototype.replace = function (pattern, text) { return host.replaceFirst(String(this), String(pattern), String(text)); };
  String.prototype.replaceAll = function (pattern, text) { return host.replaceAll(String(this), String(pattern), String(text)); };
  const hide = (object, name) => Object.defineProperty(object, name, { value: object[name], enumerable: false });
  return (json) => {
    const ctx = parse(json);
    ctx.args = ctx.arguments;
    hide(ctx.info, "selectionSetList");
    hide(ctx.info, "selectionSetGraphQL");
    return ctx;
  };
}`;

/** Yields a loop's items, and throws after too many iterations. */
function* bounded(items: Iterable<unknown>): Generator<unknown> {
  let turns = 0;
  for (const item of items) {
    if (++turns > LOOP_LIMIT)
      throw new ResolverError(`A loop ran more than ${LOOP_LIMIT} iterations, AppSync's limit`, "Code");
    yield item;
  }
}

function plainResponse(value: unknown): unknown {
  if (value === undefined) return null;
  const json = JSON.stringify(value) ?? "null";
  const bytes = Buffer.byteLength(json);
  if (bytes > RESPONSE_LIMIT_BYTES) {
    throw new ResolverError(`A handler returned ${bytes} bytes; AppSync allows ${RESPONSE_LIMIT_BYTES}`, "Code");
  }
  return JSON.parse(json);
}
