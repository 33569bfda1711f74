/**
 * Parts a model's reasoning from its answer. Bedrock and most servers do so themselves; a server without a parser for its model
 * leaves the model's own marks in the text.
 */

/** How families of models mark their reasoning, in any case. */
const MARKS: readonly (readonly [open: string, close: string])[] = [
  // DeepSeek, Qwen, GLM, MiniMax and others; Claude and Nova when asked to think aloud; Gemma; gpt-oss; Seed.
  ...["think", "thinking", "thought", "reasoning", "seed:think"].map((tag) => [`<${tag}>`, `</${tag}>`] as const),
  // Magistral, Kimi, Command A.
  ["\\[THINK\\]", "\\[/THINK\\]"],
  ["◁think▷", "◁/think▷"],
  ["<\\|START_THINKING\\|>", "<\\|END_THINKING\\|>"],
  // OpenThinker, Sky-T1.
  ["<\\|begin_of_thought\\|>", "<\\|end_of_thought\\|>"],
  // gpt-oss without a parser: channels, of which only the final one is the answer.
  ["(?:<\\|start\\|>assistant)?<\\|channel\\|>(?:analysis|commentary)[^<]{0,80}<\\|message\\|>", "<\\|end\\|>"],
];

const FENCE = "```";
/** What may begin a line, or follow another mark: a code fence, or reasoning, by family. */
const OPENINGS = new RegExp(
  `(?:^[ \\t]*|(?<=[>\\]▷]))(?:(${FENCE})|${MARKS.map(([open]) => `(${open})`).join("|")})`,
  "gimu",
);
const CLOSINGS = MARKS.map(([, close]) => new RegExp(close, "giu"));
/** The closing mark of a text that begins inside its reasoning; one in quotes, or after its opening mark, is talked about. */
const BARE_CLOSING = new RegExp(`(?<![\`"'])(?:${MARKS.map(([, close]) => close).join("|")})(?![\`"'])`, "iu");
const ANY_OPENING = new RegExp(MARKS.map(([open]) => open).join("|"), "iu");
/** Marks around an answer whose reasoning was removed. */
const ANSWER_MARKS =
  /^(?:<\|start\|>assistant)?<\|channel\|>final[^<]{0,80}<\|message\|>|<\|(?:START|END)_(?:RESPONSE|TEXT)\|>|<\|(?:begin|end)_of_solution\|>|<\|(?:return|end)\|>$/giu;

export interface PartedText {
  readonly answer: string;
  /** Several thoughts are joined by a blank line; absent if there are none. */
  readonly reasoning?: string;
}

/**
 * Reasoning begins a line, outside of code. Without its closing mark, the model was cut off while it was thinking; without its
 * opening mark, which some servers count as part of the prompt, the text begins inside it.
 */
export function partReasoning(text: string): PartedText {
  const thoughts: string[] = [];
  const kept: string[] = [];
  let from = 0;
  for (const { start, end, thought } of thoughtsIn(text)) {
    thoughts.push(thought.trim());
    kept.push(text.slice(from, start));
    from = end;
  }
  if (thoughts.length === 0) return { answer: text };
  const answer = (kept.join("") + text.slice(from)).trim().replace(ANSWER_MARKS, "").trim();
  const reasoning = thoughts.filter(Boolean).join("\n\n");
  return { answer, ...(reasoning && { reasoning }) };
}

interface Thought {
  /** With its marks. */
  readonly start: number;
  readonly end: number;
  /** Without them. */
  readonly thought: string;
}

function* thoughtsIn(text: string): Generator<Thought> {
  let isInCode = false;
  let at = 0;
  for (let opened = openingFrom(text, at); ; opened = openingFrom(text, at)) {
    const bare = at === 0 ? bareClosingIn(text.slice(0, opened?.index)) : undefined;
    if (bare) {
      at = bare.index + bare[0].length;
      yield { start: 0, end: at, thought: text.slice(0, bare.index) };
      continue;
    }
    if (!opened) return;
    const [mark, fence] = opened;
    at = opened.index + mark.length;
    if (fence) isInCode = !isInCode;
    if (fence || isInCode) continue;
    const [to, end] = closingFrom(text, at, opened.slice(2).findIndex(Boolean));
    yield { start: opened.index, end, thought: text.slice(at, to) };
    at = end;
  }
}

function bareClosingIn(text: string): RegExpExecArray | undefined {
  const closed = BARE_CLOSING.exec(text);
  return closed && !ANY_OPENING.test(text.slice(0, closed.index)) ? closed : undefined;
}

function openingFrom(text: string, at: number): RegExpExecArray | null {
  OPENINGS.lastIndex = at;
  return OPENINGS.exec(text);
}

/** Where the thought ends, and where its closing mark does. */
function closingFrom(text: string, at: number, family: number): [number, number] {
  const closing = CLOSINGS[family] as RegExp;
  closing.lastIndex = at;
  const closed = closing.exec(text);
  return closed ? [closed.index, closed.index + closed[0].length] : [text.length, text.length];
}
