/** Which models are currently unavailable, so that not every record finds out on its own. */
import type { ModelErrorKind } from "../ports.ts";

/** For a model that was rate limited for long, or whose errors outlasted the retries. */
const THROTTLED_MS = 60_000;
/** For a model that is gone, or that we may not use. */
const INACCESSIBLE_MS = 600_000;

export class ModelCooldowns {
  readonly #availableAtMs = new Map<string, number>();

  /** The models in the order to try them: unavailable ones last. */
  availableFirst(modelIds: readonly string[], nowMs: number): string[] {
    const isUnavailable = (id: string) => (this.#availableAtMs.get(id) ?? 0) > nowMs;
    return [...modelIds.filter((id) => !isUnavailable(id)), ...modelIds.filter(isUnavailable)];
  }

  coolDown(modelId: string, kind: ModelErrorKind, nowMs: number): void {
    this.#availableAtMs.set(modelId, nowMs + (kind === "inaccessible" ? INACCESSIBLE_MS : THROTTLED_MS));
  }
}
