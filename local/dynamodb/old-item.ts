/** `ReturnValuesOnConditionCheckFailure`: returns the item that failed the condition with the error. */
import { AwsError } from "../service.ts";

/** @throws AwsError `ValidationException` for a value other than ALL_OLD or NONE */
export function wantsOldItem(request: Readonly<Record<string, any>>): boolean {
  const value = request.ReturnValuesOnConditionCheckFailure as string | undefined;
  if (value === undefined || value === null || value === "NONE") return false;
  if (value === "ALL_OLD") return true;
  throw new AwsError(
    400,
    "ValidationException",
    `1 validation error detected: Value '${value}' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]`,
  );
}
