/** One GraphQL operation in execution: what its resolvers share and leave behind. */
import type { ApiCaller } from "./caller.ts";
import { ResolverError, unauthorizedField } from "./errors.ts";
import type { AnswerError } from "./errors.ts";
import type { HandlerEffects, Invalidation } from "./runtime/runtime.ts";
import type { SubscriptionFilter } from "./runtime/subscription-filter.ts";

/** "Request execution time: 30 seconds" */
const EXECUTION_LIMIT_MS = 30_000;
/** "invalidateSubscriptions: at most five in a request" */
const INVALIDATION_LIMIT = 5;

const AUTH_TYPES: Readonly<Record<string, string>> = {
  API_KEY: "API Key Authorization",
  AWS_IAM: "IAM Authorization",
  AMAZON_COGNITO_USER_POOLS: "User Pool Authorization",
  OPENID_CONNECT: "Open ID Connect Authorization",
  AWS_LAMBDA: "Lambda Authorization",
};

export class Operation {
  readonly errors: AnswerError[] = [];
  readonly invalidations: Invalidation[] = [];
  readonly responseHeaders: Record<string, string> = {};
  /** Aborts the data sources' calls when the operation times out. */
  readonly signal = AbortSignal.timeout(EXECUTION_LIMIT_MS);
  subscriptionFilter: SubscriptionFilter | undefined;
  invalidationFilter: SubscriptionFilter | undefined;
  resolverCount = 0;

  constructor(
    readonly caller: ApiCaller,
    /** `ctx.request.headers` */
    readonly headers: Readonly<Record<string, unknown>>,
    readonly variables: Readonly<Record<string, unknown>>,
    readonly now: () => number,
    /** Set while a mutation's value is delivered to a subscriber: every field is then read from the value. */
    readonly delivered?: unknown,
  ) {}

  /** The effects available to the handlers of one field. */
  effects(typeName: string, fieldName: string, appendError: (error: ResolverError) => void): HandlerEffects {
    return {
      now: this.now,
      authType: AUTH_TYPES[this.caller.mode] ?? "API Key Authorization",
      unauthorized: () => unauthorizedField(typeName, fieldName),
      appendError,
      setSubscriptionFilter: (filter) => void (this.subscriptionFilter = filter),
      setInvalidationFilter: (filter) => void (this.invalidationFilter = filter),
      invalidateSubscriptions: (invalidation) => this.#invalidate(invalidation),
      addResponseHeader: (name, value) => void (this.responseHeaders[name] = value),
    };
  }

  #invalidate(invalidation: Invalidation): void {
    if (this.invalidations.length >= INVALIDATION_LIMIT) {
      throw new ResolverError(`A request may invalidate subscriptions at most ${INVALIDATION_LIMIT} times`);
    }
    this.invalidations.push(invalidation);
  }
}
