// A text in full, or a message as it is read: what it says, and its calls of tools, folded.

import { useEffect, useState } from "react";
import { isObject, type Json } from "../../src/model/json.ts";
import type { CheckpointPlace } from "../../src/protocol/webview.ts";
import type { Ask } from "../ask.ts";
import { isText, type TreeNode } from "./tree.ts";

/** Characters. */
const shownFirst = 10_000;
const shownMore = 40_000;

export interface BodyProps {
  readonly ask: Ask;
  readonly place: CheckpointPlace;
  readonly node: TreeNode;
  /** Of a message: its fields are shown below. */
  readonly fields: boolean;
  toggleFields(): void;
}

export function Body({ ask, place, node, fields, toggleFields }: BodyProps) {
  const { path, variable } = node;
  const [read, setRead] = useState<{ readonly json: string; readonly shortened: boolean }>();
  const [problem, setProblem] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: where the value is another, it is read again
  useEffect(() => {
    if (!path) return;
    let left = false;
    ask({ type: "json", at: place, path }).then(
      (result) => left || setRead(result),
      (error: Error) => left || setProblem(error.message),
    );
    return () => {
      left = true;
    };
  }, [ask, place.checkpointId, place.namespace, node.key, variable.value]);
  if (problem !== undefined) return <p className="problem">{problem}</p>;
  if (!read) return <p className="quiet">Loading…</p>;
  const value = parsed(read.json);
  return (
    <div className="body">
      {isText(variable) ? (
        <Text text={typeof value === "string" ? value : read.json} />
      ) : value === undefined ? (
        <Text text={read.json} />
      ) : (
        <Message value={value} />
      )}
      {read.shortened && (
        <p className="quiet">The beginning of a longer value. Copy Value gives all of it.</p>
      )}
      {!isText(variable) && (
        <button type="button" className="link" tabIndex={-1} aria-expanded={fields} onClick={toggleFields}>
          {fields ? "Hide the fields" : "All fields"}
        </button>
      )}
    </div>
  );
}

/** A long one is laid out in parts: all of it at once would hold the page. */
function Text({ text }: { readonly text: string }) {
  const [length, setLength] = useState(shownFirst);
  return (
    <>
      <pre className="body-text">{text.length > length ? `${text.slice(0, length)}…` : text}</pre>
      {text.length > length && (
        <button type="button" className="link" tabIndex={-1} onClick={() => setLength(length + shownMore)}>
          Show more
        </button>
      )}
    </>
  );
}

function Message({ value }: { readonly value: Json }) {
  const { text, calls } = messageIn(value);
  return (
    <>
      {text !== "" && <Text text={text} />}
      {calls.map(({ id, name, args }, index) => (
        <details className="call" key={id ?? index}>
          <summary>
            <span className="codicon codicon-tools" aria-hidden="true" /> {name}
          </summary>
          <Text text={JSON.stringify(args, undefined, 2)} />
        </details>
      ))}
      {text === "" && calls.length === 0 && <p className="quiet">Says nothing.</p>}
    </>
  );
}

interface Call {
  readonly id: string | undefined;
  readonly name: string;
  readonly args: Json;
}

/** Both languages' messages, plain or as they are stored. */
export function messageIn(value: Json): { readonly text: string; readonly calls: readonly Call[] } {
  const outer = isObject(value) ? value : {};
  const inner = [outer.kwargs, outer.data, outer].find((each) => isObject(each) && "content" in each);
  const message = isObject(inner) ? inner : {};
  const { content = "", tool_calls: list = [] } = message;
  const blocks = Array.isArray(content) ? content : [content];
  const text = blocks.map((block) => (isObject(block) ? textOf(block) : String(block ?? ""))).join("\n");
  const calls = (Array.isArray(list) ? list : []).flatMap((call): Call[] => {
    if (!isObject(call)) return [];
    const { id, name, args = {} } = call;
    return [{ id: typeof id === "string" ? id : undefined, name: String(name), args }];
  });
  return { text, calls };
}

function textOf(block: { [key: string]: Json }): string {
  if (typeof block.text === "string") return block.text;
  return block.type === "tool_use" ? "" : `[${String(block.type ?? "block")}]`;
}

/** Of the beginning of a text's JSON, the beginning of the text. */
export function parsed(json: string): Json | undefined {
  const beginning = `${json.replace(/\\(u[\da-f]{0,3})?$/i, "")}"`;
  for (const each of json.startsWith('"') ? [json, beginning] : [json]) {
    try {
      return JSON.parse(each) as Json;
    } catch {
      // It was shortened.
    }
  }
  return undefined;
}
