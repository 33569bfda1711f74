/** What a prompt asks for and what it is about, by a few rules of English. */

export type Task =
  | { readonly kind: "questions"; readonly count: number; readonly isAnswered: boolean }
  | { readonly kind: "list"; readonly count: number }
  | { readonly kind: "choice"; readonly options: readonly string[] }
  | { readonly kind: "number"; readonly least: number; readonly most: number }
  | { readonly kind: "title" }
  | { readonly kind: "story"; readonly sentences?: number }
  | { readonly kind: "prose"; readonly sentences?: number; readonly paragraphs?: number; readonly words?: number };

const MOST_TOPICS = 6;
const LONGEST_TOPIC = 60;
const MOST_COUNTED = 40;
const NUMBERS = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];
const COUNT = `(?:\\d{1,3}|an?|${NUMBERS.slice(1).join("|")}|several|some)`;
const MAKE =
  "(?:ask|write|generate|create|pose|compose|formulate|give|suggest|propose|invent|produce|provide|draft|come up with|think of)";
const QUESTIONS = new RegExp(`\\b${MAKE}\\b(?:(?!\\banswer|[.?!\\n]).){0,70}?\\bquestions?\\b`, "i");
const ANSWER_TO = /^.*?\banswer\b[^.?!\n:]{0,80}:/is;
const QUESTION_COUNT = new RegExp(`\\b(${COUNT})\\b[^.?!\\n]{0,40}\\bquestions?\\b`, "i");
const ANSWERED = /\bquestions?\b[^.?!\n]{0,40}\b(?:and|with|plus)\b[^.?!\n]{0,20}\banswers?\b|\bq&a\b/i;
const LIST = new RegExp(
  `\\b(?:list|name|enumerate|${MAKE.slice(3, -1)})\\s+(?:me\\s+)?(?:the\\s+)?(${COUNT})\\s+(?!sentences?\\b|words?\\b|paragraphs?\\b)(?:[\\w-]+\\s+){0,2}?(?:[\\w-]+s|people|children)\\b|\\b(?:bullet|numbered)\\b`,
  "i",
);
const CHOICE =
  /\b(?:one of|either|choose (?:from|between)|classif\w+\b[^:.\n]{0,60}?\bas|label\w*\b[^:.\n]{0,60}?\bas|answer (?:only )?with)\b:?\s*(["'“]?[\w -]{1,30}?["'”]?(?:(?:\s*[,/|]\s*(?:or\s+)?|\s+or\s+)["'“]?[\w-]{1,30}["'”]?)+)/i;
const RATING =
  /\b(?:rate|rating|score|grade|scale|number)\b[^.\n]{0,80}?\b(-?\d{1,4})\s*(?:to|-|–|and|through)\s*(\d{1,4})\b/i;
const TITLE = new RegExp(`\\b${MAKE}\\b[^.?!\\n]{0,30}\\b(?:title|headline|slogan|tagline|caption)\\b`, "i");
const STORY = /\b(?:story|tale|fable|scene|narrative)\b/i;
const SENTENCE_LIKE = /[?!]$|\b(?:is|are|was|were|has|have|had|do|does|did|can|will|would)\b|(?:\S+\s+){8}/i;
const NAMES =
  /(^|[.?!:\n]\s*|[ ("“])(\p{Lu}[\p{L}\p{N}'’-]+(?:\s+(?:(?:of|the|de|von|van|and)\s+){0,2}\p{Lu}[\p{L}\p{N}'’-]+)*)/gu;
const STOP_WORDS = new Set(
  "a about above after again all also am an and any are as ask asked asks at audience be been before being below between both but by can careful clear could detail did do does done down during each either every exactly example few following for format from further given give gives good great had has have having he her here hers him his how i if in input into is it its itself just json keep least less let like list make many may me might model more most much must my never new no nor not now number of off on once one only or other our out output over own please prompt provide question questions reply respond response return same say sentence sentences short should simple single so some step such take text than that the their them then there these they this those three through to too two under up use user using valid very was we well were what when where which while who whom whose why will with within without word words would write you your answer answers generate create based brief concise explain describe summarize summarise name think suggest people person thing things way kind sort lot first last next four five six seven eight nine ten sure schema object array key keys field fields value values string true false null title headline paragraph paragraphs rate score story plain english language context reason reasons objects item items integer boolean text classify translate rewrite extract polite trivia general expert sentiment review positive negative neutral array year genre change customer broken cold arrived entry entries describes based instructions task assistant helpful system".split(
    " ",
  ),
);

/** @param words the last message's */
export function readTask(words: string): Task {
  // "Answer …: QUESTION": the question itself is not an instruction.
  const text = ANSWER_TO.exec(words)?.[0] ?? words;
  if (QUESTIONS.test(text)) {
    return {
      kind: "questions",
      count: readCount(QUESTION_COUNT.exec(text)?.[1]) ?? 1,
      isAnswered: ANSWERED.test(text),
    };
  }
  const options = readOptions(text);
  if (options.length > 1) return { kind: "choice", options };
  const [, least, most] = RATING.exec(text) ?? [];
  if (Number(least) < Number(most)) return { kind: "number", least: Number(least), most: Number(most) };
  const sentences = countBefore(text, "sentences?");
  const list = sentences === undefined ? LIST.exec(text) : null;
  const items = readCount(list?.[1]);
  if (list && items !== 1) return { kind: "list", count: items ?? 3 };
  if (TITLE.test(text)) return { kind: "title" };
  if (STORY.test(text)) return { kind: "story", sentences };
  return { kind: "prose", sentences, paragraphs: countBefore(text, "paragraphs?"), words: countBefore(text, "words?") };
}

/** What the text is about, most specific first: quoted phrases, names, then likely nouns. */
export function readTopics(text: string): string[] {
  // A persona ("you are an expert") says nothing about the subject.
  const told = text.replace(/\bYou are [^.\n]*\./g, "");
  const named = told.replace(/"[^"\n]{1,80}"\s*:/g, " ");
  const found = [...findQuotes(told), ...findNames(named), ...findNounPhrases(named)];
  const topics: string[] = [];
  for (const topic of found) {
    const isNew = !topics.some((other) => bare(other).includes(bare(topic)));
    if (topic.length > 1 && topic.length <= LONGEST_TOPIC && isNew) topics.push(topic);
  }
  return topics.slice(0, MOST_TOPICS);
}

const bare = (topic: string) => topic.toLowerCase().replace(/^the /, "");

/** `3`, `three`, `a` → a count; `undefined` when none is named. */
function readCount(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  if (/^\d+$/.test(word)) return Math.min(Math.max(1, Number(word)), MOST_COUNTED);
  if (/^an?$/i.test(word)) return 1;
  const index = NUMBERS.indexOf(word.toLowerCase());
  return index > 0 ? index : 3;
}

function countBefore(text: string, noun: string): number | undefined {
  const count = new RegExp(
    `\\b(\\d{1,4}|an?|single|${NUMBERS.slice(1).join("|")})\\s+(?:[\\w-]+\\s+)?${noun}\\b`,
    "i",
  ).exec(text)?.[1];
  if (count === undefined) return undefined;
  if (count === "single") return 1;
  return /^\d+$/.test(count) ? Math.max(1, Number(count)) : readCount(count);
}

function readOptions(text: string): string[] {
  const list = CHOICE.exec(text)?.[1] ?? "";
  const options = list.split(/\s*[,/|]\s*(?:or\s+)?|\s+or\s+/i).map((option) => option.replace(/["'“”]/g, "").trim());
  return options.filter((option) => option !== "" && option.split(" ").length <= 3);
}

/** Quoted titles and terms; for a quoted sentence, its topics. Names of JSON members do not count. */
function findQuotes(text: string): string[] {
  return [...text.matchAll(/["“«]([^"“”«»\n{}[\]]{1,200})["”»](\s*:)?/g)].flatMap(([, quoted = "", colon]) => {
    const phrase = quoted.trim().replace(/[.,;:!?]+$/, "");
    if (colon !== undefined || phrase.length < 2 || phrase.includes("|") || STOP_WORDS.has(phrase.toLowerCase()))
      return [];
    return SENTENCE_LIKE.test(quoted) ? [...findNames(phrase), ...findNounPhrases(phrase)] : [phrase];
  });
}

/** Capitalized words within a sentence, joined with their neighbors: `The Lord of the Rings`, `Marie Curie`. */
function findNames(text: string): string[] {
  return [...text.matchAll(NAMES)].flatMap(([, before = "", name = ""]) => {
    const words = name.split(/\s+/);
    const startsSentence = !/^[ ("“]$/.test(before);
    // A capital at the start of a sentence means nothing, unless more capitalized words follow.
    const saysNothing = STOP_WORDS.has((words[0] ?? "").toLowerCase())
      ? !/^The$/.test(words[0] ?? "") || startsSentence
      : startsSentence && words.length === 1;
    const joined = (saysNothing ? words.slice(1) : words).join(" ").replace(/^(?:(?:of|the|de|von|van|and)\s+)+/, "");
    return joined === "" || STOP_WORDS.has(joined.toLowerCase()) ? [] : [joined];
  });
}

/** Runs of content words, those after an article or a preposition first. */
function findNounPhrases(text: string): string[] {
  const plain = text.replace(/["“«][^"“”«»\n]*["”»]/g, " , ").replace(/[{}[\]<>|`*_#=]/g, " , ");
  const phrases: { text: string; isLed: boolean }[] = [];
  for (const clause of plain.split(/[.,;:!?()\n]+/)) {
    let run: string[] = [];
    let leader = "";
    for (const word of [...clause.trim().split(/\s+/), "the"]) {
      if (isMeaningful(word)) {
        run.push(word);
        continue;
      }
      if (run.length > 0) phrases.push(namePhrase(run, leader.toLowerCase()));
      run = [];
      leader = word;
    }
  }
  return [...phrases.filter(({ isLed }) => isLed), ...phrases.filter(({ isLed }) => !isLed)].map(
    (phrase) => phrase.text,
  );
}

/** Adds an article to a singular; plurals and mass nouns came without one and stay without. */
function namePhrase(run: readonly string[], leader: string): { text: string; isLed: boolean } {
  const words = run.slice(-3).join(" ");
  const isOne = /^(?:the|an?|this|that|its|his|her|their|every|each)$/.test(leader);
  return {
    text: isOne ? `the ${words}` : words,
    isLed: isOne || /^(?:of|about|for|on|with|explain|describe)$/.test(leader),
  };
}

function isMeaningful(word: string): boolean {
  return /^\p{Ll}[\p{L}’'-]{2,}$/u.test(word) && !STOP_WORDS.has(word.toLowerCase()) && !/(?:ing|ed|ly)$/.test(word);
}
