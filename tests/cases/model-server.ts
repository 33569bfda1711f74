/** A model server in OpenAI's protocol that says what a case wants said, chosen by the last `CASE:name` in the prompt. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server says for one `CASE:name`. */
export type CannedAnswer =
  | string
  | {
      readonly content?: unknown;
      readonly reasoning_content?: string;
      readonly finish?: string;
      readonly usage?: { readonly prompt_tokens: unknown; readonly completion_tokens: unknown };
      /** Instead of an answer: this status and body. */
      readonly status?: number;
      readonly body?: string;
    };

export interface ModelServer {
  /** For `--model openai=URL`. */
  readonly url: string;
  /** Adds to what it says. Names are unique over all cases: `FOLDER-name`. */
  say(answers: Readonly<Record<string, CannedAnswer | readonly CannedAnswer[]>>): void;
  /** The prompts it was sent that end in this name, in order. */
  promptsOf(name: string): readonly string[];
  close(): Promise<void>;
}

export async function startModelServer(): Promise<ModelServer> {
  const said = new Map<string, readonly CannedAnswer[]>();
  const prompts = new Map<string, string[]>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.setHeader("content-type", "application/json");
      if (request.url?.endsWith("/models")) return void response.end(JSON.stringify({ data: [{ id: "stub" }] }));
      const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as { messages: { content: unknown }[] };
      const text = messages.map(({ content }) => textOf(content)).join("\n");
      const name = [...text.matchAll(/CASE:([\w-]+)/g)].at(-1)?.[1] ?? "ok";
      const asked = prompts.get(name) ?? [];
      prompts.set(name, [...asked, text]);
      const turns = said.get(name) ?? ["ok"];
      const answer = turns[asked.length % turns.length] ?? "ok";
      const { status, body, ...rest } = typeof answer === "string" ? { content: answer } : { ...answer };
      if (status !== undefined || body !== undefined) {
        response.statusCode = status ?? 200;
        return void response.end(body ?? "");
      }
      response.end(JSON.stringify(completionOf(rest, text)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    say: (answers) => {
      for (const [name, answer] of Object.entries(answers)) said.set(name, Array.isArray(answer) ? answer : [answer]);
    },
    promptsOf: (name) => prompts.get(name) ?? [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function completionOf(answer: Exclude<CannedAnswer, string>, prompt: string): object {
  const { content = "", reasoning_content, finish = "stop", usage } = answer;
  const tokens = (text: string) => Math.ceil(text.length / 4);
  return {
    id: "1",
    object: "chat.completion",
    model: "stub",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content, ...(reasoning_content && { reasoning_content }) },
        finish_reason: finish,
      },
    ],
    usage: usage ?? { prompt_tokens: tokens(prompt), completion_tokens: tokens(textOf(content)) },
  };
}

function textOf(content: unknown): string {
  return typeof content === "string" ? content : JSON.stringify(content ?? "");
}
