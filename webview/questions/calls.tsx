// Calls that wait for a decision: what each would do, the decisions that are allowed, and what belongs to the one taken.

import { useId } from "react";
import { isObject } from "../../src/model/json.ts";
import { type CallDraft, type Draft, schemaLike } from "../../src/model/questions/answer.ts";
import type { Call, Decision, Question } from "../../src/model/questions/question.ts";
import { Fields, Prose } from "./payload.tsx";
import { SchemaForm } from "./schema-form.tsx";

const words: { readonly [name in Decision]: string } = {
  approve: "Approve",
  accept: "Accept",
  edit: "Edit",
  reject: "Reject",
  ignore: "Ignore",
  respond: "Respond",
  response: "Respond",
};

export interface CallsProps {
  readonly question: Extract<Question, { kind: "calls" }>;
  readonly draft: Draft;
  readonly disabled: boolean;
  change(draft: Draft): void;
}

export function Calls({ question, draft, disabled, change }: CallsProps) {
  const drafts = draft.calls ?? [];
  return question.calls.map((call, index) => (
    <CallCard
      // biome-ignore lint/suspicious/noArrayIndexKey: Calls keep their order, and one may come twice.
      key={index}
      call={call}
      draft={drafts[index] ?? {}}
      disabled={disabled}
      change={(changed) =>
        change({
          ...draft,
          calls: question.calls.map((_, each) => (each === index ? changed : (drafts[each] ?? {}))),
        })
      }
    />
  ));
}

interface CallCardProps {
  readonly call: Call;
  readonly draft: CallDraft;
  readonly disabled: boolean;
  change(draft: CallDraft): void;
}

function CallCard({ call, draft, disabled, change }: CallCardProps) {
  const id = useId();
  const { name, args, description, decisions, argsSchema } = call;
  const { decision, message } = draft;
  const replies = decision === "respond" || decision === "response";
  return (
    <fieldset className="call" disabled={disabled}>
      <legend>
        Call of <code>{name}</code>
      </legend>
      {description !== undefined && <Prose text={description} />}
      {decision !== "edit" && (
        <Fields fields={isObject(args) ? Object.entries(args) : [["arguments", args]]} />
      )}
      <div className="choices" role="radiogroup" aria-label={`Decision about ${name}`}>
        {decisions.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name={`${id}decision`}
              checked={decision === each}
              onChange={() => change({ ...draft, decision: each })}
            />
            {words[each]}
          </label>
        ))}
      </div>
      {decision === "edit" && (
        <SchemaForm
          id={`${id}args`}
          schema={argsSchema ?? schemaLike(args)}
          value={draft.args === undefined ? args : draft.args}
          disabled={disabled}
          change={(value) => change({ ...draft, args: value ?? null })}
        />
      )}
      {(replies || decision === "reject") && (
        <label className="stacked">
          {replies ? `Reply instead of calling ${name}` : "Reason (optional)"}
          <textarea
            rows={2}
            value={message ?? ""}
            onChange={(event) => change({ ...draft, message: event.target.value })}
          />
        </label>
      )}
    </fieldset>
  );
}
