/** The functions that prompts and expressions may call, as completion shows them. */
export interface PromptFunction {
  readonly name: string;
  readonly signature: string;
  readonly description: string;
}

export const PROMPT_FUNCTIONS: readonly PromptFunction[] = [
  fn("truncateTokens", "(text, n)", "The text truncated to about n tokens"),
  fn("sentences", "(text)", "A list of its sentences"),
  fn("keywords", "(text, n = 5)", "Its n most frequent words, without stop words"),
  fn("randomSentence", "(text)", "A random sentence; draws keep one for several places"),
  fn("writingStyle", "(text)", "A description of its style: sentence length, tone"),
  fn("pickOne", "(list)", "A random element; draws keep one for several places"),
  fn("shuffle", "(list)", "The list in random order; draws keep one for several places"),
  fn("stripMarkdown", "(text)", "The text without its Markdown"),
  fn("json", "(value, indent?)", "The value as JSON"),
  fn("wrap", "(text, width = 80)", "The text wrapped at that width"),
  fn("dedent", "(text)", "The text without its common indentation"),
  fn("numberWords", "(n)", "42 as forty-two"),
  fn("ordinal", "(n)", "3 as 3rd"),
  fn("dateWords", "(isoDate)", "2026-03-01 as 1 March 2026"),
];

/** Only available in prompts. */
export const INCLUDE = fn("include", '("NAME" or "ID@VERSION/NAME", data?)', "A partial or a step’s prompt");

function fn(name: string, signature: string, description: string): PromptFunction {
  return { name, signature, description };
}
