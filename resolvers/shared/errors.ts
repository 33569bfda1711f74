/** The errors that people see, each with its `errorType` and message in one place. */
import { util, type Context } from "@aws-appsync/utils";

type Resource = "job" | "template" | "seed set" | "test run";

/** The same answer for what does not exist and what belongs to someone else. */
export function throwNotFound(resource: Resource): never {
  return util.error(`There is no ${resource} with that id.`, "NotFound");
}

export function throwBadInput(message: string): never {
  return util.error(message, "BadInput");
}

export function throwConflict(message: string): never {
  return util.error(message, "Conflict");
}

/** For our own failures: logs everything, and tells the caller in one sentence. */
export function throwInternal(ctx: Context): never {
  console.error({ field: ctx.info.fieldName, error: ctx.error });
  return util.error("Something went wrong on our side; try again.", "Internal");
}

/** Whether it could be one of our ids. Anything else is never sent to the table. */
export function isId(id: string): boolean {
  return util.matches("^[A-Za-z0-9_-]{1,64}$", id);
}

export function checkId(id: string, resource: Resource): void {
  if (!isId(id)) throwNotFound(resource);
}
