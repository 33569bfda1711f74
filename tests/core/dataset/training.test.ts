import { parseTemplate } from "../../../core/template/parse.ts";
import {
  alpacaRow,
  checkFormats,
  messagesRow,
  shareGptRow,
  trainingFormatsOf,
} from "../../../core/dataset/training.ts";

const template = (training: string) =>
  parseTemplate(`name: T
steps: [{ id: a, tier: economy, prompt: Hi }]
record: { chat: { value: it.seed, type: json }, task: it.seed.task, answer: it.steps.a.output }
${training}`);

const TURNS = [
  { role: "system", content: "Be kind." },
  { role: "user", content: "Hi" },
  { role: "assistant", content: "Hello", weight: 1 },
];

test.each([
  ["", []],
  ["training: { messages: chat }", ["MESSAGES", "SHAREGPT"]],
  ["training: { alpaca: { instruction: task, output: answer } }", ["ALPACA"]],
])("%j maps %j", (training, formats) => expect(trainingFormatsOf(template(training))).toEqual(formats));

test("a format that the template does not map is refused in words", () => {
  expect(() => checkFormats(template("training: { messages: chat }"), ["JSONL", "MESSAGES", "SHAREGPT"])).not.toThrow();
  expect(() => checkFormats(template("training: { messages: chat }"), ["CSV", "ALPACA"])).toThrow(
    'The format "alpaca" needs "training.alpaca", which the template "T" does not have; add it, or omit the format.',
  );
});

test("OpenAI messages are the turns as they are", () => {
  expect(messagesRow({ messages: "chat" }, { chat: TURNS })).toEqual({ messages: TURNS });
});

test("ShareGPT has its own names for who speaks", () => {
  expect(shareGptRow({ messages: "chat" }, { chat: TURNS }, "R1")).toEqual({
    id: "R1",
    conversations: [
      { from: "system", value: "Be kind." },
      { from: "human", value: "Hi" },
      { from: "gpt", value: "Hello" },
    ],
  });
});

test.each([
  [null],
  ["Hi"],
  [[]],
  [[null]],
  [[{ role: "user", content: "Hi" }]],
  [[{ role: "assistant", content: null }]],
  [[...TURNS, { role: "toString", content: "x" }]],
])("%j is no conversation", (chat) => {
  expect(messagesRow({ messages: "chat" }, { chat })).toBeUndefined();
  expect(shareGptRow({ messages: "chat" }, { chat }, "R1")).toBeUndefined();
});

test("Alpaca has texts alone, an empty one for an input that is not there", () => {
  const columns = { instruction: "task", output: "answer" };
  const row = { task: "Count.", answer: [1, 2], extra: "to two" };
  expect(alpacaRow({ alpaca: columns }, row)).toEqual({ instruction: "Count.", input: "", output: "[1,2]" });
  expect(alpacaRow({ alpaca: { ...columns, input: "extra" } }, row)).toMatchObject({ input: "to two" });
  expect(alpacaRow({ alpaca: columns }, { task: "Count.", answer: "" })).toBeUndefined();
});
