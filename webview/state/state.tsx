// The state after a step: its values as a tree, who wrote each key, and what each key was before.

import { useEffect, useMemo, useState } from "react";
import type { PanelWriting } from "../../src/protocol/webview.ts";
import type { MenuItem } from "../menu.tsx";
import { graphOf } from "../past/actions.ts";
import { useStore } from "../store.ts";
import { Body } from "./body.tsx";
import { Editor } from "./editor.tsx";
import { KeyHistory } from "./key-history.tsx";
import { type MessageChange, MessageForm, takesMessages } from "./message-form.tsx";
import type { CheckpointProps } from "./parts.ts";
import { fieldsKey, isMessage, Tree, type TreeNode } from "./tree.ts";
import { TreeView } from "./tree-view.tsx";

export function State(props: CheckpointProps) {
  const { ask, store, host, timelines, target, checkpoint, enabled } = props;
  const { place } = target;
  const [filter, setFilter] = useState("");
  const [edited, setEdited] = useState<TreeNode>();
  /** What is changed of messages, where that is not one value. */
  const [messages, setMessages] = useState<{ readonly node: TreeNode; readonly change: MessageChange }>();
  const [history, setHistory] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const expanded = useStore(store, ({ view }) => view.expanded);
  const tree = useMemo(
    () => new Tree(ask, "state", { reference: checkpoint.state, count: checkpoint.keys }),
    [ask, checkpoint],
  );
  const writers = useWriters(props);
  const fields = (node: TreeNode): boolean => expanded.includes(fieldsKey(node));
  const toggleFields = (node: TreeNode): void => {
    const key = fieldsKey(node);
    store.look({ expanded: fields(node) ? expanded.filter((each) => each !== key) : [...expanded, key] });
  };
  const look = ({ checkpointId }: PanelWriting): void =>
    store.look({ step: { checkpointId, namespace: place.namespace }, base: undefined });
  const openNode = (node: string): void =>
    host.send({ type: "openNode", graph: graphOf(place.namespace), node });

  const edit = (node: TreeNode): void => {
    setMessages(undefined);
    setEdited(node);
  };
  const menu = (node: TreeNode): MenuItem[] => {
    const { path, variable } = node;
    const writing = node.depth === 0 ? writers.get(variable.name) : undefined;
    const onMessages = (change: MessageChange, name: string): MenuItem => ({
      name: target.isCursor ? `${name}…` : `${name} on a Branch…`,
      act: () => {
        setEdited(undefined);
        setMessages({ node, change });
      },
    });
    return [
      ...(enabled && path && isMessage(variable)
        ? [onMessages("edit", "Edit Message"), onMessages("remove", "Remove Message")]
        : []),
      ...(enabled && takesMessages(node, checkpoint.messageKeys) ? [onMessages("add", "Add Message")] : []),
      ...(enabled && path
        ? [{ name: target.isCursor ? "Edit…" : "Edit on a Branch…", act: () => edit(node) }]
        : []),
      ...(path
        ? [
            {
              name: "Copy Value",
              apart: true,
              act: () => {
                host
                  .request({ type: "copyValue", at: place, path })
                  .catch((error: Error) => setProblem(error.message));
              },
            },
          ]
        : []),
      {
        name: "Copy Path",
        act: () => host.send({ type: "copyText", text: variable.evaluateName ?? variable.name }),
      },
      ...(node.depth === 0 ? [{ name: "History", apart: true, act: () => setHistory(variable.name) }] : []),
      ...(writing ? [{ name: `Look at Step ${writing.step}`, act: () => look(writing) }] : []),
      ...(writing?.nodes.map((name) => ({ name: `Go to the Code of ${name}`, act: () => openNode(name) })) ??
        []),
    ];
  };
  // Neither is written by a node.
  const isEdit = ({ checkpointId, source }: PanelWriting): boolean =>
    source === "update" || (timelines.step(place.namespace, checkpointId)?.edits ?? 0) > 0;
  const about = (node: TreeNode) => {
    const writing = node.depth === 0 ? writers.get(node.variable.name) : undefined;
    if (!writing) return null;
    return (
      <span className="writer">
        {writing.nodes.length === 0 ? (
          <span>{isEdit(writing) ? "edited" : "input"}</span>
        ) : (
          writing.nodes.map((name) => (
            <button
              key={name}
              type="button"
              className="link"
              tabIndex={-1}
              title={`Written by ${name}: go to its code`}
              onClick={() => openNode(name)}
            >
              {name}
            </button>
          ))
        )}
        <button
          type="button"
          className="link"
          tabIndex={-1}
          title={`Written in step ${writing.step}: look at it`}
          onClick={() => look(writing)}
        >
          {writing.step}
        </button>
      </span>
    );
  };
  if (history !== undefined) {
    return <KeyHistory {...props} name={history} close={() => setHistory(undefined)} />;
  }
  if (checkpoint.state === 0) return <p className="hint">The state is empty.</p>;
  return (
    <div className="pane">
      <div className="pane-top">
        <input
          type="search"
          placeholder="Filter by key"
          aria-label="Filter by key"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        {problem !== undefined && (
          <span className="problem" role="alert">
            {problem}
          </span>
        )}
      </div>
      <TreeView
        store={store}
        tree={tree}
        label="Values of the state"
        filter={filter}
        body={(node) => (
          <Body
            ask={ask}
            place={place}
            node={node}
            fields={fields(node)}
            toggleFields={() => toggleFields(node)}
          />
        )}
        about={about}
        menu={menu}
        {...(enabled && { edit: (node: TreeNode) => node.path && edit(node) })}
        edited={edited?.key ?? messages?.node.key}
        editor={
          edited ? (
            <Editor {...props} node={edited} close={() => setEdited(undefined)} />
          ) : (
            messages && (
              <MessageForm
                key={`${messages.node.key} ${messages.change}`}
                {...props}
                {...messages}
                close={() => setMessages(undefined)}
              />
            )
          )
        }
      />
    </div>
  );
}

/** Who wrote each key last, by key. */
function useWriters({ ask, target, checkpoint }: CheckpointProps): ReadonlyMap<string, PanelWriting> {
  const [writers, setWriters] = useState<ReadonlyMap<string, PanelWriting>>(new Map());
  const { checkpointId, namespace } = target.place;
  // biome-ignore lint/correctness/useExhaustiveDependencies: with the checkpoint its writers are read anew
  useEffect(() => {
    let left = false;
    ask({ type: "keyHistory", at: { checkpointId, namespace }, limit: 1_000 }).then(
      ({ writings }) => left || setWriters(new Map(writings.map((each) => [each.key, each]))),
      // The values are there without it.
      () => left || setWriters(new Map()),
    );
    return () => {
      left = true;
    };
  }, [ask, checkpointId, namespace, checkpoint]);
  return writers;
}
