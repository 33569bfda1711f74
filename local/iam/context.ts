import type { Caller } from "../service.ts";

/** A request's condition keys, with names in lowercase since IAM ignores case. Built by `requestContext`. */
export type RequestContext = ReadonlyMap<string, string | readonly string[]>;

export type ContextKeys = Readonly<Record<string, string | readonly string[]>>;

/** @param keys condition keys in any case; later ones win */
export function requestContext(...keys: readonly ContextKeys[]): RequestContext {
  return new Map(
    keys.flatMap((part) => Object.entries(part).map(([key, value]) => [key.toLowerCase(), value] as const)),
  );
}

export function contextValue(context: RequestContext, key: string): string | readonly string[] | undefined {
  return context.get(key.toLowerCase());
}

/** The global keys about the caller. */
export function callerKeys(caller: Caller): ContextKeys {
  const tags = Object.entries(caller.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]);
  return {
    "aws:PrincipalArn": caller.roleArn ?? caller.principalArn,
    "aws:PrincipalAccount": caller.principalArn.split(":")[4] ?? "",
    "aws:PrincipalType": caller.roleArn ? "AssumedRole" : "Account",
    "aws:PrincipalIsAWSService": "false",
    ...Object.fromEntries(tags),
  };
}

/** The global keys about place and time. Plain HTTP on this machine counts as HTTPS. */
export function surroundingKeys(region: string, nowMs: number): ContextKeys {
  return {
    "aws:SecureTransport": "true",
    "aws:ViaAWSService": "false",
    "aws:SourceIp": "127.0.0.1",
    "aws:RequestedRegion": region,
    "aws:CurrentTime": new Date(nowMs).toISOString(),
    "aws:EpochTime": String(Math.floor(nowMs / 1000)),
  };
}
