/** The limits of ad hoc runs: of a template's test runs and of generated seeds. */
import { NANOS_PER_USD } from "./money.ts";

export const MAX_AD_HOC_BUDGET_NANOS = 5 * NANOS_PER_USD;
export const MAX_TEST_RUN_RECORDS = 10;
/** For each collection. */
export const MAX_GENERATED_ITEMS = 500;
