// The card of one interrupt: what it asks, the form for its answer, the exact JSON that is sent.

import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { Json } from "../../src/model/json.ts";
import { answerOf, type Draft, type Made, readDraft } from "../../src/model/questions/answer.ts";
import { whyUnfit } from "../../src/model/questions/fit.ts";
import type { Question } from "../../src/model/questions/question.ts";
import { recognise } from "../../src/model/questions/recognise.ts";
import type { PanelInterrupt } from "../../src/protocol/webview.ts";
import type { Request, Send } from "../host.ts";
import { Calls } from "./calls.tsx";
import { FreeAnswer, WayChoice } from "./free.tsx";
import { Payload, shortened } from "./payload.tsx";
import { SchemaForm } from "./schema-form.tsx";

export interface CardProps {
  readonly interrupt: PanelInterrupt;
  /** Unique in the panel. */
  readonly id: string;
  readonly kept: Json | undefined;
  readonly enabled: boolean;
  /** Why the last answer was not taken. */
  readonly refused: string | undefined;
  /** Others wait too. */
  readonly several: boolean;
  /** What can go along with the answer, where this is the only card. */
  readonly along: ReactNode;
  readonly send: Send;
  readonly request: Request;
  /** The answer as it is made now, for "Answer all". */
  made(answer: Made): void;
  /** Sends this answer without those of other cards. */
  answer(value: Json): void;
  draft(draft: Draft): void;
}

export function Card(props: CardProps) {
  const { interrupt, id, enabled, request } = props;
  const [whole, setWhole] = useState<Json>();
  const [problem, setProblem] = useState<string>();
  const { shortened: isShort, value } = interrupt;
  useEffect(() => {
    if (!isShort) return;
    request({ type: "value", id: interrupt.id, index: interrupt.index }).then(setWhole, (error: Error) =>
      setProblem(error.message),
    );
  }, [isShort, interrupt.id, interrupt.index, request]);
  const payload = isShort ? whole : value;
  const question = useMemo(
    () => (payload === undefined ? undefined : recognise(payload, interrupt.responseSchema)),
    [payload, interrupt.responseSchema],
  );
  return (
    <article className="card" aria-labelledby={`${id}title`}>
      <Heading {...props} />
      <Earlier interrupt={interrupt} />
      {payload !== undefined && question ? (
        <Filled {...props} payload={payload} question={question} />
      ) : (
        <p role={problem === undefined ? "status" : "alert"}>{problem ?? "Loading the question…"}</p>
      )}
      {!enabled && <p className="note">The session is over; what you typed is kept.</p>}
    </article>
  );
}

function Heading({ interrupt, id, send }: CardProps) {
  const { node, graph, source, index } = interrupt;
  const name = graph === "" ? node : `${graph.replaceAll("/", ":")}:${node}`;
  return (
    <header className="card-header">
      <h2 id={`${id}title`}>
        {name} asks{index > 0 ? ` (question ${index + 1})` : ""}
      </h2>
      {source !== undefined && (
        <button
          type="button"
          className="link"
          onClick={() => send({ type: "openInterrupt", id: interrupt.id, index })}
        >
          {source}
        </button>
      )}
    </header>
  );
}

function Earlier({ interrupt: { earlier, tries = 1, answer } }: Pick<CardProps, "interrupt">) {
  const last = earlier.at(-1);
  return (
    <>
      {tries > 1 && last !== undefined && (
        <p className="note" role="status">
          Asked again: try {tries}. The answer before was <code>{short(last)}</code>.
        </p>
      )}
      {earlier.length > 0 && (
        <details>
          <summary>
            {earlier.length === 1 ? "1 earlier answer" : `${earlier.length} earlier answers`} of this node
          </summary>
          <ol>
            {earlier.map((each, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: Answers keep their order, and one may come twice.
              <li key={index}>
                <code>{short(each)}</code>
              </li>
            ))}
          </ol>
        </details>
      )}
      {answer !== undefined && (
        <p className="note">
          Set in the Variables view, sent with the next answer: <code>{short(answer)}</code>
        </p>
      )}
    </>
  );
}

function Filled(props: CardProps & { readonly payload: Json; readonly question: Question }) {
  const { interrupt, id, kept, enabled, refused, several, request, made: tell, payload, question } = props;
  const { responseSchema } = interrupt;
  const [draft, setDraft] = useState<Draft>(() => readDraft(question, kept));
  const touched = useRef(false);
  // Drafts may come after the question, and the code that asks may have been changed.
  useEffect(
    () => setDraft((now) => readDraft(question, touched.current ? (now as unknown as Json) : kept)),
    [question, kept],
  );
  const [problem, setProblem] = useState<string>();
  const made = useMemo((): Made => {
    const filled = answerOf(question, draft);
    const unfit = "answer" in filled ? whyUnfit(responseSchema, filled.answer) : undefined;
    return unfit === undefined ? filled : { missing: `Does not fit the schema: ${unfit}` };
  }, [question, draft, responseSchema]);
  // The list of cards knows what can be sent.
  useEffect(() => tell(made), [tell, made]);
  const change = (changed: Draft): void => {
    touched.current = true;
    setDraft(changed);
    setProblem(undefined);
    props.draft(changed);
  };
  const submit = (): void => {
    if (!enabled) return;
    if ("answer" in made) props.answer(made.answer);
    else setProblem(made.missing);
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit();
  };
  const editInTab = (original: string, text: string): void => {
    request({ type: "editText", title: interrupt.node, original, text }).then(
      (edited) => {
        if (typeof edited === "string") change({ ...draft, way: "editText", text: edited });
      },
      (error: Error) => setProblem(error.message),
    );
  };
  const disabled = !enabled;
  const said = problem ?? refused;
  const form = draft.way === "form";
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Only hears the keys of the controls in it.
    <div className="answer" onKeyDown={keyDown}>
      <Payload value={payload} calls={question.kind === "calls"} edited={editedPart(question, draft)} />
      {form && question.kind === "calls" && (
        <Calls question={question} draft={draft} disabled={disabled} change={change} />
      )}
      {form && question.kind === "schema" && (
        <SchemaForm
          id={`${id}form`}
          schema={question.schema}
          value={draft.value}
          disabled={disabled}
          change={(value) => {
            const { value: _, ...rest } = draft;
            change(value === undefined ? rest : { ...rest, value });
          }}
        />
      )}
      {!form && (
        <FreeAnswer
          question={question}
          draft={draft}
          disabled={disabled}
          change={change}
          editInTab={editInTab}
        />
      )}
      {props.along}
      <div className="foot">
        <Sends made={made} said={said} />
        {said !== undefined && (
          <p className="problem" role="alert">
            {said}
          </p>
        )}
        <div className="row actions">
          <button type="button" className="primary" disabled={disabled} onClick={submit}>
            {several ? "Answer this one" : "Answer and continue"}
          </button>
          <WayChoice
            question={question}
            draft={draft}
            disabled={disabled}
            change={(changed) => change(asJson(changed, made))}
          />
        </div>
      </div>
    </div>
  );
}

/** JSON begins with what would have been sent. */
export function asJson(draft: Draft, made: Made): Draft {
  if (draft.way !== "json" || !("answer" in made)) return draft;
  return { ...draft, json: JSON.stringify(made.answer, undefined, 2) };
}

/** `said`: a problem that is told already. */
export function Sends({ made, said }: { readonly made: Made; readonly said: string | undefined }) {
  if (!("answer" in made)) return made.missing === said ? null : <p className="note">{made.missing}</p>;
  return (
    <div className="sends">
      <span>Sends</span>
      <pre className="code" data-sends>
        {shortened(JSON.stringify(made.answer))}
      </pre>
    </div>
  );
}

/** The key of the payload's part that is edited, `""` for the whole. */
function editedPart(question: Question, { way }: Draft): string | undefined {
  if (question.kind !== "free") return undefined;
  const part = way === "editText" ? question.text : way === "editObject" ? question.object : undefined;
  return part && (part.key ?? "");
}

function short(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
