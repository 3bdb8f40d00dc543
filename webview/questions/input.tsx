// The input for the run that waits for it, or for another turn on the thread: as a form, text or JSON.

import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Json } from "../../src/model/json.ts";
import { answerOf, type Draft, type Made, readDraft } from "../../src/model/questions/answer.ts";
import { whyUnfit } from "../../src/model/questions/fit.ts";
import { inputQuestion } from "../../src/model/questions/input.ts";
import type { Question } from "../../src/model/questions/question.ts";
import type { Request, Send } from "../host.ts";
import { asJson, Sends } from "./card.tsx";
import { FreeAnswer, WayChoice } from "./free.tsx";
import { SchemaForm } from "./schema-form.tsx";
import "./questions.css";

/** Of the draft, which is kept for the thread. */
export const inputDraft = "input";

export interface InputProps {
  /** The run waits for it; else it has ended, and another turn can be run. */
  readonly waits: boolean;
  readonly kept: Json | undefined;
  readonly send: Send;
  readonly request: Request;
}

export function Input(props: InputProps) {
  const { waits, request } = props;
  const [schema, setSchema] = useState<Json>();
  const [open, setOpen] = useState(false);
  const isShown = waits || open;
  useEffect(() => {
    if (!isShown) return;
    // Without a schema the input is JSON.
    request({ type: "inputSchema" }).then(setSchema, () => setSchema({}));
  }, [request, isShown]);
  const question = useMemo(() => (schema === undefined ? undefined : inputQuestion(schema)), [schema]);
  const form = question && <Filled {...props} question={question} />;
  return (
    <article className="card" aria-labelledby="input-title">
      <header className="card-header">
        <h2 id="input-title">{waits ? "Input of the graph" : "Another turn"}</h2>
        {!waits && (
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Close" : "Input…"}
          </button>
        )}
      </header>
      {isShown && (form ?? <p role="status">Loading the form…</p>)}
    </article>
  );
}

function Filled({ waits, kept, send, request, question }: InputProps & { readonly question: Question }) {
  const [draft, setDraft] = useState<Draft>(() => readDraft(question, kept));
  const [problem, setProblem] = useState<string>();
  const [isSending, setSending] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { activeElement } = document;
    const isTyping = activeElement?.matches("input, textarea, select") === true;
    if (!isTyping) place.current?.querySelector<HTMLElement>("input, textarea, select")?.focus();
  }, []);
  const made = useMemo((): Made => {
    const filled = answerOf(question, draft);
    const schema = question.kind === "schema" && draft.way === "form" ? question.schema : undefined;
    const unfit = "answer" in filled ? whyUnfit(schema, filled.answer) : undefined;
    return unfit === undefined ? filled : { missing: `Does not fit the schema: ${unfit}` };
  }, [question, draft]);
  const change = (changed: Draft): void => {
    setDraft(changed);
    setProblem(undefined);
    send({ type: "draft", key: inputDraft, value: JSON.parse(JSON.stringify(changed)) as Json });
  };
  const run = async (): Promise<void> => {
    if (!("answer" in made)) {
      setProblem(made.missing);
      return;
    }
    setSending(true);
    try {
      await request({ type: "input", input: made.answer });
      send({ type: "draft", key: inputDraft });
    } catch (error) {
      setProblem((error as Error).message);
    }
    setSending(false);
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void run();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Only hears the keys of the controls in it.
    <div className="answer" ref={place} onKeyDown={keyDown}>
      {question.kind === "schema" && draft.way === "form" ? (
        <SchemaForm
          id="input-form"
          schema={question.schema}
          value={draft.value}
          disabled={isSending}
          change={(value) => {
            const { value: _, ...rest } = draft;
            change(value === undefined ? rest : { ...rest, value });
          }}
        />
      ) : (
        <FreeAnswer
          what="Input"
          question={question}
          draft={draft}
          disabled={isSending}
          change={change}
          editInTab={() => {}}
        />
      )}
      <div className="foot">
        <Sends made={made} said={problem} />
        {problem !== undefined && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <div className="row actions">
          <button type="button" className="primary" disabled={isSending} onClick={() => void run()}>
            {waits ? "Run" : "Run another turn"}
          </button>
          <WayChoice
            what="Input"
            question={question}
            draft={draft}
            disabled={isSending}
            change={(changed) => change(asJson(changed, made))}
          />
        </div>
      </div>
    </div>
  );
}
