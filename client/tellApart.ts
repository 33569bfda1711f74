/** What a list can say about one of its things. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * What tells things of one name apart, by id: what `describe` says of each, with the end of its id where that is the same
 * too. Things whose name is theirs alone are not in it.
 */
export function tellApart<T extends Named>(
  things: readonly T[],
  describe: (thing: T) => string,
): ReadonlyMap<string, string> {
  const namesakes = groupsOf(things, ({ name }) => name.trim().toLowerCase()).filter(({ length }) => length > 1);
  const alike = namesakes.flatMap((group) => groupsOf(group, describe));
  return new Map(
    alike.flatMap((group) =>
      group.map((thing) => {
        const end = group.length > 1 ? `, id …${thing.id.slice(-ID_END)}` : "";
        return [thing.id, describe(thing) + end] as const;
      }),
    ),
  );
}

/** The end of a ULID is its random part; its beginning is the time, which namesakes made in one go share. */
const ID_END = 6;

/** Distinct things (a list may have one twice, loaded and just added) by what a function says of them. */
function groupsOf<T extends Named>(things: readonly T[], keyOf: (thing: T) => string): T[][] {
  const groups = new Map<string, Map<string, T>>();
  for (const thing of things) {
    const key = keyOf(thing);
    groups.set(key, (groups.get(key) ?? new Map<string, T>()).set(thing.id, thing));
  }
  return [...groups.values()].map((group) => [...group.values()]);
}
