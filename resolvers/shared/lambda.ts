/** Calling a function from a step, and what functions answer. */
import { util, type Context } from "@aws-appsync/utils";
import { fail } from "./errors.ts";

/** What every function that is waited for answers: its data, or an error meant for people. */
export type LambdaAnswer<Data> =
  | { readonly data: Data; readonly error?: undefined }
  | { readonly data?: undefined; readonly error: { readonly type: string; readonly message: string } };

export function call(payload: object) {
  return { operation: "Invoke" as const, invocationType: "RequestResponse" as const, payload };
}

/** Starts the function and does not wait for it. */
export function callLater(payload: object) {
  return { operation: "Invoke" as const, invocationType: "Event" as const, payload };
}

export function answerOf<Data>(ctx: Context): Data {
  if (ctx.error) fail(ctx);
  const answer: LambdaAnswer<Data> = ctx.result;
  if (answer.error) util.error(answer.error.message, answer.error.type);
  return answer.data as Data;
}
