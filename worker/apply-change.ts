/** Applies a change although answers may get lost: sends the same change again, then checks what the row says. */
import { meetsCondition, type Change } from "#core/change";
import { sleep, type Ports } from "./ports.ts";

const MAX_ATTEMPTS = 6;
const FIRST_BACKOFF_MS = 200;

/**
 * Whether the change took effect.
 * @throws the last error when the store cannot be reached: then the worker ends, and its lease with it
 */
export async function applyChange(
  { store, clock, random }: Pick<Ports, "store" | "clock" | "random">,
  change: Change,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await store.write(change)) || (await tookEffect(store, change));
    } catch (error) {
      if (attempt === MAX_ATTEMPTS) throw error;
      await sleep(clock, FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (0.5 + random() / 2));
    }
  }
}

/** A condition also fails if the same change, sent earlier, has already changed the row. */
async function tookEffect(store: Ports["store"], { postcondition }: Change): Promise<boolean> {
  if (!postcondition) return false;
  const row = await store.read(postcondition.key);
  return row !== undefined && meetsCondition(row, postcondition.when);
}
