/** What a failed record keeps of the call that caused the failure, so that the template's author can inspect it. */

export interface FailureDetails {
  readonly step: string;
  readonly system?: string;
  /** The last turns: examples, and earlier answers with what was wrong with them. */
  readonly turns?: readonly { readonly role: "user" | "assistant"; readonly text: string }[];
  /** Absent when it could not be rendered. */
  readonly prompt?: string;
  /** Absent when there was none. */
  readonly answer?: string;
}

/** Longer texts are truncated and only the last turns kept, so that a part stays small whatever fails. */
const MAX_DETAIL_CHARACTERS = 4_000;
const MAX_DETAIL_TURNS = 4;

export function truncateDetails({ step, system, turns = [], prompt, answer }: FailureDetails): FailureDetails {
  const last = turns.slice(-MAX_DETAIL_TURNS).map(({ role, text }) => ({ role, text: cut(text) }));
  return {
    step,
    ...(system !== undefined && { system: cut(system) }),
    ...(last.length > 0 && { turns: last }),
    ...(prompt !== undefined && { prompt: cut(prompt) }),
    ...(answer !== undefined && { answer: cut(answer) }),
  };
}

/** Half characters are replaced: they would make the file with the failures unreadable. */
function cut(text: string): string {
  if (text.length <= MAX_DETAIL_CHARACTERS) return text.toWellFormed();
  return `${text
    .slice(0, MAX_DETAIL_CHARACTERS - 1)
    .replace(/[\ud800-\udbff]$/, "")
    .toWellFormed()}…`;
}
