import type { AppSyncIdentityCognito, Context } from "@aws-appsync/utils";

/** Who is signed in: the owner of what is read and written. Never taken from an argument. */
export function callerOf(ctx: Context): string {
  // Only fields for people ask, and the schema lets in people with Cognito alone.
  return (ctx.identity as AppSyncIdentityCognito).sub;
}
