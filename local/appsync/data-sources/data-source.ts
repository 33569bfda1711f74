/** The target of a resolver's request. */

export interface DataSourceOutcome {
  /** `ctx.result` */
  readonly result: unknown;
  /** `ctx.error`; the response handler decides what to do with it. */
  readonly error?: { readonly message: string; readonly type: string };
}

export interface DataSource {
  /**
   * @param request what the request handler returned
   * @param signal aborts the call when the operation times out
   */
  invoke(request: unknown, signal: AbortSignal): Promise<DataSourceOutcome>;
  /** Closes connections. */
  close(): void;
}

/** The NONE data source returns the payload. */
export function noneDataSource(): DataSource {
  return {
    invoke: async (request) => ({ result: (request as { payload?: unknown } | null)?.payload ?? null }),
    close: () => undefined,
  };
}

/** An error of an SDK call as AppSync reports it. */
export function callError(service: string, error: unknown, signal: AbortSignal): { message: string; type: string } {
  if (signal.aborted) return { message: "Execution timed out.", type: "ExecutionTimeout" };
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number; requestId?: string } };
  const status = $metadata?.httpStatusCode;
  const detail = status
    ? ` (Service: ${service}, Status Code: ${status}, Request ID: ${$metadata?.requestId ?? "local"})`
    : "";
  return { message: `${message}${detail}`, type: `${service === "DynamoDb" ? "DynamoDB" : service}:${name}` };
}
