/** Table names for transactions and batches, from the API's environment variables. */
import type { Context } from "@aws-appsync/utils";
import { ENVIRONMENT } from "../../core/environment.ts";

export const jobsTable = (ctx: Context): string => ctx.env[ENVIRONMENT.jobsTable] as string;
export const templatesTable = (ctx: Context): string => ctx.env[ENVIRONMENT.templatesTable] as string;
export const seedSetsTable = (ctx: Context): string => ctx.env[ENVIRONMENT.seedSetsTable] as string;
