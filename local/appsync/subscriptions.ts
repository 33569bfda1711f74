/** Which clients subscribe to which mutations, and what they receive. */
import { getArgumentValues } from "graphql/execution/values.js";
import { GraphQLError } from "graphql";
import type { FieldNode } from "graphql";
import type { Api } from "./api.ts";
import type { ApiCaller } from "./caller.ts";
import { answerError, RequestError, ResolverError } from "./errors.ts";
import type { AnswerError } from "./errors.ts";
import { deniedByPolicy, deniedField } from "./field-access.ts";
import { callResolver, isPrepared, prepare, selectDelivered } from "./graphql.ts";
import type { GraphQLRequest, PreparedOperation } from "./graphql.ts";
import { Operation } from "./operation.ts";
import { fragmentsOf, rootFields } from "./operation-shape.ts";
import { matchesFilter } from "./runtime/subscription-filter.ts";
import type { SubscriptionFilter } from "./runtime/subscription-filter.ts";
import type { Invalidation } from "./runtime/runtime.ts";
import { selectionOf } from "./selection.ts";

/** "Subscription payload: 240 KB" */
const PAYLOAD_LIMIT_BYTES = 240 * 1024;

/** Rejects a subscription, with the errors to respond with. */
export class SubscriptionRefused extends Error {
  constructor(readonly errors: readonly AnswerError[]) {
    super(errors[0]?.message ?? "The subscription was rejected");
  }
}

export interface Subscription {
  readonly field: string;
  /** The arguments that were given, coerced. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly filter: SubscriptionFilter | undefined;
  readonly invalidationFilter: SubscriptionFilter | undefined;
  readonly prepared: PreparedOperation;
  readonly request: GraphQLRequest;
  readonly caller: ApiCaller;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Where a subscription's messages go. */
export interface Subscriber {
  deliver(payload: unknown): void;
  /** Called when the subscription ends without the client stopping it. */
  end(): void;
}

export class Subscriptions {
  readonly #subscribers = new Map<Subscription, Subscriber>();

  constructor(readonly api: Api) {}

  get size(): number {
    return this.#subscribers.size;
  }

  /** @returns a function that ends it */
  add(subscription: Subscription, subscriber: Subscriber): () => void {
    this.#subscribers.set(subscription, subscriber);
    return () => void this.#subscribers.delete(subscription);
  }

  /** Delivers a mutation's result, as far as the mutation selected it. */
  publish(mutationField: string, value: unknown): void {
    if (value === null || value === undefined) return;
    const fields = this.api.schema.subscriptionsOf(mutationField);
    for (const [subscription, subscriber] of this.#subscribers) {
      if (!fields.includes(subscription.field) || !listensTo(subscription, value)) continue;
      const payload = this.#payload(subscription, value);
      if (payload !== undefined) subscriber.deliver(payload);
    }
  }

  /** Ends the subscriptions whose invalidation filter matches the payload. */
  invalidate({ subscriptionField, payload }: Invalidation): void {
    for (const [subscription, subscriber] of [...this.#subscribers]) {
      const { field, invalidationFilter } = subscription;
      if (field !== subscriptionField || !invalidationFilter || !matchesFilter(invalidationFilter, payload)) continue;
      this.#subscribers.delete(subscription);
      subscriber.end();
    }
  }

  #payload({ prepared, request, caller, headers, field }: Subscription, value: unknown): unknown {
    const operation = new Operation(caller, headers, request.variables, this.api.context.clock.now, value);
    const payload = selectDelivered(this.api, prepared, request.variables, operation);
    const bytes = Buffer.byteLength(JSON.stringify(payload));
    if (bytes <= PAYLOAD_LIMIT_BYTES) return payload;
    this.api.context.log(
      `appsync: a message of ${field} has ${bytes} bytes and is not delivered; AppSync allows ${PAYLOAD_LIMIT_BYTES}`,
    );
    return undefined;
  }
}

/**
 * Starts a subscription: authorizes its field and runs its resolver, which may reject it or set filters.
 * @throws SubscriptionRefused, or RequestError for anything but a subscription
 */
export async function openSubscription(
  api: Api,
  request: GraphQLRequest,
  caller: ApiCaller,
  headers: Readonly<Record<string, unknown>>,
): Promise<Subscription> {
  const prepared = prepare(api, request);
  if (!isPrepared(prepared)) throw new SubscriptionRefused(prepared);
  const { document, operation: definition, variables } = prepared;
  const [node] = rootFields(document, definition);
  const type = api.schema.schema.getSubscriptionType();
  const field = node && type?.getFields()[node.name.value];
  if (definition.operation !== "subscription" || !type || !field) {
    throw new RequestError(
      400,
      "UnsupportedOperation",
      `${definition.operation} not supported through the realtime channel`,
    );
  }
  const operation = new Operation(caller, headers, request.variables, api.context.clock.now);
  const placed = (error: ResolverError) =>
    new GraphQLError(error.message, { nodes: [node], path: [answerName(node)], originalError: error });
  const args = getArgumentValues(field, node, variables);
  try {
    const denied = deniedField(type.name, field.name, api.schema.accessRules(type, field), caller, api.access);
    const forbidden = denied ?? deniedByPolicy(type.name, field.name, caller, api.access);
    if (forbidden) throw forbidden;
    const selection = selectionOf({ fieldNodes: [node], fragments: fragmentsOf(document), returnType: field.type });
    await callResolver(api, {
      typeName: type.name,
      fieldName: field.name,
      source: null,
      args,
      operation,
      selection,
      placed,
    });
  } catch (error) {
    if (!(error instanceof ResolverError)) throw error;
    throw new SubscriptionRefused([answerError(placed(error), api.schema.schema)]);
  }
  if (operation.errors.length > 0) throw new SubscriptionRefused(operation.errors);
  const { subscriptionFilter: filter, invalidationFilter } = operation;
  return { field: field.name, args, filter, invalidationFilter, prepared, request, caller, headers };
}

function answerName(node: FieldNode): string {
  return node.alias?.value ?? node.name.value;
}

/** An enhanced filter replaces the comparison of arguments; an argument of null matches a field that is null. */
function listensTo({ filter, args }: Subscription, value: unknown): boolean {
  if (filter) return matchesFilter(filter, value);
  return Object.entries(args).every(([name, wanted]) => {
    const actual = (value as Record<string, unknown>)[name] ?? null;
    return JSON.stringify(actual) === JSON.stringify(wanted ?? null);
  });
}
