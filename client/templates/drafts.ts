/** Unsaved text of a template. */
export interface Draft {
  readonly source: string;
  /** The version it was written on; null for a new template. */
  readonly basedOnVersion: number | null;
  /** When it last changed, ISO 8601. */
  readonly changedAt: string;
}

export interface Drafts {
  /** Null when there is none. */
  read(): Draft | null;
  /** Replaces the one before. Returns whether it could be stored. */
  keep(draft: Draft): boolean;
  remove(): void;
}

/**
 * The draft of one template, in this browser: work outlives the session it was done in. Nobody else who signs in here is
 * shown it.
 * @param userId the user's `sub`
 * @param templateId null for a new template
 */
export function draftsOf(
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">,
  userId: string,
  templateId: string | null,
): Drafts {
  const key = `draft/${userId}/${templateId ?? "new"}`;
  return {
    read() {
      const text = storage.getItem(key);
      return text === null ? null : parseDraft(text);
    },
    keep(draft) {
      try {
        storage.setItem(key, JSON.stringify(draft));
        return true;
      } catch {
        // The browser's storage is full or disabled.
        return false;
      }
    },
    remove: () => storage.removeItem(key),
  };
}

/** Null for anything else: other versions of the product write here too. */
function parseDraft(text: string): Draft | null {
  try {
    const { source, basedOnVersion, changedAt } = JSON.parse(text) as Partial<Record<keyof Draft, unknown>>;
    if (typeof source !== "string" || typeof changedAt !== "string" || Number.isNaN(Date.parse(changedAt))) return null;
    return { source, basedOnVersion: typeof basedOnVersion === "number" ? basedOnVersion : null, changedAt };
  } catch {
    return null;
  }
}
