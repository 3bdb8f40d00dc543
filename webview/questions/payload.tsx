// What an interrupt asks, readable first, and as it is behind a button.

import { useState } from "react";
import type { Json } from "../../src/model/json.ts";
import { askedIn } from "../../src/model/questions/text.ts";

export interface PayloadProps {
  readonly value: Json;
  /** Its calls are shown with their decisions. */
  readonly calls: boolean;
  /** The part that is shown to be edited; `""` is the whole. */
  readonly edited: string | undefined;
}

export function Payload({ value, calls, edited }: PayloadProps) {
  const [raw, setRaw] = useState(false);
  const { text, details: all } = askedIn(value);
  const details = edited === "" ? [] : all.filter(([name]) => name !== edited);
  const json = JSON.stringify(value, undefined, 2);
  return (
    <div className="payload">
      {raw ? (
        <section aria-label="Payload as JSON">
          <pre className="code">{shortened(json)}</pre>
        </section>
      ) : (
        <>
          {text !== undefined && <Prose text={text} />}
          {!calls && details.length > 0 && <Fields fields={details} />}
          {!calls && edited === undefined && text === undefined && details.length === 0 && (
            <pre className="code">{shortened(json)}</pre>
          )}
        </>
      )}
      <button type="button" className="link" aria-pressed={raw} onClick={() => setRaw(!raw)}>
        {raw ? "Show readable" : "Show JSON"}
      </button>
    </div>
  );
}

/** Text as it is written, but that headings of Markdown are set as such. */
export function Prose({ text }: { readonly text: string }) {
  const lines = text.split(/\r?\n/);
  const [first = "", ...rest] = lines;
  const heading = /^\s*#{1,6}\s+(.*?)\s*#*\s*$/.exec(first)?.[1];
  if (heading === undefined) return <p className="prose">{shortened(text)}</p>;
  return (
    <>
      <p className="prose heading">{heading}</p>
      {rest.join("\n").trim() !== "" && <p className="prose">{shortened(rest.join("\n").trim())}</p>}
    </>
  );
}

export function Fields({ fields }: { readonly fields: readonly (readonly [string, Json])[] }) {
  return (
    <dl className="fields">
      {fields.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {typeof value === "object" && value !== null ? (
              <pre className="code">{shortened(JSON.stringify(value, undefined, 2))}</pre>
            ) : (
              <span className="prose">{shortened(typeof value === "string" ? value : String(value))}</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const longest = 20_000;

export function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
}
