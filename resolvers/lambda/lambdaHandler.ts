/** How a function responds to the step that invoked it: with data, or an error meant for people. */
import { Logger } from "@aws-lambda-powertools/logger";
import { PlotPaletteError } from "../../core/errors.ts";
import type { LambdaResponse } from "../shared/lambda.ts";

export const logger = new Logger({ serviceName: "plot-palette" });

/** Turns `work` into a handler. Errors not meant for people are logged in full and reported in one sentence. */
export function lambdaHandler<Input, Data>(
  work: (input: Input) => Promise<Data>,
): (input: Input) => Promise<LambdaResponse<Data>> {
  return async (input) => {
    try {
      return { data: await work(input) };
    } catch (error) {
      if (error instanceof PlotPaletteError) return { error: { type: error.code, message: error.message } };
      logger.error("Unexpected error", error as Error);
      return { error: { type: "Internal", message: "Something went wrong on our side; try again." } };
    }
  };
}
