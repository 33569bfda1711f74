import { refusedSettings, type RequestLimits, type RequestSettings } from "../../../core/models/request-limits.ts";

const OPEN: RequestLimits = { maxOutputTokens: 1_000, sampling: "both", stopSequences: "any" };

test.each<[string, Partial<RequestLimits>, Partial<RequestSettings>]>([
  ["as many tokens as the model answers with", {}, { maxTokens: 1_000 }],
  ["temperature and topP", {}, { temperature: 0.5, topP: 0.9 }],
  ["temperature alone, where only one may be set", { sampling: "either" }, { temperature: 0 }],
  ["topP alone, where only one may be set", { sampling: "either" }, { topP: 0 }],
  ["neither", { sampling: "neither" }, {}],
  ["a line break as a stop sequence", {}, { stop: ["\n"] }],
  ["visible stop sequences, where blank ones are refused", { stopSequences: "notBlank" }, { stop: ["END", "\n#"] }],
  ["no stop sequence", { stopSequences: "none" }, { stop: [] }],
])("accepts %s", (_, limits, settings) => {
  expect(refusedSettings({ maxTokens: 10, ...settings }, { ...OPEN, ...limits })).toEqual([]);
});

test.each<[string, Partial<RequestLimits>, Partial<RequestSettings>, string[]]>([
  ["more tokens than the model answers with", {}, { maxTokens: 1_001 }, ["maxTokens"]],
  ["temperature beside topP", { sampling: "either" }, { temperature: 0, topP: 0 }, ["topP"]],
  ["temperature", { sampling: "neither" }, { temperature: 0 }, ["temperature"]],
  ["topP", { sampling: "neither" }, { topP: 0 }, ["topP"]],
  ["each of both", { sampling: "neither" }, { temperature: 1, topP: 1 }, ["temperature", "topP"]],
  ["any stop sequence", { stopSequences: "none" }, { stop: ["END"] }, ["stop"]],
  ["a blank one", { stopSequences: "notBlank" }, { stop: ["END", " \n"] }, ["stop"]],
  [
    "several things at once",
    { sampling: "neither", stopSequences: "none" },
    { maxTokens: 2_000, temperature: 1, stop: ["x"] },
    ["maxTokens", "temperature", "stop"],
  ],
])("refuses %s", (_, limits, settings, refused) => {
  const found = refusedSettings({ maxTokens: 10, ...settings }, { ...OPEN, ...limits });
  expect(found.map(({ setting }) => setting)).toEqual(refused);
});

test("says which of several stop sequences is blank", () => {
  const limits: RequestLimits = { ...OPEN, stopSequences: "notBlank" };
  expect(refusedSettings({ maxTokens: 10, stop: ["END", "\t"] }, limits)).toMatchObject([
    { setting: "stop", index: 1 },
  ]);
});
