/** The errors a person sees, each with its `errorType` and its words in one place. */
import { util, type Context } from "@aws-appsync/utils";

type Thing = "job" | "template" | "seed set" | "try";

/** The one answer for what does not exist and for what belongs to someone else. */
export function throwNotFound(thing: Thing): never {
  return util.error(`There is no ${thing} with that id.`, "NotFound");
}

export function throwBadInput(message: string): never {
  return util.error(message, "BadInput");
}

export function throwConflict(message: string): never {
  return util.error(message, "Conflict");
}

/** For what went wrong on our side: the log gets all of it, the person a sentence. */
export function fail(ctx: Context): never {
  console.error({ field: ctx.info.fieldName, error: ctx.error });
  return util.error("Something went wrong on our side; try again.", "Internal");
}

/** Whether it could be an id of ours. Anything else is nobody's, and is not sent to the table. */
export function isId(id: string): boolean {
  return util.matches("^[A-Za-z0-9_-]{1,64}$", id);
}

export function checkId(id: string, thing: Thing): void {
  if (!isId(id)) throwNotFound(thing);
}
