/** What a resolver's request goes to. */

export interface DataSourceOutcome {
  /** `ctx.result` */
  readonly result: unknown;
  /** `ctx.error`; the response handler decides what becomes of it. */
  readonly error?: { readonly message: string; readonly type: string };
}

export interface DataSource {
  /**
   * @param request what the request handler answered
   * @param signal ends the call when the operation has taken too long
   */
  invoke(request: unknown, signal: AbortSignal): Promise<DataSourceOutcome>;
  /** Lets go of connections. */
  close(): void;
}

/** The NONE data source gives back the payload. */
export function noneDataSource(): DataSource {
  return {
    invoke: async (request) => ({ result: (request as { payload?: unknown } | null)?.payload ?? null }),
    close: () => undefined,
  };
}

/** An error of an SDK call in AppSync's words. */
export function callError(service: string, error: unknown, signal: AbortSignal): { message: string; type: string } {
  if (signal.aborted) return { message: "Execution timed out.", type: "ExecutionTimeout" };
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number; requestId?: string } };
  const status = $metadata?.httpStatusCode;
  const detail = status
    ? ` (Service: ${service}, Status Code: ${status}, Request ID: ${$metadata?.requestId ?? "local"})`
    : "";
  return { message: `${message}${detail}`, type: `${service === "DynamoDb" ? "DynamoDB" : service}:${name}` };
}
