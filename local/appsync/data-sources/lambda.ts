/** The AWS_LAMBDA data source: calls a function through the Lambda endpoint, as the data source's role. */
import { InvokeCommand } from "@aws-sdk/client-lambda";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { callError } from "./data-source.ts";
import type { DataSource, DataSourceOutcome } from "./data-source.ts";
import type { RoleClient } from "./role-client.ts";

interface LambdaRequest {
  readonly operation?: string;
  readonly invocationType?: "RequestResponse" | "Event";
  readonly payload?: unknown;
}

export function lambdaDataSource(functionArn: string, client: RoleClient<LambdaClient>): DataSource {
  return {
    invoke: (request, signal) => invoke(client, functionArn, request as LambdaRequest, signal),
    close: () => client.close(),
  };
}

async function invoke(
  client: RoleClient<LambdaClient>,
  functionArn: string,
  request: LambdaRequest,
  signal: AbortSignal,
): Promise<DataSourceOutcome> {
  const { operation, invocationType = "RequestResponse", payload } = request ?? {};
  if (operation !== "Invoke") {
    const message = `A request to a Lambda data source must have the operation "Invoke"; got ${JSON.stringify(operation)}`;
    return { result: null, error: { message, type: "Lambda:BadRequest" } };
  }
  try {
    const command = new InvokeCommand({
      FunctionName: functionArn,
      InvocationType: invocationType,
      Payload: JSON.stringify(payload ?? null),
    });
    const answer = await client.get().send(command, { abortSignal: signal });
    if (invocationType === "Event") return { result: null };
    const value = answer.Payload?.length ? JSON.parse(answer.Payload.transformToString()) : null;
    if (!answer.FunctionError) return { result: value };
    return {
      result: null,
      error: { message: value?.errorMessage ?? answer.FunctionError, type: `Lambda:${answer.FunctionError}` },
    };
  } catch (error) {
    return { result: null, error: callError("Lambda", error, signal) };
  }
}
