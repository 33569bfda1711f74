/** Asks S3 where a dataset lies. Whose it is was checked by the step before. */
import { answering } from "./lambdaHandler.ts";
import { stateOf } from "./archive/archiveStatus.ts";

export const handler = answering(({ prefix }: { prefix: string }) => stateOf(prefix));
