/** How a function answers the step that waits for it: data, or an error meant for people. */
import { Logger } from "@aws-lambda-powertools/logger";
import { PlotPaletteError } from "../../core/errors.ts";
import type { LambdaAnswer } from "../shared/lambda.ts";

export const logger = new Logger({ serviceName: "plot-palette" });

/** Makes a handler of `work`. What it throws that is not meant for people is logged whole and told in one sentence. */
export function answering<Input, Data>(
  work: (input: Input) => Promise<Data>,
): (input: Input) => Promise<LambdaAnswer<Data>> {
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
