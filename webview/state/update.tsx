// Changes the state as a node does, or sends the run elsewhere; what it will do is said before.

import { type FormEvent, useEffect, useId, useState } from "react";
import { isObject, type JsonObject } from "../../src/model/json.ts";
import { graphOf } from "../past/actions.ts";
import { useStore } from "../store.ts";
import { ChangeButtons } from "./change-form.tsx";
import { parsed } from "./editor.tsx";
import type { DetailProps } from "./parts.ts";
import { Said } from "./said.tsx";

export function UpdateForm({ ask, store, target, close }: DetailProps & { close(): void }) {
  const { place, isCursor } = target;
  const id = useId();
  const graphs = useStore(store, ({ picture }) => picture.graphs);
  const nodes = graphs.find((graph) => graph.id === graphOf(place.namespace))?.nodes ?? [];
  const [way, setWay] = useState<"node" | "goto">("node");
  const [asNode, setAsNode] = useState(target.step?.tasks[0]?.node ?? nodes[0]?.name ?? "");
  const [goto, setGoto] = useState<readonly string[]>([]);
  const [text, setText] = useState("{}");
  const [effects, setEffects] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string>();
  const [isSending, setSending] = useState(false);
  const branch = isCursor ? {} : { at: place };
  const how = way === "node" ? { asNode } : { mode: "reduce" as const, goto: [...goto] };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `branch` is of the place
  useEffect(() => {
    setEffects([]);
    const values = valuesIn(text);
    if (typeof values === "string" || isNothing(how, values)) return;
    let left = false;
    // Not at each letter.
    const timer = setTimeout(() => {
      ask({ type: "update", namespace: place.namespace, ...branch, values, ...how, dryRun: true }).then(
        (result) => left || setEffects(result.effects),
        (error: Error) => left || setEffects([error.message]),
      );
    }, 200);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [ask, way, asNode, goto, text, place.checkpointId, place.namespace, isCursor]);

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const values = valuesIn(text);
    if (typeof values === "string") {
      setProblem(values);
      return;
    }
    setSending(true);
    setProblem(undefined);
    try {
      await ask({ type: "update", namespace: place.namespace, ...branch, values, ...how, dryRun: false });
      store.look({ step: undefined });
      close();
    } catch (error) {
      setProblem((error as Error).message);
      setSending(false);
    }
  };
  const radio = (to: "node" | "goto", label: string) => (
    <label>
      <input type="radio" name={id} checked={way === to} onChange={() => setWay(to)} />
      {label}
    </label>
  );
  return (
    <form
      className="update form"
      aria-label="Update"
      onSubmit={(event) => void send(event)}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <div className="choices" role="radiogroup" aria-label="How the state is updated">
        {radio("node", "As a node wrote it")}
        {radio("goto", "Command: go to nodes")}
      </div>
      {way === "node" ? (
        <label className="row">
          As node
          <select value={asNode} onChange={(event) => setAsNode(event.target.value)}>
            {nodes.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      ) : (
        <fieldset className="choices">
          <legend>Go to</legend>
          {nodes.map(({ name }) => (
            <label key={name}>
              <input
                type="checkbox"
                checked={goto.includes(name)}
                onChange={() =>
                  setGoto(goto.includes(name) ? goto.filter((other) => other !== name) : [...goto, name])
                }
              />
              {name}
            </label>
          ))}
        </fieldset>
      )}
      <label>
        Values by key, as JSON
        <textarea
          className="code"
          spellCheck={false}
          rows={2}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <Said effects={effects} problem={problem} />
      <ChangeButtons
        label={way === "goto" ? "Go there" : "Update"}
        isCursor={isCursor}
        disabled={isSending || isNothing(how, valuesIn(text))}
        close={close}
      />
    </form>
  );
}

/** Neither a node nor a value is given. */
function isNothing(
  { asNode, goto }: { readonly asNode?: string; readonly goto?: readonly string[] },
  values: JsonObject | string,
): boolean {
  if (goto) return goto.length === 0 && typeof values !== "string" && Object.keys(values).length === 0;
  return asNode === "";
}

/** The values, or in one line why there are none. */
function valuesIn(text: string): JsonObject | string {
  const value = parsed(text.trim() === "" ? "{}" : text);
  if (value instanceof Error) return `The values are not JSON: ${value.message}`;
  return isObject(value) ? value : "The values must be a JSON object of the state's keys.";
}
