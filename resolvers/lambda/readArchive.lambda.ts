/** Asks S3 whether a dataset is archived. The previous step has checked its ownership. */
import { lambdaHandler } from "./lambdaHandler.ts";
import { archiveStatus } from "./archive/archiveStatus.ts";

export const handler = lambdaHandler(({ prefix }: { prefix: string }) => archiveStatus(prefix));
