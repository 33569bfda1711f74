/** Which model answers, in words: said when the cloud starts. */
import { AwsError } from "../service.ts";
import { chooseServerModel, type OpenAiForward } from "./forward-openai.ts";
import type { ModelOptions } from "./options.ts";

/** The start does not wait longer for a server. */
const TIMEOUT_MS = 3_000;
const MAX_LISTED = 10;

export async function describeModel({ forward }: ModelOptions): Promise<string> {
  if (!forward) return "the sample model, which costs nothing";
  if (forward.kind === "bedrock") return "Amazon Bedrock, with your AWS credentials";
  return await describeServer(forward);
}

async function describeServer(forward: OpenAiForward): Promise<string> {
  try {
    const { model, listed } = await chooseServerModel(forward, AbortSignal.timeout(TIMEOUT_MS));
    const others = listed.filter((id) => id !== model);
    const shown = others.slice(0, MAX_LISTED).join(", ") + (others.length > MAX_LISTED ? ", …" : "");
    const more = others.length > 0 ? `; it also lists ${shown} (choose with --model openai=URL,model=NAME)` : "";
    return `${model} at ${forward.baseUrl}${more}`;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return `none yet: ${error.message.replace(/\.?$/, ".")} Jobs wait until it answers.`;
  }
}
