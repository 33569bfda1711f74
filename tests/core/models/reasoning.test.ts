import { partReasoning } from "#core/models/reasoning";

test.each([
  ["<think>\nPraise is wanted.\n</think>\n\nBern is lovely.", "Bern is lovely.", "Praise is wanted."],
  ["<THINK>loud</THINK>Bern.", "Bern.", "loud"],
  ["\n <thinking>a</thinking>\nBern.", "Bern.", "a"],
  ["<reasoning>a</reasoning>Bern.", "Bern.", "a"],
  ["<thought>a</thought>Bern.", "Bern.", "a"],
  ["<seed:think>a</seed:think>Bern.", "Bern.", "a"],
  ["[THINK]a[/THINK]Bern.", "Bern.", "a"],
  ["◁think▷a◁/think▷Bern.", "Bern.", "a"],
  ["<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>Bern.<|END_RESPONSE|>", "Bern.", "a"],
  ["<|begin_of_thought|>\na\n<|end_of_thought|>\n\n<|begin_of_solution|>\nBern.\n<|end_of_solution|>", "Bern.", "a"],
  ["<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>Bern.<|return|>", "Bern.", "a"],
  [
    "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>commentary<|message|>b<|end|><|start|>assistant<|channel|>final<|message|>Bern.",
    "Bern.",
    "a\n\nb",
  ],
])("reasoning is parted from the answer: %j", (text, answer, reasoning) => {
  expect(partReasoning(text)).toEqual({ answer, reasoning });
});

test("a text that begins inside its reasoning loses it", () => {
  expect(partReasoning("Praise is wanted.\n</think>\n\nBern.")).toEqual({
    answer: "Bern.",
    reasoning: "Praise is wanted.",
  });
  expect(partReasoning("a</think>b\n<think>c</think>d")).toEqual({ answer: "b\nd", reasoning: "a\n\nc" });
});

test("a model that was cut off while thinking has not answered", () => {
  expect(partReasoning("<think>Let me see")).toEqual({ answer: "", reasoning: "Let me see" });
});

test("several thoughts are joined, and empty ones leave nothing", () => {
  expect(partReasoning("<think>a</think>One.\n<think>b</think>\nTwo.")).toEqual({
    answer: "One.\n\nTwo.",
    reasoning: "a\n\nb",
  });
  expect(partReasoning("<think>\n\n</think>\n\nBern.")).toEqual({ answer: "Bern." });
});

test.each([
  "Plain.",
  "  spaces stay \n",
  "Qwen thinks between <think> and </think> in its answers.",
  "The closing mark is `</think>`.",
  "```xml\n<think>an example</think>\n```\nThat is the format.",
  "a < b, [1], <p>",
])("a text without reasoning is the answer as it is: %j", (text) => {
  expect(partReasoning(text)).toEqual({ answer: text });
});

test("a text full of marks is read in one go", () => {
  const text = "x <think> `</think>` ".repeat(200_000);
  expect(partReasoning(text)).toEqual({ answer: text });
  expect(partReasoning("\n<think>".repeat(200_000))).toMatchObject({ answer: "" });
  expect(partReasoning("\n```\n<think>\n```".repeat(200_000)).reasoning).toBeUndefined();
});
