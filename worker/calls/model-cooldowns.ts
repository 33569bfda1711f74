/** Which models are out of reach at present, so that not every record finds it out for itself. */
import type { ModelErrorKind } from "../ports.ts";

/** How long a model is left alone that was throttled for long. */
const THROTTLED_MS = 60_000;
/** And one that is gone, or that we may not use. */
const GONE_MS = 600_000;

export class ModelCooldowns {
  readonly #availableAtMs = new Map<string, number>();

  /** The models in the order to try them: those out of reach last. */
  availableFirst(modelIds: readonly string[], nowMs: number): string[] {
    const isAway = (id: string) => (this.#availableAtMs.get(id) ?? 0) > nowMs;
    return [...modelIds.filter((id) => !isAway(id)), ...modelIds.filter(isAway)];
  }

  coolDown(modelId: string, why: ModelErrorKind, nowMs: number): void {
    this.#availableAtMs.set(modelId, nowMs + (why === "hopeless" ? GONE_MS : THROTTLED_MS));
  }
}
