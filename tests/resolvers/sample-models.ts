/** The local cloud's sample models for functions under test, with the cost of their calls. */
import { mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findModel } from "../../core/models/models.ts";
import { priceOf } from "../../core/money/money.ts";
import { bedrock, type BedrockService } from "../../local/bedrock/bedrock.ts";
import { DEFAULT_SETTINGS, type SampleSettings } from "../../local/bedrock/options.ts";
import { LIMITS } from "../model-limits.ts";
import { testContext } from "../local/open-gate.ts";

export class SampleModels {
  readonly #folder = mkdtempSync(join(tmpdir(), "models-"));
  readonly #service: BedrockService = bedrock({
    limits: LIMITS,
    callLog: join(this.#folder, "calls.jsonl"),
  });
  #heard = 0;

  /** Functions find them through their environment. */
  async start(): Promise<void> {
    process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME = await this.#service.start(testContext(this.#folder));
    this.set({});
  }

  /** From the next call on; unnamed options have their defaults, without latency. */
  set(settings: Partial<SampleSettings>): void {
    this.#service.configure({ ...DEFAULT_SETTINGS, latencyMs: 0, models: {}, ...settings });
  }

  /** The calls since this was last called, each with its cost. */
  newCalls(): { modelId: string; status: string; nanos: number }[] {
    const lines = this.#lines();
    const calls = lines.slice(this.#heard).map((line) => JSON.parse(line));
    this.#heard = lines.length;
    return calls.map(({ modelId, status, inputTokens, outputTokens }) => {
      const model = findModel(modelId);
      if (!model) throw new Error(`The model ${modelId} was called, whose price nobody knows.`);
      return { modelId, status, nanos: priceOf(model, inputTokens, outputTokens) };
    });
  }

  async stop(): Promise<void> {
    await this.#service.stop();
    await rm(this.#folder, { recursive: true });
  }

  #lines(): string[] {
    try {
      return readFileSync(join(this.#folder, "calls.jsonl"), "utf8").split("\n").filter(Boolean);
    } catch {
      return [];
    }
  }
}

export const sumOf = (calls: readonly { nanos: number }[]) => calls.reduce((sum, { nanos }) => sum + nanos, 0);
