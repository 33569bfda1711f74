export interface TurnsProps {
  readonly system: string | null;
  readonly turns: readonly { readonly role: string; readonly text: string }[];
}

/** A conversation as it is sent to a model: the system prompt, the few-shot examples, the prompt. */
export function Turns({ system, turns }: TurnsProps) {
  return (
    <div className="turns">
      {system !== null && <Turn speaker="System" text={system} />}
      {turns.map(({ role, text }, index) => (
        <Turn key={index} speaker={SPEAKERS[role] ?? role} text={text} />
      ))}
    </div>
  );
}

const SPEAKERS: Readonly<Record<string, string>> = { user: "User", assistant: "Assistant" };

/** One speaker's text. */
export function Turn({ speaker, text }: { readonly speaker: string; readonly text: string }) {
  return (
    <div className="turn">
      <span className="turn-who">{speaker}</span>
      <pre className="plain-code">{text}</pre>
    </div>
  );
}
