/**
 * Run as a process of its own, bundled as the worker is: the same calls by the SDK's client as it comes, so many in flight, and
 * nothing else. What it does with an answer is to read its text.
 */
import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { answerOf, inputOf } from "../worker/adapters/bedrock-model.ts";
import { requestsOf } from "./qa3.ts";

/** What the loop is told, as JSON in its first argument. */
export interface LoopOptions {
  readonly records: number;
  readonly steps: 1 | 3;
  readonly inFlight: number;
}

const { records, steps, inFlight } = JSON.parse(process.argv[2] ?? "{}") as LoopOptions;
const agent = { keepAlive: true, maxSockets: inFlight + 8 };
const requestHandler = new NodeHttpHandler({ httpAgent: agent, httpsAgent: agent });
const client = new BedrockRuntimeClient({ maxAttempts: 1, requestHandler });

let next = 0;
await Promise.all(Array.from({ length: inFlight }, loop));
// Until it is killed: its processor time is still to be read.
setInterval(() => {}, 60_000);

async function loop(): Promise<void> {
  for (let record = next++; record < records; record = next++)
    for (const request of requestsOf(record, steps)) {
      const { text } = answerOf(await client.send(new ConverseCommand(inputOf(request))));
      if (text === "") throw new Error("The stub gave no text.");
    }
}
