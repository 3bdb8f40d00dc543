// The questions of a run that waits, one card each.

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Json } from "../../src/model/json.ts";
import type { Draft, Made } from "../../src/model/questions/answer.ts";
import { type Drafts, draftKey, type PanelAnswer, type PanelInterrupt } from "../../src/protocol/webview.ts";
import type { Request, Send } from "../host.ts";
import { Card } from "./card.tsx";
import type { AlongWith } from "./more.tsx";
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
  const [sending, setSending] = useState(false);
  const keys = interrupts.map(draftKey);
  const first = keys[0];

  // What the run begins to wait for has the keyboard, unless the user is typing.
  useEffect(() => {
    if (first === undefined || isTyping(document.activeElement)) return;
    list.current?.querySelector<HTMLElement>("input, textarea, select, button.primary")?.focus();
  }, [first]);

  const answer = async (answers: readonly PanelAnswer[], more: AlongWith = {}): Promise<void> => {
    setSending(true);
    const sent = answers.map(draftKey);
    try {
      await request({ type: "answer", answers: [...answers], ...more });
      for (const key of sent) send({ type: "draft", key });
      setRefused({});
    } catch (error) {
      setRefused(Object.fromEntries(sent.map((key) => [key, (error as Error).message])));
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
  return (
    <>
      {several && (
        <div className="row all">
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
                send={send}
                request={request}
                setMade={setMade}
                answer={(value, more) =>
                  void answer([{ id: interrupt.id, index: interrupt.index, value }], more)
                }
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
  readonly send: Send;
  readonly request: Request;
  setMade(change: (made: { readonly [key: string]: Made }) => { readonly [key: string]: Made }): void;
  answer(value: Json, more: AlongWith): void;
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
