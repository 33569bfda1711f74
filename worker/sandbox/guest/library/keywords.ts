/** The most frequent words of a text. */
import { textArgument, integerArgument } from "./arguments.ts";

const STOP_WORDS = new Set(
  (
    "a about above after again against all also although always am among an and another any are around as at away back be because been " +
    "before being below between both but by came can cannot come could did do does doing done down during each either else enough even ever " +
    "every few first for from further get gets give go goes going gone got had has have having he her here hers herself him himself his how " +
    "however i if in into is it its itself just keep know last least less let like made make makes many may me might more most much must my " +
    "myself near never next no nor not now of off often on once one only onto or other others our ours ourselves out over own perhaps quite " +
    "rather really said same say says see seem seems shall she should since so some something sometimes soon still such take than that the " +
    "their theirs them themselves then there therefore these they thing things this those though three through thus till to together too " +
    "toward towards two under until up upon us very was way we well went were what whatever when where whether which while who whole whom " +
    "whose why will with within without would yes yet you your yours yourself yourselves"
  ).split(" "),
);
const WORD = /\p{L}[\p{L}\p{M}\p{N}]*(?:['’-][\p{L}\p{M}\p{N}]+)*/gu;
const SHORTEST = 3;

/** Up to `n` words in lower case: the most frequent first, ties in order of occurrence; without stop words like "the". */
export function keywords(text: unknown, n: unknown = 5): string[] {
  const all = textArgument("keywords(text): text", text).toLowerCase();
  const wanted = integerArgument("keywords(text, n): n", n, 0, 1_000);
  const counts = new Map<string, number>();
  for (const [word] of all.matchAll(WORD))
    if (word.length >= SHORTEST && !STOP_WORDS.has(word.replace(/['’].*$/, "")))
      counts.set(word, (counts.get(word) ?? 0) + 1);
  // The sort is stable, and a Map keeps the order of first occurrence.
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, wanted)
    .map(([word]) => word);
}
