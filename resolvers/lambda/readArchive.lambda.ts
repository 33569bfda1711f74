/** Asks S3 where a dataset lies. Whose it is was checked by the step before. */
import { answering } from "./answer.ts";
import { stateOf } from "./archive/stateOf.ts";

export const handler = answering(({ prefix }: { prefix: string }) => stateOf(prefix));
