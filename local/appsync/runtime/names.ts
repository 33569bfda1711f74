/** Every function of the resolver runtime, by its full name; the language check rejects others. */

export const RUNTIME_NAMES: readonly string[] = [
  ...["error", "appendError", "unauthorized", "autoId", "autoUlid", "autoKsuid", "matches", "authType"].map(inUtil),
  ...["escapeJavaScript", "urlEncode", "urlDecode", "base64Encode", "base64Decode"].map(inUtil),
  ...["nowISO8601", "nowEpochSeconds", "nowEpochMilliSeconds", "nowFormatted", "parseFormattedToEpochMilliSeconds"].map(
    inTime,
  ),
  ...["parseISO8601ToEpochMilliSeconds", "epochMilliSecondsToSeconds", "epochMilliSecondsToISO8601"].map(inTime),
  "util.time.epochMilliSecondsToFormatted",
  ...["toDynamoDB", "toString", "toStringSet", "toNumber", "toNumberSet", "toBinary", "toBinarySet"].map(inDynamodb),
  ...["toBoolean", "toNull", "toList", "toMap", "toMapValues", "toS3Object", "fromS3ObjectJson"].map(inDynamodb),
  "util.transform.toDynamoDBFilterExpression",
  "util.transform.toDynamoDBConditionExpression",
  "util.transform.toSubscriptionFilter",
  ...["roundNum", "minVal", "maxVal", "randomDouble", "randomWithinRange"].map((name) => `util.math.${name}`),
  "util.str.normalize",
  ...["copyHeaders", "addResponseHeader", "addResponseHeaders"].map((name) => `util.http.${name}`),
  ...["setSubscriptionFilter", "setSubscriptionInvalidationFilter", "invalidateSubscriptions"].map(inExtensions),
  "extensions.evictFromApiCache",
  "runtime.earlyReturn",
];

/** Exports of `@aws-appsync/utils/dynamodb`. */
export const DYNAMODB_NAMES: readonly string[] = [
  ...["get", "put", "update", "remove", "query", "scan", "sync"],
  ...["batchGet", "batchPut", "batchDelete", "transactGet", "transactWrite"],
  ...["toStringSet", "toNumberSet", "toBinarySet", "operations"],
  ...["add", "remove", "replace", "increment", "decrement", "append", "prepend", "updateListItem"].map(
    (name) => `operations.${name}`,
  ),
];

function inUtil(name: string): string {
  return `util.${name}`;
}

function inTime(name: string): string {
  return `util.time.${name}`;
}

function inDynamodb(name: string): string {
  return `util.dynamodb.${name}`;
}

function inExtensions(name: string): string {
  return `extensions.${name}`;
}
