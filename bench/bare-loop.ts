/**
 * The baseline for the bench "calls". Runs as its own process, bundled like the worker: the same calls with the stock SDK client, a fixed
 * number in flight, and nothing else. All it does with an answer is read its text.
 */
import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { answerOf, inputOf } from "../worker/adapters/bedrock-model.ts";
import { requestsOf } from "./qa3.ts";

/** The loop's options, as JSON in its first argument. */
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
// Stays until it is killed: its CPU time is yet to be read.
setInterval(() => {}, 60_000);

async function loop(): Promise<void> {
  for (let record = next++; record < records; record = next++)
    for (const request of requestsOf(record, steps)) {
      const { text } = answerOf(await client.send(new ConverseCommand(inputOf(request))));
      if (text === "") throw new Error("The stub returned no text.");
    }
}
