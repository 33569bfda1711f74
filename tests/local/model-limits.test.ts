/** What templates are checked for when saved is what the local Bedrock refuses: both follow the table of models. */
import { MODELS } from "../../core/models/models.ts";
import { refusedSettings, type RequestLimits, type RequestSettings } from "../../core/models/request-limits.ts";
import { checkCapabilities } from "../../local/bedrock/capabilities.ts";

/** Rules that no model of the table has at present. */
const MORE: readonly (RequestLimits & { id: string })[] = [
  { id: "anthropic.claude-new", maxOutputTokens: 128_000, sampling: "neither", stopSequences: "notBlank" },
  { id: "openai.gpt-new", maxOutputTokens: 128_000, sampling: "neither", stopSequences: "none" },
];
const OPTIONS = {
  temperature: [undefined, 0, 1],
  topP: [undefined, 0, 0.5],
  stop: [undefined, ["END"], ["\n"], ["END", " "]],
};

test.each([...MODELS, ...MORE].map((model) => [model.id, model] as const))("%s", (id, model) => {
  for (const settings of settingsFor(model)) {
    const isRefused = refusedSettings(settings, model).length > 0;
    expect([settings, isRefusedLocally(id, settings, model)]).toEqual([settings, isRefused]);
  }
});

function settingsFor({ maxOutputTokens }: RequestLimits): RequestSettings[] {
  return [1, maxOutputTokens, maxOutputTokens + 1].flatMap((maxTokens) =>
    OPTIONS.temperature.flatMap((temperature) =>
      OPTIONS.topP.flatMap((topP) => OPTIONS.stop.map((stop) => ({ maxTokens, temperature, topP, stop }))),
    ),
  );
}

function isRefusedLocally(modelId: string, { stop, ...settings }: RequestSettings, limits: RequestLimits): boolean {
  const inferenceConfig = { ...settings, stopSequences: stop };
  try {
    checkCapabilities(modelId, { messages: [], inferenceConfig }, limits);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ status: 400, code: "ValidationException" });
    return true;
  }
}
