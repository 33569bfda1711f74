/**
 * The baseline for the bench "user". Runs as its own process: chat completions over kept connections, a fixed number in flight,
 * and nothing else. All it does with an answer is read its text.
 */
import { Agent, request } from "node:http";
import { requestsOf } from "./qa3.ts";

/** The loop's options, as JSON in its first argument. */
export interface ChatLoopOptions {
  /** `http://127.0.0.1:PORT/v1` */
  readonly baseUrl: string;
  readonly calls: number;
  readonly inFlight: number;
}

const { baseUrl, calls, inFlight } = JSON.parse(process.argv[2] ?? "{}") as ChatLoopOptions;
const agent = new Agent({ keepAlive: true, maxSockets: inFlight });

let next = 0;
await Promise.all(Array.from({ length: inFlight }, loop));
agent.destroy();

async function loop(): Promise<void> {
  for (let call = next++; call < calls; call = next++) {
    const [{ prompt: content } = { prompt: "" }] = requestsOf(call, 1);
    const body = JSON.stringify({ model: "stub", messages: [{ role: "user", content }], max_tokens: 256 });
    const answer = JSON.parse(await post(body)) as { choices: { message: { content: string } }[] };
    if (!answer.choices[0]?.message.content) throw new Error("The stub returned no text.");
  }
}

function post(body: string): Promise<string> {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(`${baseUrl}/chat/completions`, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.once("end", () => resolve(text)).once("error", reject);
    });
    sent.once("error", reject).end(body);
  });
}
