/** Carries out a change when answers may get lost: the same change again, and then a look at what the row says. */
import { meetsCondition, type Change } from "#core/change";
import { sleep, type Ports } from "./ports.ts";

const MAX_ATTEMPTS = 6;
const PAUSE_MS = 200;

/**
 * Whether the change took effect.
 * @throws the last error when the store could not be reached: then the worker ends, and its lease with it
 */
export async function applyChange(
  { store, clock, random }: Pick<Ports, "store" | "clock" | "random">,
  change: Change,
): Promise<boolean> {
  for (let tried = 1; ; tried++) {
    try {
      return (await store.write(change)) || (await tookEffect(store, change));
    } catch (error) {
      if (tried === MAX_ATTEMPTS) throw error;
      await sleep(clock, PAUSE_MS * 2 ** (tried - 1) * (0.5 + random() / 2));
    }
  }
}

/** A condition also fails when an earlier sending of the same change has already changed the row. */
async function tookEffect(store: Ports["store"], { postcondition }: Change): Promise<boolean> {
  if (!postcondition) return false;
  const row = await store.read(postcondition.key);
  return row !== undefined && meetsCondition(row, postcondition.when);
}
