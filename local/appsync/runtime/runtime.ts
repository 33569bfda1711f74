/** `util`, `extensions` and `runtime` as handlers see them, and `@aws-appsync/utils/dynamodb`. */
import { ResolverError } from "../errors.ts";
import * as dynamodbValues from "./dynamodb-values.ts";
import * as dynamodbRequests from "./dynamodb-requests.ts";
import { EarlyReturn } from "./early-return.ts";
import { base64Decode, base64Encode, escapeJavaScript, urlDecode, urlEncode } from "./encoding.ts";
import { filterExpression } from "./filter-expression.ts";
import { autoId, autoKsuid, autoUlid } from "./ids.ts";
import { matches } from "./java-regex.ts";
import { checkSubscriptionFilter, toSubscriptionFilter } from "./subscription-filter.ts";
import type { SubscriptionFilter } from "./subscription-filter.ts";
import { timeUtil } from "./time.ts";

/** The side effects of a handler. */
export interface HandlerEffects {
  now(): number;
  /** "User Pool Authorization", "IAM Authorization" */
  readonly authType: string;
  unauthorized(): ResolverError;
  appendError(error: ResolverError): void;
  setSubscriptionFilter(filter: SubscriptionFilter): void;
  setInvalidationFilter(filter: SubscriptionFilter): void;
  invalidateSubscriptions(invalidation: Invalidation): void;
  addResponseHeader(name: string, value: string): void;
}

/** A mutation's request to end subscriptions. */
export interface Invalidation {
  readonly subscriptionField: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export function makeRuntime(effects: HandlerEffects) {
  const util = {
    error: (message: unknown, type?: string, data?: unknown, info?: unknown): never => {
      throw resolverError(message, type, data, info);
    },
    appendError: (message: unknown, type?: string, data?: unknown, info?: unknown) =>
      effects.appendError(resolverError(message, type, data, info)),
    unauthorized: (): never => {
      throw effects.unauthorized();
    },
    autoId,
    autoUlid: () => autoUlid(effects.now()),
    autoKsuid: () => autoKsuid(effects.now()),
    matches,
    authType: () => effects.authType,
    escapeJavaScript,
    urlEncode,
    urlDecode,
    base64Encode,
    base64Decode,
    time: timeUtil(effects.now),
    dynamodb: dynamodbValues,
    transform: {
      toDynamoDBFilterExpression: (filter: unknown) => jsonOrNull(filterExpression(filter)),
      toDynamoDBConditionExpression: (filter: unknown) => jsonOrNull(filterExpression(filter)),
      toSubscriptionFilter,
    },
    math: {
      roundNum: (value: number) => Math.round(value),
      minVal: (a: number, b: number) => Math.min(a, b),
      maxVal: (a: number, b: number) => Math.max(a, b),
      randomDouble: () => Math.random(),
      randomWithinRange: (start: number, end: number) => start + Math.floor(Math.random() * (end - start)),
    },
    str: { normalize: (text: string, form: string) => text.normalize(form.toUpperCase()) },
    http: {
      copyHeaders,
      addResponseHeader: (name: string, value: unknown) => addHeaders(effects, { [name]: value }),
      addResponseHeaders: (headers: Record<string, unknown>) => addHeaders(effects, headers),
    },
  };
  const extensions = {
    setSubscriptionFilter: (filter: unknown) => effects.setSubscriptionFilter(checkSubscriptionFilter(filter)),
    setSubscriptionInvalidationFilter: (filter: unknown) =>
      effects.setInvalidationFilter(checkSubscriptionFilter(filter)),
    invalidateSubscriptions: (invalidation: Invalidation) => effects.invalidateSubscriptions(plain(invalidation)),
    // The local cloud has no cache, so there is nothing to evict.
    evictFromApiCache: () => undefined,
  };
  const runtime = {
    earlyReturn: (value?: unknown, options?: { skipTo?: "END" | "NEXT" }): never => {
      throw new EarlyReturn(value, options?.skipTo);
    },
  };
  return { util, extensions, runtime, dynamodb: dynamodbRequests.helpers };
}

function resolverError(message: unknown, type?: string, data?: unknown, info?: unknown): ResolverError {
  return new ResolverError(String(message), type ?? null, plain(data ?? null), plain(info ?? null));
}

/** A deep copy, independent of the handler's objects. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function jsonOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Headers that AppSync neither passes on to other services nor lets handlers set. */
const RESTRICTED_HEADERS =
  /^(transfer-encoding|connection|host|expect|keep-alive|upgrade|proxy-authenticate|proxy-authorization|te|trailer|content-length|x-amz.*|x-amzn.*)$/i;

function copyHeaders(headers: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !RESTRICTED_HEADERS.test(name)));
}

function addHeaders(effects: HandlerEffects, headers: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (RESTRICTED_HEADERS.test(name)) throw new ResolverError(`The response header "${name}" is reserved by AppSync`);
    effects.addResponseHeader(name, typeof value === "string" ? value : JSON.stringify(value));
  }
}
