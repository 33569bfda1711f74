export interface TurnsProps {
  readonly system: string | null;
  readonly turns: readonly { readonly role: string; readonly text: string }[];
}

/** A conversation with a model as it is sent: the system prompt, earlier turns, the prompt. */
export function Turns({ system, turns }: TurnsProps) {
  return (
    <div className="turns">
      {system !== null && <Turn who="System" text={system} />}
      {turns.map(({ role, text }, index) => (
        <Turn key={index} who={WHO[role] ?? role} text={text} />
      ))}
    </div>
  );
}

const WHO: Readonly<Record<string, string>> = { user: "Prompt", assistant: "Answer" };

/** One speaker's text. */
export function Turn({ who, text }: { readonly who: string; readonly text: string }) {
  return (
    <div className="turn">
      <span className="turn-who">{who}</span>
      <pre className="plain-code">{text}</pre>
    </div>
  );
}
