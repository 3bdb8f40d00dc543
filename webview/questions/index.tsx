// The questions of a run that waits, one card each.

import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Json } from "../../src/model/json.ts";
import type { Draft, Made } from "../../src/model/questions/answer.ts";
import { type Drafts, draftKey, type PanelAnswer, type PanelInterrupt } from "../../src/protocol/webview.ts";
import type { Request, Send } from "../host.ts";
import { Card } from "./card.tsx";
import { alongWith, More, useMore } from "./more.tsx";
import "./questions.css";

export interface QuestionsProps {
  readonly interrupts: readonly PanelInterrupt[];
  readonly drafts: Drafts;
  readonly send: Send;
  readonly request: Request;
  /** The run stands at these questions, so that they can be answered. */
  readonly enabled: boolean;
}

export function Questions({ interrupts, drafts, send, request, enabled }: QuestionsProps) {
  const list = useRef<HTMLUListElement>(null);
  const [made, setMade] = useState<{ readonly [key: string]: Made }>({});
  const [refused, setRefused] = useState<{ readonly [key: string]: string }>({});
  const [problem, setProblem] = useState<string>();
  const [sending, setSending] = useState(false);
  const keys = interrupts.map(draftKey);
  const first = keys[0];
  const moreKey = `along with ${keys.join(" ")}`;
  const [more, changeMore] = useMore(moreKey, drafts[moreKey], send);

  // What the run begins to wait for has the keyboard, unless the user is typing.
  useEffect(() => {
    if (first === undefined || isTyping(document.activeElement)) return;
    list.current?.querySelector<HTMLElement>("input, textarea, select, button.primary")?.focus();
  }, [first]);

  const answer = async (answers: readonly PanelAnswer[]): Promise<void> => {
    const sent = answers.map(draftKey);
    // Why all were refused is said once.
    const refuse = (why: string): void =>
      answers.length > 1 ? setProblem(why) : setRefused(Object.fromEntries(sent.map((key) => [key, why])));
    setProblem(undefined);
    setRefused({});
    const along = alongWith(more);
    if (typeof along === "string") {
      refuse(along);
      return;
    }
    setSending(true);
    try {
      await request({ type: "answer", answers: [...answers], ...along });
      for (const key of sent) send({ type: "draft", key });
      if (Object.keys(along).length > 0) changeMore();
    } catch (error) {
      refuse((error as Error).message);
    } finally {
      setSending(false);
    }
  };
  const ready = interrupts.flatMap((interrupt): PanelAnswer[] => {
    const each = made[draftKey(interrupt)];
    return each && "answer" in each ? [{ id: interrupt.id, index: interrupt.index, value: each.answer }] : [];
  });
  const left = interrupts.length - ready.length;
  const several = interrupts.length > 1;
  const along = <More draft={more} several={several} disabled={!enabled || sending} change={changeMore} />;
  return (
    <>
      {several && (
        <section className="all" aria-label="All questions">
          <div className="row">
            <span role="status">
              {interrupts.length} questions wait, {left === 0 ? "all are answered" : `${left} to answer`}
            </span>
            <button
              type="button"
              className="primary"
              disabled={!enabled || sending || left > 0}
              onClick={() => void answer(ready)}
            >
              Answer all
            </button>
          </div>
          {along}
          {problem !== undefined && (
            <p className="problem" role="alert">
              {problem}
            </p>
          )}
        </section>
      )}
      <ul className="cards" ref={list}>
        {interrupts.map((interrupt) => {
          const key = draftKey(interrupt);
          return (
            <li key={key}>
              <OneCard
                name={key}
                interrupt={interrupt}
                kept={drafts[key]}
                enabled={enabled && !sending}
                refused={refused[key]}
                several={several}
                along={several ? undefined : along}
                send={send}
                request={request}
                setMade={setMade}
                answer={(value) => void answer([{ id: interrupt.id, index: interrupt.index, value }])}
              />
            </li>
          );
        })}
      </ul>
    </>
  );
}

interface OneCardProps {
  readonly name: string;
  readonly interrupt: PanelInterrupt;
  readonly kept: Json | undefined;
  readonly enabled: boolean;
  readonly refused: string | undefined;
  readonly several: boolean;
  readonly along: ReactNode;
  readonly send: Send;
  readonly request: Request;
  setMade(change: (made: { readonly [key: string]: Made }) => { readonly [key: string]: Made }): void;
  answer(value: Json): void;
}

function OneCard({ name, setMade, send, ...props }: OneCardProps) {
  const tell = useCallback(
    (each: Made) => setMade((before) => ({ ...before, [name]: each })),
    [setMade, name],
  );
  const keep = useMemo(
    () =>
      (draft: Draft): void =>
        send({ type: "draft", key: name, value: JSON.parse(JSON.stringify(draft)) as Json }),
    [send, name],
  );
  return <Card {...props} id={`question-${name}-`} send={send} made={tell} draft={keep} />;
}

function isTyping(element: Element | null): boolean {
  return element instanceof HTMLElement && element.matches("input, textarea, select, [contenteditable]");
}
