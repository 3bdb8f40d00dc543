// Edits one value of the state where it stands: as text or JSON, set as it is or added through its reducer.

import { useEffect, useId, useRef, useState } from "react";
import type { Json } from "../../src/model/json.ts";
import { ChangeButtons, ChangeForm } from "./change-form.tsx";
import type { DetailProps } from "./parts.ts";
import { Said } from "./said.tsx";
import { isText, type TreeNode } from "./tree.ts";

type Mode = "set" | "reduce";

export function Editor(props: DetailProps & { readonly node: TreeNode; close(): void }) {
  const { ask, host, store, target, node, close } = props;
  const { place, isCursor } = target;
  const id = useId();
  const [asText, setAsText] = useState(() => isText(node.variable));
  const [mode, setMode] = useState<Mode>("set");
  const [texts, setTexts] = useState<{ readonly [mode in Mode]?: string }>({ reduce: "" });
  const [effects, setEffects] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string>();
  const [isSending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const path = node.path ?? [];
  const [key] = path;
  const isKey = path.length === 1 && typeof key === "string";
  const branch = isCursor ? {} : { at: place };

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed is not replaced by what is read later
  useEffect(() => {
    let left = false;
    ask({ type: "json", at: place, path }).then(
      ({ json, shortened }) => {
        if (left) return;
        if (shortened)
          setProblem("This value is too long to be edited here: set a part of it, or use the console.");
        else setTexts((before) => ({ ...before, set: before.set ?? first(json, asText) }));
        requestAnimationFrame(() => field.current?.focus());
      },
      (error: Error) => left || setProblem(error.message),
    );
    return () => {
      left = true;
    };
  }, []);
  // What it will do is said before.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `branch` is of the place
  useEffect(() => {
    if (!isKey) return;
    let left = false;
    ask({
      type: "update",
      namespace: place.namespace,
      ...branch,
      values: { [key]: null },
      mode,
      dryRun: true,
    }).then(
      (result) => left || setEffects(result.effects),
      () => left || setEffects([]),
    );
    return () => {
      left = true;
    };
  }, [ask, isKey, mode, place.checkpointId, place.namespace, isCursor]);

  const text = texts[mode] ?? "";
  const send = async (): Promise<void> => {
    const value = asText && mode === "set" ? text : parsed(text);
    if (value instanceof Error) {
      setProblem(`Not JSON: ${value.message}`);
      return;
    }
    setSending(true);
    setProblem(undefined);
    try {
      if (isKey) {
        await ask({
          type: "update",
          namespace: place.namespace,
          ...branch,
          values: { [key]: value },
          mode,
          dryRun: false,
        });
      } else {
        await host.request({
          type: "setValue",
          namespace: place.namespace,
          ...branch,
          path,
          value,
        });
      }
      if (!isCursor) store.look({ step: undefined });
      close();
    } catch (error) {
      setProblem((error as Error).message);
    }
    setSending(false);
  };
  const choose = (to: Mode, label: string, title: string) => (
    <label title={title}>
      <input type="radio" name={id} checked={mode === to} onChange={() => setMode(to)} />
      {label}
    </label>
  );
  return (
    <ChangeForm send={send} close={close}>
      {isKey && (
        <div className="choices" role="radiogroup" aria-label={`How ${key} is changed`}>
          {choose("set", "Set", "The value is what you type, whatever its reducer is (Overwrite)")}
          {choose(
            "reduce",
            "Add through the reducer",
            "What you type is added as a node's write is, by the key's reducer",
          )}
        </div>
      )}
      <textarea
        ref={field}
        className={asText && mode === "set" ? "" : "code"}
        aria-label={`${node.variable.name}, ${asText && mode === "set" ? "a text" : "as JSON"}`}
        spellCheck={false}
        rows={Math.min(12, Math.max(2, text.split("\n", 13).length))}
        disabled={isSending || (mode === "set" && texts.set === undefined)}
        value={text}
        onChange={(event) => setTexts({ ...texts, [mode]: event.target.value })}
      />
      <Said effects={effects} problem={problem} />
      <ChangeButtons
        label={mode === "set" ? "Set" : "Add"}
        isCursor={isCursor}
        disabled={isSending}
        send={send}
        close={close}
      >
        {isText(node.variable) && mode === "set" && (
          <label>
            <input
              type="checkbox"
              checked={!asText}
              onChange={() => {
                setAsText(!asText);
                const now = texts.set ?? "";
                const other = asText ? JSON.stringify(now) : parsed(now);
                if (typeof other === "string") setTexts({ ...texts, set: other });
              }}
            />
            As JSON
          </label>
        )}
      </ChangeButtons>
    </ChangeForm>
  );
}

function first(json: string, asText: boolean): string {
  const value = parsed(json);
  return asText && typeof value === "string" ? value : json;
}

export function parsed(text: string): Json | Error {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    return error as Error;
  }
}
