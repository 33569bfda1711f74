import type { AppSyncIdentityCognito, Context } from "@aws-appsync/utils";

/** The signed-in user, who owns what is read and written. Never taken from an argument. */
export function callerOf(ctx: Context): string {
  // Only fields for people call this, and the schema admits people through Cognito only.
  return (ctx.identity as AppSyncIdentityCognito).sub;
}
