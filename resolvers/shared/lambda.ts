/** Invoking a Lambda function from a step, and its response. */
import { util, type Context } from "@aws-appsync/utils";
import { throwInternal } from "./errors.ts";

/** The response of every function invoked synchronously: its data, or an error meant for people. */
export type LambdaResponse<Data> =
  | { readonly data: Data; readonly error?: undefined }
  | { readonly data?: undefined; readonly error: { readonly type: string; readonly message: string } };

export function invoke(payload: object) {
  return { operation: "Invoke" as const, invocationType: "RequestResponse" as const, payload };
}

/** Starts the function without waiting for it. */
export function invokeAsync(payload: object) {
  return { operation: "Invoke" as const, invocationType: "Event" as const, payload };
}

export function responseData<Data>(ctx: Context): Data {
  if (ctx.error) throwInternal(ctx);
  const response: LambdaResponse<Data> = ctx.result;
  if (response.error) util.error(response.error.message, response.error.type);
  return response.data as Data;
}
