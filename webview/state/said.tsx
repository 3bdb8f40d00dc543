// What a change of the state will do, and why it was refused.

export function Said(props: { readonly effects: readonly string[]; readonly problem: string | undefined }) {
  const { effects, problem } = props;
  return (
    <>
      {effects.length > 0 && (
        <ul className="effects" aria-label="What it does">
          {effects.map((effect) => (
            <li key={effect}>{effect}</li>
          ))}
        </ul>
      )}
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
