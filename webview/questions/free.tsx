// A free question: yes or no, a choice, a number, a text, the payload's own text or object edited, or JSON.

import { useId } from "react";
import { type Draft, schemaLike } from "../../src/model/questions/answer.ts";
import type { Question, Way } from "../../src/model/questions/question.ts";
import { SchemaForm } from "./schema-form.tsx";

const words: { readonly [way in Draft["way"]]: string } = {
  form: "Form",
  yesNo: "Yes or no",
  choice: "Choice",
  number: "Number",
  text: "Text",
  editText: "Edited text",
  editObject: "Edited object",
  json: "JSON",
};

export interface AnswerProps {
  /** What is given; as a rule an answer. */
  readonly what?: string;
  readonly question: Question;
  readonly draft: Draft;
  readonly disabled: boolean;
  change(draft: Draft): void;
  /** Opens the text in a real editor. */
  editInTab(original: string, text: string): void;
}

/** Chooses in which way to answer. */
export function WayChoice({
  what = "Answer",
  question,
  draft,
  disabled,
  change,
}: Omit<AnswerProps, "editInTab">) {
  const ways: readonly Draft["way"][] = question.kind === "free" ? question.ways : ["form", "text", "json"];
  return (
    <label className="way">
      {what} as
      <select
        value={draft.way}
        disabled={disabled}
        onChange={(event) => change({ ...draft, way: event.target.value as Way | "form" })}
      >
        {ways.map((way) => (
          <option key={way} value={way}>
            {words[way]}
          </option>
        ))}
      </select>
    </label>
  );
}

export function FreeAnswer(props: AnswerProps) {
  const { what = "Answer", question, draft, disabled, change } = props;
  const id = useId();
  const radio = (label: string, checked: boolean, choose: Partial<Draft>) => (
    <label key={label}>
      <input
        type="radio"
        name={`${id}answer`}
        checked={checked}
        disabled={disabled}
        onChange={() => change({ ...draft, ...choose })}
      />
      {label}
    </label>
  );
  switch (draft.way) {
    case "yesNo":
      return (
        <div className="choices" role="radiogroup" aria-label="Answer">
          {radio("Yes", draft.yes === true, { yes: true })}
          {radio("No", draft.yes === false, { yes: false })}
        </div>
      );
    case "choice":
      return (
        <div className="choices" role="radiogroup" aria-label="Answer">
          {(question.kind === "free" ? question.choices : []).map(({ label }, index) =>
            radio(label, draft.choice === index, { choice: index }),
          )}
        </div>
      );
    case "number":
      return (
        <input
          type="text"
          inputMode="decimal"
          aria-label="Answer, a number"
          value={draft.number ?? ""}
          disabled={disabled}
          onChange={(event) => change({ ...draft, number: event.target.value })}
        />
      );
    case "json":
      return (
        <textarea
          className="code"
          spellCheck={false}
          aria-label={`${what}, as JSON`}
          rows={rowsOf(draft.json ?? "")}
          value={draft.json ?? ""}
          disabled={disabled}
          onChange={(event) => change({ ...draft, json: event.target.value })}
        />
      );
    case "editText":
      return <EditedText {...props} />;
    case "editObject":
      return <EditedObject {...props} />;
    default:
      return (
        <textarea
          aria-label={`${what}, a text`}
          rows={rowsOf(draft.text ?? "")}
          value={draft.text ?? ""}
          disabled={disabled}
          onChange={(event) => change({ ...draft, text: event.target.value })}
        />
      );
  }
}

function EditedText({ question, draft, disabled, change, editInTab }: AnswerProps) {
  const original = question.kind === "free" ? question.text : undefined;
  if (!original) return null;
  const text = draft.text ?? original.value;
  return (
    <>
      <textarea
        aria-label={`Answer, the edited ${original.key ?? "text"}`}
        rows={rowsOf(text)}
        value={text}
        disabled={disabled}
        onChange={(event) => change({ ...draft, text: event.target.value })}
      />
      <div className="row">
        <button
          type="button"
          className="secondary"
          disabled={disabled}
          onClick={() => editInTab(original.value, text)}
        >
          Edit in a tab
        </button>
        <Keyed name={original.key} draft={draft} disabled={disabled} change={change} />
      </div>
    </>
  );
}

function EditedObject({ question, draft, disabled, change }: AnswerProps) {
  const id = useId();
  const original = question.kind === "free" ? question.object : undefined;
  if (!original) return null;
  return (
    <>
      <SchemaForm
        id={id}
        schema={schemaLike(original.value)}
        value={draft.value === undefined ? original.value : draft.value}
        disabled={disabled}
        change={(value) => change({ ...draft, value: value ?? null })}
      />
      <Keyed name={original.key} draft={draft} disabled={disabled} change={change} />
    </>
  );
}

/** Whether the edited value goes back alone, or under the key that it came with. */
function Keyed({
  name,
  draft,
  disabled,
  change,
}: Pick<AnswerProps, "draft" | "disabled" | "change"> & { readonly name: string | undefined }) {
  if (name === undefined) return null;
  return (
    <label>
      <input
        type="checkbox"
        checked={draft.keyed === true}
        disabled={disabled}
        onChange={(event) => change({ ...draft, keyed: event.target.checked })}
      />
      Send as an object with the key <code>{name}</code>
    </label>
  );
}

function rowsOf(text: string): number {
  return Math.min(16, Math.max(2, text.split("\n", 17).length));
}
