import { draftsOf } from "../../../client/templates/drafts.ts";
import { showClock } from "../../../client/ui/format.ts";

const DRAFT = { source: "name: x", basedOnVersion: 3, changedAt: "2026-11-25T10:32:00.000Z" };

function memory() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

describe("a draft", () => {
  test("is kept for its user and its template, and for nobody and nothing else", () => {
    const storage = memory();
    expect(draftsOf(storage, "ann", "films").keep(DRAFT)).toBe(true);
    expect(draftsOf(storage, "ann", "films").read()).toEqual(DRAFT);
    expect(draftsOf(storage, "bob", "films").read()).toBeNull();
    expect(draftsOf(storage, "ann", "towns").read()).toBeNull();
    expect(draftsOf(storage, "ann", null).read()).toBeNull();
  });

  test("of a new template is based on no version", () => {
    const drafts = draftsOf(memory(), "ann", null);
    drafts.keep({ ...DRAFT, basedOnVersion: null });
    expect(drafts.read()).toEqual({ ...DRAFT, basedOnVersion: null });
  });

  test("is gone once removed", () => {
    const storage = memory();
    const drafts = draftsOf(storage, "ann", "films");
    drafts.keep(DRAFT);
    drafts.remove();
    expect(drafts.read()).toBeNull();
    expect(storage.items.size).toBe(0);
  });

  test("that cannot be stored is reported", () => {
    const full = {
      ...memory(),
      setItem() {
        throw new DOMException("Full.", "QuotaExceededError");
      },
    };
    expect(draftsOf(full, "ann", "films").keep(DRAFT)).toBe(false);
  });

  test.each(["", "{", "null", '{"source":1}', '{"source":"x","changedAt":"soon"}'])("is not read from %j", (text) => {
    const storage = { ...memory(), getItem: () => text };
    expect(draftsOf(storage, "ann", "films").read()).toBeNull();
  });
});

test("the time of a draft of another day has its date", () => {
  const at = new Date(2026, 10, 25, 10, 32).toISOString();
  expect(showClock(Date.parse(at), new Date(2026, 10, 25, 18).getTime())).toMatch(/^10:32\sAM$/);
  expect(showClock(Date.parse(at), new Date(2026, 10, 26, 9).getTime())).toMatch(/^Nov 25, 2026, 10:32\sAM$/);
});
