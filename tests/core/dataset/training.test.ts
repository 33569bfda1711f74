import { parseTemplate } from "../../../core/template/parse.ts";
import { checkFormats, trainingFormatsOf, trainingRowOf } from "../../../core/dataset/training.ts";

const [messagesRow, shareGptRow, alpacaRow] = (["MESSAGES", "SHAREGPT", "ALPACA"] as const).map(trainingRowOf);
const [preferenceRow, completionRow, bedrockRow] = (["PREFERENCE", "PROMPT_COMPLETION", "BEDROCK"] as const).map(
  trainingRowOf,
);

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
  ["training: { messages: chat }", ["MESSAGES", "SHAREGPT", "BEDROCK"]],
  ["training: { alpaca: { instruction: task, output: answer } }", ["ALPACA"]],
])("%j maps %j", (training, formats) => expect(trainingFormatsOf(template(training))).toEqual(formats));

test("a format that the template does not map is refused in words", () => {
  expect(() => checkFormats(template("training: { messages: chat }"), ["JSONL", "MESSAGES", "SHAREGPT"])).not.toThrow();
  expect(() => checkFormats(template("training: { messages: chat }"), ["CSV", "ALPACA"])).toThrow(
    'The format "alpaca" needs "training.alpaca", which the template "T" does not have; add it, or omit the format.',
  );
});

test("OpenAI messages are the turns as they are", () => {
  expect(messagesRow!({ messages: "chat" }, { chat: TURNS }, "R1")).toEqual({ messages: TURNS });
});

test("ShareGPT has its own names for who speaks", () => {
  expect(shareGptRow!({ messages: "chat" }, { chat: TURNS }, "R1")).toEqual({
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
  [[{ role: "assistant", content: null, tool_calls: null, function_call: null }]],
  [[{ role: "assistant", content: null, tool_calls: [null] }]],
  [[{ role: "assistant", content: "Hi", tool_calls: ["weather"] }]],
  [[{ role: "assistant", content: null, function_call: "weather" }]],
])("%j is no conversation", (chat) => {
  expect(messagesRow!({ messages: "chat" }, { chat }, "R1")).toBeUndefined();
  expect(shareGptRow!({ messages: "chat" }, { chat }, "R1")).toBeUndefined();
});

test("Alpaca has texts alone, an empty one for an input that is not there", () => {
  const columns = { instruction: "task", output: "answer" };
  const row = { task: "Count.", answer: [1, 2], extra: "to two" };
  expect(alpacaRow!({ alpaca: columns }, row, "R1")).toEqual({ instruction: "Count.", input: "", output: "[1,2]" });
  expect(alpacaRow!({ alpaca: { ...columns, input: "extra" } }, row, "R1")).toMatchObject({ input: "to two" });
  expect(alpacaRow!({ alpaca: columns }, { task: "Count.", answer: "" }, "R1")).toBeUndefined();
});

const TOOL_CALL = { id: "c1", type: "function", function: { name: "weather", arguments: '{"town":"Bern"}' } };
const WITH_TOOLS = [
  { role: "user", content: "How warm is it?" },
  { role: "assistant", content: null, tool_calls: [TOOL_CALL] },
  { role: "tool", tool_call_id: "c1", content: "12" },
  { role: "assistant", content: "12 °C." },
];

test("a conversation that calls tools is kept as it is, with the tools beside it", () => {
  const tools = [{ type: "function", function: { name: "weather" } }];
  const row = messagesRow!({ messages: "chat", tools: "tools" }, { chat: WITH_TOOLS, tools }, "R1");
  expect(row).toEqual({ messages: WITH_TOOLS, tools });
});

test("ShareGPT names calls and results of tools as LLaMA-Factory does", () => {
  expect(shareGptRow!({ messages: "chat" }, { chat: WITH_TOOLS }, "R1")).toEqual({
    id: "R1",
    conversations: [
      { from: "human", value: "How warm is it?" },
      { from: "function_call", value: '{"name":"weather","arguments":{"town":"Bern"}}' },
      { from: "observation", value: "12" },
      { from: "gpt", value: "12 °C." },
    ],
  });
});

test("a call under OpenAI's former name is a call as well", () => {
  const call = { name: "weather", arguments: '{"town":"Bern"}' };
  const chat = [WITH_TOOLS[0], { role: "assistant", content: null, function_call: call }];
  expect(shareGptRow!({ messages: "chat" }, { chat }, "R1")).toMatchObject({
    conversations: [
      { from: "human" },
      { from: "function_call", value: '{"name":"weather","arguments":{"town":"Bern"}}' },
    ],
  });
});

test("members that are null, as OpenAI's SDK writes them, are members that are not there", () => {
  const chat = [TURNS[1], { ...TURNS[2], tool_calls: null, function_call: null }];
  expect(messagesRow!({ messages: "chat" }, { chat }, "R1")).toEqual({ messages: chat });
  expect(shareGptRow!({ messages: "chat" }, { chat }, "R1")).toMatchObject({ conversations: [{}, { value: "Hello" }] });
  expect(bedrockRow!({ messages: "chat" }, { chat }, "R1")).toMatchObject({ messages: [{}, { role: "assistant" }] });
});

test("ShareGPT cannot hold a call without a function's name", () => {
  const chat = [TURNS[1], { role: "assistant", content: null, tool_calls: [{ id: "c1", function: null }] }];
  expect(messagesRow!({ messages: "chat" }, { chat }, "R1")).toEqual({ messages: chat });
  expect(shareGptRow!({ messages: "chat" }, { chat }, "R1")).toBeUndefined();
});

test("ShareGPT turns are turns already, and messages once they are asked for", () => {
  const chat = [
    { from: "human", value: "Hi" },
    { from: "function_call", value: '{"name":"f","arguments":{"a":1}}' },
    { from: "observation", value: "2" },
    { from: "gpt", value: "Two" },
  ];
  expect(shareGptRow!({ messages: "chat" }, { chat }, "R1")).toEqual({ id: "R1", conversations: chat });
  expect(messagesRow!({ messages: "chat" }, { chat }, "R1")).toEqual({
    messages: [
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
      },
      { role: "tool", content: "2" },
      { role: "assistant", content: "Two" },
    ],
  });
});

test("Bedrock has system prompts apart, and texts in blocks", () => {
  expect(bedrockRow!({ messages: "chat" }, { chat: TURNS }, "R1")).toEqual({
    schemaVersion: "bedrock-conversation-2024",
    system: [{ text: "Be kind." }],
    messages: [
      { role: "user", content: [{ text: "Hi" }] },
      { role: "assistant", content: [{ text: "Hello" }] },
    ],
  });
});

test.each([
  ["calls of tools", WITH_TOOLS],
  ["a user's last word", [...TURNS, { role: "user", content: "Bye" }]],
  ["two turns of one speaker", [TURNS[1], TURNS[1], TURNS[2]]],
  ["an empty turn", [{ role: "user", content: "" }, TURNS[2]]],
])("Bedrock cannot hold %s", (_, chat) => {
  expect(bedrockRow!({ messages: "chat" }, { chat }, "R1")).toBeUndefined();
});

const PAIR = { prompt: "p", chosen: "c", rejected: "r" };

test.each([
  [
    { p: "Why?", c: "Because.", r: "No." },
    { prompt: "Why?", chosen: "Because.", rejected: "No." },
  ],
  [{ p: [TURNS[1]], c: [TURNS[2]], r: [{ role: "assistant", content: "No" }] }, { prompt: [TURNS[1]] }],
  [
    { p: [{ from: "human", value: "Hi" }], c: [TURNS[2]], r: [{ from: "gpt", value: "No" }] },
    { prompt: [TURNS[1]], rejected: [{ role: "assistant", content: "No" }] },
  ],
])("a preference of %j", (columns, row) => {
  expect(preferenceRow!({ preference: PAIR }, columns, "R1")).toMatchObject(row);
});

test.each([
  [{ p: "Why?", c: "Same.", r: "Same." }],
  [{ p: "Why?", c: "Because.", r: "" }],
  [{ p: "Why?", c: [TURNS[2]], r: "No." }],
  [{ p: null, c: "Because.", r: "No." }],
])("%j is no preference", (columns) => {
  expect(preferenceRow!({ preference: PAIR }, columns, "R1")).toBeUndefined();
});

test("a prompt and its completion", () => {
  const completion = { prompt: "p", completion: "c" };
  expect(completionRow!({ completion }, { p: "1+1=", c: "2" }, "R1")).toEqual({ prompt: "1+1=", completion: "2" });
  expect(completionRow!({ completion }, { p: "1+1=", c: 2 }, "R1")).toBeUndefined();
});
