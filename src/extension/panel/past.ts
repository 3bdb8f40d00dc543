// Answers the panel's requests about the thread's past through the session, in pages that a message can carry.

import * as vscode from "vscode";
import type { CheckpointArguments, DiffBody } from "../../protocol/dap.ts";
import {
  type CheckpointPlace,
  type Json,
  longestJson,
  type PanelRequest,
  type PanelVariable,
  type PastResult,
  type ValuePath,
} from "../../protocol/webview.ts";
import { changePage } from "./change-page.ts";
import type { SessionPicture } from "./session-picture.ts";
import { ValueDocuments } from "./value-documents.ts";

type PastRequest = Exclude<PanelRequest, { type: "answer" | "value" | "editText" }>;
type Asked<Type extends PastRequest["type"]> = Extract<PastRequest, { type: Type }>;

/** A variable as the adapter tells it. */
interface DapVariable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly variablesReference: number;
  readonly indexedVariables?: number;
  readonly namedVariables?: number;
  readonly evaluateName?: string;
}

export class PanelPast implements vscode.Disposable {
  readonly #documents = new ValueDocuments();
  /** The last differences, which are told by page. */
  #diff: { readonly key: string; readonly body: DiffBody } | undefined;

  dispose(): void {
    this.#documents.dispose();
  }

  /** The result for the panel; rejects with a message to the user. `column`: for editors that are opened. */
  async answer(session: SessionPicture, asked: PastRequest, column: vscode.ViewColumn): Promise<unknown> {
    switch (asked.type) {
      case "timeline": {
        const { namespace, before, limit } = asked;
        return session.request("langgraph/timeline", {
          namespace,
          limit,
          ...(before !== undefined && { before }),
        });
      }
      case "checkpoint":
        return checkpoint(session, asked.at);
      case "children":
        return children(session, asked);
      case "json": {
        const { json } = await session.request("langgraph/value", valueArguments(asked.at, asked.path));
        const shortened = json.length > longestJson;
        return { json: shortened ? json.slice(0, longestJson) : json, shortened };
      }
      case "copyValue": {
        const { json } = await session.request("langgraph/value", valueArguments(asked.at, asked.path));
        await vscode.env.clipboard.writeText(json.startsWith('"') ? (JSON.parse(json) as string) : json);
        return null;
      }
      case "diff":
        return this.#page(session, asked);
      case "openDiff": {
        const { from, to, path } = asked;
        const sides = await Promise.all([from, to].map((at) => valueOrNothing(session, at, path)));
        const name = path.join(".");
        const title = `${name}: ${await stepText(session, from)} and ${await stepText(session, to)}`;
        await this.#documents.compare(name, title, [sides[0] ?? "", sides[1] ?? ""], column);
        return null;
      }
      case "chooseOther":
        return chooseOther(session);
      case "keyHistory": {
        const { at, key, limit } = asked;
        return session.request("langgraph/keyHistory", {
          ...placeArguments(at),
          ...(key !== undefined && { key }),
          limit,
        });
      }
      case "annotate":
        return annotate(session, asked);
      case "fork":
        await goTo(session, asked.at);
        return null;
      case "setValue":
        return setValue(session, asked);
      case "update": {
        const { namespace, at, values, mode, asNode, dryRun } = asked;
        return session.request("langgraph/updateState", {
          values: values as { [key: string]: Json } | null,
          namespace,
          dryRun,
          ...(at && { checkpointId: at.checkpointId }),
          ...(mode && { mode }),
          ...(asNode !== undefined && { asNode }),
        });
      }
      case "command": {
        if (asked.at) await goTo(session, asked.at);
        const { goto, update } = asked;
        await session.request("langgraph/resume", {
          answers: {},
          ...(goto.length > 0 && { goto }),
          ...(update && { update: update as { [key: string]: Json } }),
        });
        return null;
      }
      case "undoEdit":
        await session.request("langgraph/undoEdit", { namespace: asked.namespace });
        return null;
    }
  }

  async #page(session: SessionPicture, { from, to, start }: Asked<"diff">): Promise<PastResult<"diff">> {
    const key = JSON.stringify([session.session.id, from, to]);
    // The first page is of what is there now.
    if (start === 0 || this.#diff?.key !== key) {
      const body = await session.request("langgraph/diff", {
        from: placeArguments(from),
        to: placeArguments(to),
      });
      this.#diff = { key, body };
    }
    return changePage(this.#diff.body, start);
  }
}

function placeArguments({ checkpointId, namespace, threadId }: CheckpointPlace): CheckpointArguments {
  return { checkpointId, namespace, ...(threadId !== undefined && { threadId }) };
}

function valueArguments(at: CheckpointPlace, path: ValuePath) {
  return { ...placeArguments(at), path };
}

async function checkpoint(session: SessionPicture, at: CheckpointPlace): Promise<PastResult<"checkpoint">> {
  const body = await session.request("langgraph/checkpoint", placeArguments(at));
  const { step, source, createdAt, next, metadata } = body.checkpoint;
  const writes = body.writesReference;
  const writers = writes === 0 ? [] : await variables(session, { variablesReference: writes });
  const config = await sessionConfig(session);
  return {
    step,
    source,
    createdAt,
    next,
    graph: body.graph,
    tasks: body.tasks.map(({ id, node, status, error }) => ({
      id,
      node,
      status,
      ...(error && { error: `${error.type}: ${error.message}` }),
    })),
    metadata: JSON.stringify(metadata, undefined, 2).slice(0, longestJson),
    keys: body.namedVariables,
    state: body.variablesReference,
    writes,
    writers: writers.length,
    ...(config && { config }),
  };
}

/** The scope of the top frame; undefined while the graph runs. */
async function sessionConfig(
  session: SessionPicture,
): Promise<{ reference: number; count: number } | undefined> {
  try {
    const ask = session.session.customRequest.bind(session.session);
    const { threads } = (await ask("threads")) as { threads: { id: number }[] };
    const { stackFrames } = (await ask("stackTrace", { threadId: threads[0]?.id, levels: 1 })) as {
      stackFrames: { id: number }[];
    };
    const { scopes } = (await ask("scopes", { frameId: stackFrames[0]?.id })) as {
      scopes: { name: string; variablesReference: number }[];
    };
    const reference = scopes.find(({ name }) => name === "Config")?.variablesReference;
    if (reference === undefined) return undefined;
    return { reference, count: (await variables(session, { variablesReference: reference })).length };
  } catch {
    return undefined;
  }
}

async function children(
  session: SessionPicture,
  { reference, filter, start, count }: Asked<"children">,
): Promise<PanelVariable[]> {
  const found = await variables(session, {
    variablesReference: reference,
    start,
    count,
    ...(filter && { filter }),
  });
  return found.map((each) => ({
    name: each.name,
    value: each.value,
    type: each.type ?? "",
    reference: each.variablesReference,
    indexed: each.indexedVariables ?? 0,
    named: each.namedVariables ?? 0,
    ...(each.evaluateName !== undefined && { evaluateName: each.evaluateName }),
  }));
}

async function variables(session: SessionPicture, args: object): Promise<DapVariable[]> {
  const body = (await session.session.customRequest("variables", args)) as { variables: DapVariable[] };
  return body.variables;
}

/** Where a value is on one side only, the other is empty. */
async function valueOrNothing(
  session: SessionPicture,
  at: CheckpointPlace,
  path: ValuePath,
): Promise<string> {
  try {
    return (await session.request("langgraph/value", valueArguments(at, path))).json;
  } catch {
    return "";
  }
}

async function stepText(session: SessionPicture, at: CheckpointPlace): Promise<string> {
  const { checkpoint } = await session.request("langgraph/checkpoint", placeArguments(at));
  return at.threadId === undefined
    ? `step ${checkpoint.step}`
    : `step ${checkpoint.step} of thread ${at.threadId}`;
}

async function goTo(session: SessionPicture, { checkpointId, namespace }: CheckpointPlace): Promise<void> {
  await session.request("langgraph/fork", { checkpointId, namespace });
}

async function annotate(session: SessionPicture, { at, what, now }: Asked<"annotate">): Promise<null> {
  const text = await vscode.window.showInputBox({
    title: what === "name" ? "Name of the Step" : "Note on the Step",
    value: now,
    prompt: `Kept in the checkpoint file. Empty: no ${what}.`,
  });
  if (text === undefined) return null;
  await session.request("langgraph/annotate", { ...placeArguments(at), [what]: text === "" ? null : text });
  return null;
}

async function setValue(
  session: SessionPicture,
  { namespace, at, path, expression, value }: Asked<"setValue">,
): Promise<null> {
  if (at) await goTo(session, at);
  // Without a frame, an expression is one of the innermost graph at the stop; there its type is kept.
  if (session.innermost === namespace) {
    await session.session.customRequest("setExpression", { expression, value: JSON.stringify(value) });
    return null;
  }
  const [key, ...rest] = path;
  const place = at ?? (await session.standing(namespace));
  const { json } = await session.request("langgraph/value", valueArguments(place, [String(key)]));
  const values = { [String(key)]: replaced(JSON.parse(json) as Json, rest, value as Json) };
  await session.request("langgraph/updateState", { values, mode: "set", namespace });
  return null;
}

function replaced(whole: Json, [first, ...rest]: ValuePath, value: Json): Json {
  if (first === undefined) return value;
  if (Array.isArray(whole)) {
    return whole.map((item, index) => (index === first ? replaced(item, rest, value) : item));
  }
  const object = whole as { [key: string]: Json };
  return { ...object, [first]: replaced(object[first] ?? null, rest, value) };
}

/** The newest step of a thread that the user chooses, or a step of it. */
async function chooseOther(session: SessionPicture): Promise<CheckpointPlace | null> {
  const own = session.picture.thread;
  const { threads } = await session.request("langgraph/threads", { limit: 500 });
  const thread = await vscode.window.showQuickPick(
    threads
      .filter(({ id }) => id !== own)
      .map(({ id, name, status, updatedAt }) => ({
        label: name ?? id,
        description: `${status}, ${new Date(updatedAt).toLocaleString()}`,
        id,
      })),
    { title: "Compare with a Step of Another Thread", placeHolder: "Thread" },
  );
  if (!thread) return null;
  const { entries } = await session.request("langgraph/timeline", { threadId: thread.id, limit: 200 });
  const step = await vscode.window.showQuickPick(
    entries.map(({ id, step: number, source, tasks, name }) => ({
      label: `Step ${number}: ${tasks.map(({ node }) => node).join(", ") || source}`,
      ...(name !== undefined && { description: name }),
      id,
    })),
    { title: `Compare with a Step of ${thread.label}`, placeHolder: "Step" },
  );
  return step ? { checkpointId: step.id, namespace: "", threadId: thread.id } : null;
}
