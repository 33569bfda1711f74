/** English sentences about given topics: grammatical for any noun, as verbs after a topic are modal or in the past. */
import type { Random } from "./random.ts";

/** Writes about some topics; each sentence differs from those before it. */
export interface Writer {
  sentence(): string;
  sentences(count: number): string;
  question(): string;
  /** A list item: a phrase without a period. */
  item(): string;
  title(): string;
  storySentence(): string;
  /** A word or two from the topics. */
  label(): string;
  personName(): string;
  place(): string;
}

/** @param topics if empty, it writes about "this subject" */
export function writerAbout(topics: readonly string[], random: Random): Writer {
  const subjects = topics.length > 0 ? topics : ["this subject"];
  const used = new Set<string>();

  /** Fills a pattern that has not been used yet; `{a}` is the main topic, `{b}` another, `{name}` a word of that list. */
  function write(patterns: readonly string[]): string {
    const fresh = patterns.filter((pattern) => !used.has(pattern));
    const pattern = random.pick(fresh.length > 0 ? fresh : patterns);
    used.add(pattern);
    const main = subjects[0] as string;
    const other = subjects.length > 1 ? random.pick(subjects.slice(1)) : random.pick(ASPECTS);
    const filled = pattern.replace(/\{(\w+)\}/g, (_, slot: string) => {
      if (slot === "a") return main;
      if (slot === "b") return other;
      return random.pick(WORDS[slot] ?? [slot]);
    });
    const said = filled.replace(/\b([Aa]) (?=[aeio]|un(?!i))/g, "$1n ");
    return said.charAt(0).toUpperCase() + said.slice(1);
  }

  const sentence = () => write(SENTENCES);
  return {
    sentence,
    sentences: (count) => Array.from({ length: count }, sentence).join(" "),
    question: () => write(QUESTIONS),
    item: () => write(ITEMS),
    title: () => write(TITLES).replace(/\bthe (?=the )/gi, ""),
    storySentence: () => write(STORY),
    label: () => random.pick(subjects).replace(/^the /, ""),
    personName: () => `${random.pick(GIVEN_NAMES)} ${random.pick(FAMILY_NAMES)}`,
    place: () => random.pick(PLACES),
  };
}

const ASPECTS = [
  "the details",
  "the wider picture",
  "the people involved",
  "the usual expectations",
  "the time it takes",
  "the small choices",
];

const SENTENCES = [
  "What matters most about {a} is {quality}, and {b} can make that {easy} to see.",
  "{a} can be understood {manner} once {b} {come} into view.",
  "In the case of {a}, {people} point to {quality} as the {main} reason.",
  "With {a} in mind, {b} would deserve a {close} look before any conclusion.",
  "{people} would say that {a} gained its {quality} through {effort}.",
  "A {close} look at {a} shows how {quality} and {effort} belong together.",
  "Much of the interest in {a} comes from the way {b} could {change} it.",
  "It helps to compare {a} with {b}, because the contrast reveals {quality}.",
  "Without {effort}, {a} might never have reached {people}.",
  "{a} did not come about overnight; {effort} prepared the ground for it.",
  "The {main} point is that {a} should be judged by {quality} rather than by first impressions.",
  "There is a {main} lesson in {a}: {effort} can count for more than luck.",
  "For anyone new to {a}, {b} may be the {easy} place to begin.",
  "Seen from a distance, {a} could look {easy}, yet {quality} takes years to build.",
  "One {main} consequence is that {people} now approach {a} {manner}.",
  "Even {people} admit that {a} would lose something if {b} were left out.",
  "Taken together, {b} and {a} tell a story about {quality}.",
  "The evidence around {a} suggests {effort}, although {b} can complicate the picture.",
  "{a} would be {easy} to misread if {quality} were ignored.",
  "In practice, {people} learn more from {a} when {b} can be examined {manner}.",
  "A {main} strength of {a} lies in {quality}, which {people} tend to notice late.",
  "Over time, {effort} helped {a} to {change} what {people} expected.",
];

const QUESTIONS = [
  "How did {a} {change} the way {people} think about {b}?",
  "What makes {quality} so {main} to {a}?",
  "Which part of {a} would {people} find the least {easy} to explain, and why?",
  "How might {a} be different without {b}?",
  "Why did {people} come to value {quality} in {a}?",
  "What could {people} learn from {a} about {b}?",
  "In what way can {b} {change} our view of {a}?",
  "What role did {effort} play in {a}?",
  "If you had to defend {a} in front of {people}, which {main} argument would you choose?",
  "When does {quality} matter more than {effort} in {a}?",
  "How would you describe {a} to {people} who only know {b}?",
  "What is the {main} connection between {a} and {b}?",
  "Who should care about {quality} in {a}, and for what reason?",
  "Which evidence would {change} your opinion of {a}?",
  "To what extent can {effort} account for {a}?",
  "What would {people} miss if they looked at {a} {manner}?",
];

const ITEMS = [
  "{quality} as the {main} thread in {a}",
  "A {close} comparison of {a} with {b}",
  "The part that {effort} played in {a}",
  "{b}, seen {manner}",
  "What {people} expect from {a}",
  "The {main} risk of taking {a} for granted",
  "{effort} in the service of {b}",
  "A {close} reading of {b} by {people}",
  "How {quality} can {change} {a}",
  "The {main} lesson to take from {a}",
];

const TITLES = [
  "{a} and the Art of Patience",
  "Behind {a}: A {Close} Look",
  "What {a} Can Teach Us",
  "{a}, Reconsidered",
  "The Quiet Strength of {a}",
  "Between {a} and {b}",
  "{a}: A Guide for the Curious",
  "Rethinking {a}",
];

const STORY = [
  "On a grey morning, a letter about {a} arrived, and nobody at the table spoke.",
  "She had promised herself never to mention {a} again, but {b} left her no choice.",
  "Years later, {people} would still argue about that night and about {a}.",
  "He opened the drawer, found the old notes on {b}, and began to read {manner}.",
  "Nothing had prepared them for {quality}, least of all in {a}.",
  "By noon the whole town knew about {a}, and by evening it had chosen sides.",
  '"You always forget {b}," said the oldest of them, and for once everyone agreed.',
  "It was {effort} that saved the day, and perhaps a little {quality}.",
  "In the end {a} did not {change} them as much as the long way home.",
];

const QUALITIES = [
  "clarity",
  "restraint",
  "a sense of balance",
  "curiosity",
  "attention to detail",
  "honesty about its limits",
  "a steady rhythm",
  "originality",
  "trust",
  "resilience",
  "warmth",
  "precision",
  "depth",
  "a clear purpose",
  "openness to criticism",
  "a strong point of view",
];

const WORDS: Readonly<Record<string, readonly string[]>> = {
  quality: QUALITIES,
  effort: [
    "years of careful work",
    "a series of small decisions",
    "long conversations",
    "stubborn practice",
    "shared responsibility",
    "a willingness to start again",
    "close observation",
    "a good deal of trial and error",
    "quiet preparation",
    "generous collaboration",
  ],
  people: [
    "experienced observers",
    "beginners",
    "most critics",
    "teachers",
    "researchers",
    "careful readers",
    "outsiders",
    "long-time admirers",
    "practitioners",
    "younger audiences",
    "skeptics",
    "local experts",
  ],
  manner: [
    "with fresh eyes",
    "step by step",
    "on its own terms",
    "from several angles",
    "without prejudice",
    "in its proper setting",
    "side by side",
  ],
  main: ["decisive", "central", "lasting", "simple", "surprising", "practical", "underrated", "important"],
  close: ["careful", "patient", "second", "calm", "closer", "critical"],
  Close: ["Closer", "Careful", "Second", "Fresh"],
  easy: ["easy", "simple", "natural", "obvious", "straightforward"],
  change: ["change", "shape", "broaden", "challenge", "deepen", "sharpen"],
  come: ["came", "finally came", "slowly came"],
};

const GIVEN_NAMES = [
  "Amara",
  "Ben",
  "Chiara",
  "Daniel",
  "Elif",
  "Farid",
  "Grace",
  "Hugo",
  "Ines",
  "Jonas",
  "Keiko",
  "Lena",
  "Mateo",
  "Nadia",
  "Oscar",
  "Priya",
];
const FAMILY_NAMES = [
  "Adeyemi",
  "Becker",
  "Costa",
  "Duarte",
  "Eriksen",
  "Fischer",
  "Garcia",
  "Haddad",
  "Ivanova",
  "Jansen",
  "Kim",
  "Larsen",
  "Moreau",
  "Novak",
  "Okafor",
  "Rossi",
];
const PLACES = [
  "Accra",
  "Bergen",
  "Cork",
  "Dakar",
  "Edinburgh",
  "Fukuoka",
  "Ghent",
  "Halifax",
  "Izmir",
  "Jaipur",
  "Kyoto",
  "Lisbon",
  "Montreal",
  "Nairobi",
  "Oslo",
  "Porto",
];
