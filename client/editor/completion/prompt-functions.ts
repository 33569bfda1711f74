/** The functions that prompts and expressions may call, as completion shows them. */
export interface LibraryFunction {
  readonly name: string;
  readonly signature: string;
  readonly about: string;
}

export const LIBRARY: readonly LibraryFunction[] = [
  fn("truncateTokens", "(text, n)", "The text cut to about n tokens"),
  fn("sentences", "(text)", "The list of its sentences"),
  fn("keywords", "(text, n = 5)", "The n words it says most, common ones apart"),
  fn("randomSentence", "(text)", "One of its sentences, the same one for the same record"),
  fn("writingStyle", "(text)", "In words: how long its sentences are, how it speaks"),
  fn("pickOne", "(list)", "One of the list, the same one for the same record"),
  fn("shuffle", "(list)", "The list in another order, the same one for the same record"),
  fn("stripMarkdown", "(text)", "The text without its Markdown"),
  fn("json", "(value, indent?)", "The value as JSON"),
  fn("wrap", "(text, width = 80)", "The text in lines of at most that width"),
  fn("dedent", "(text)", "The text without its common indentation"),
  fn("numberWords", "(n)", "42 as forty-two"),
  fn("ordinal", "(n)", "3 as 3rd"),
  fn("dateWords", "(isoDate)", "2026-03-01 as 1 March 2026"),
];

/** Of prompts alone. */
export const INCLUDE = fn("include", '("NAME" or "ID@VERSION/NAME", data?)', "A partial, or the prompt of a step");

function fn(name: string, signature: string, about: string): LibraryFunction {
  return { name, signature, about };
}
