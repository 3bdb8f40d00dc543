// Adds, edits or removes one message of a list: through the reducer where that knows messages by their ids, else set.

import { useEffect, useState } from "react";
import { isObject, type Json, type JsonObject } from "../../src/model/json.ts";
import { ChangeButtons, ChangeForm } from "./change-form.tsx";
import { parsed } from "./editor.tsx";
import type { CheckpointProps } from "./parts.ts";
import { Said } from "./said.tsx";
import { isMessage, type TreeNode } from "./tree.ts";

export type MessageChange = "add" | "edit" | "remove";

/** The list that a message is an item of, or that is a list of messages itself. */
export function listOf({ node, change }: { node: TreeNode; change: MessageChange }): (string | number)[] {
  const path = node.path ?? [];
  return change === "add" ? path : path.slice(0, -1);
}

/** A list in which messages stand, or a key whose reducer takes them. */
export function takesMessages({ path, variable, children }: TreeNode, keys: readonly string[]): boolean {
  const [key] = path ?? [];
  if (path?.length === 1 && typeof key === "string" && keys.includes(key)) return true;
  return (
    path !== undefined && variable.indexed > 0 && children[0] !== undefined && isMessage(children[0].variable)
  );
}

const titles = { add: "Add message", edit: "Edit message", remove: "Remove message" } as const;

interface Props extends CheckpointProps {
  readonly node: TreeNode;
  readonly change: MessageChange;
  close(): void;
}

export function MessageForm({ ask, host, store, target, checkpoint, node, change, close }: Props) {
  const { place, isCursor } = target;
  const path = listOf({ node, change });
  const [key] = path;
  const [message, setMessage] = useState<JsonObject>();
  const [role, setRole] = useState("user");
  const [text, setText] = useState(change === "add" ? "" : undefined);
  const [args, setArgs] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string>();
  const [isSending, setSending] = useState(false);
  const branch = isCursor ? {} : { at: place };

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed is not replaced by what is read later
  useEffect(() => {
    if (change === "add" || !node.path) return;
    let left = false;
    ask({ type: "json", at: place, path: node.path }).then(
      ({ json, shortened }) => {
        const value = shortened ? undefined : parsed(json);
        if (left) return;
        if (!isObject(value as Json)) {
          setProblem("This message is too long to be edited here: edit a part of it, or use the console.");
          return;
        }
        const read = value as JsonObject;
        setMessage(read);
        setText(typeof read.content === "string" ? read.content : JSON.stringify(read.content, undefined, 2));
        setArgs(callsOf(read).map((call) => JSON.stringify(call.args ?? {}, undefined, 2)));
      },
      (error: Error) => left || setProblem(error.message),
    );
    return () => {
      left = true;
    };
  }, []);

  const id = typeof message?.id === "string" ? message.id : undefined;
  const isKey = path.length === 1 && typeof key === "string";
  const reduces = isKey && checkpoint.messageKeys.includes(key) && (change === "add" || id !== undefined);
  /** The message as it is sent, or in one line why there is none. */
  const made = (): JsonObject | string => {
    if (change === "add") return { role, content: text ?? "" };
    if (!message) return "The message is not loaded yet.";
    if (change === "remove") return { type: "remove", id: id ?? "", content: "" };
    const content = typeof message.content === "string" ? (text ?? "") : parsed(text ?? "");
    if (content instanceof Error) return `The content is not JSON: ${content.message}`;
    const calls: JsonObject[] = [];
    for (const [index, call] of callsOf(message).entries()) {
      const own = parsed(args[index] ?? "");
      if (own instanceof Error) return `The arguments of ${String(call.name)} are not JSON: ${own.message}`;
      calls.push({ ...call, args: own });
    }
    return { ...message, content, ...(calls.length > 0 && { tool_calls: calls }) };
  };
  const send = async (): Promise<void> => {
    const value = made();
    if (typeof value === "string") {
      setProblem(value);
      return;
    }
    setSending(true);
    setProblem(undefined);
    const { namespace } = place;
    try {
      if (reduces) {
        const values = { [String(key)]: [value] };
        await ask({ type: "update", namespace, ...branch, values, mode: "reduce", dryRun: false });
      } else if (change === "edit" && node.path) {
        await host.request({ type: "setValue", namespace, ...branch, path: node.path, value });
      } else {
        const { json, shortened } = await ask({ type: "json", at: place, path });
        const list = shortened ? undefined : parsed(json);
        if (!Array.isArray(list)) throw new Error("The list is too long to be set here: use the console.");
        const index = Number(node.path?.at(-1));
        const now = change === "add" ? [...list, value] : list.filter((_, each) => each !== index);
        if (isKey) {
          const values = { [key]: now };
          await ask({ type: "update", namespace, ...branch, values, mode: "set", dryRun: false });
        } else await host.request({ type: "setValue", namespace, ...branch, path, value: now });
      }
      if (!isCursor) store.look({ step: undefined });
      close();
    } catch (error) {
      setProblem((error as Error).message);
      setSending(false);
    }
  };
  const calls = change === "edit" && message ? callsOf(message) : [];
  const where = path.join(".");
  const disabled = isSending || (change !== "add" && !message);
  return (
    <ChangeForm send={send} close={close}>
      {change === "add" && (
        <label className="row">
          Role
          <select value={role} disabled={disabled} onChange={(event) => setRole(event.target.value)}>
            {["user", "assistant", "system"].map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      )}
      {change !== "remove" && (
        <label>
          {typeof (message?.content ?? "") === "string" ? "Content" : "Content, as JSON"}
          <textarea
            // biome-ignore lint/a11y/noAutofocus: the form was asked for, and begins here
            autoFocus
            rows={Math.min(12, Math.max(2, (text ?? "").split("\n", 13).length))}
            disabled={disabled}
            value={text ?? ""}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
      )}
      {calls.map((call, index) => (
        <label key={String(call.id ?? index)}>
          Arguments of {String(call.name)}, as JSON
          <textarea
            className="code"
            spellCheck={false}
            rows={Math.min(12, Math.max(2, (args[index] ?? "").split("\n", 13).length))}
            disabled={disabled}
            value={args[index] ?? ""}
            onChange={(event) => setArgs(args.with(index, event.target.value))}
          />
        </label>
      ))}
      <Said effects={[reduces ? reduced(change, where, id) : set(change, where)]} problem={problem} />
      <ChangeButtons
        label={titles[change]}
        isCursor={isCursor}
        disabled={disabled}
        send={send}
        close={close}
      />
    </ChangeForm>
  );
}

function callsOf({ tool_calls: calls }: JsonObject): JsonObject[] {
  return Array.isArray(calls) ? calls.filter(isObject) : [];
}

function reduced(change: MessageChange, where: string, id: string | undefined): string {
  if (change === "add") return `Sent through the reducer of ${where}, as a node's message is.`;
  return change === "edit"
    ? `Sent through the reducer of ${where}: takes the place of the message with the id ${id}.`
    : `Sent through the reducer of ${where}: RemoveMessage with the id ${id}.`;
}

function set(change: MessageChange, where: string): string {
  if (change === "edit") return "Set in its place; the other messages stay as they are.";
  return `Sets ${where}, with the message ${change === "add" ? "at its end" : "left out"}.`;
}
