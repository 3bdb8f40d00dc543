// A tree of values on the screen: only the rows in sight are drawn, however many there are.

import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { Menu, type MenuItem } from "../menu.tsx";
import type { Store } from "../store.ts";
import { useStore } from "../store.ts";
import { isMessage, leftOf, type Tree, type TreeNode, type TreeRow, treeRows } from "./tree.ts";

export interface TreeViewProps {
  readonly store: Store;
  readonly tree: Tree;
  readonly label: string;
  readonly filter?: string;
  /** The node that is edited, below which `editor` stands. */
  readonly edited?: string | undefined;
  readonly editor?: ReactNode;
  body?(node: TreeNode): ReactNode;
  /** At the right of a row. */
  about?(node: TreeNode): ReactNode;
  menu?(node: TreeNode): readonly MenuItem[];
  edit?(node: TreeNode): void;
}

const estimateSize = (): number => 22;

export function TreeView(props: TreeViewProps) {
  const { store, tree, label, filter = "", body, about, menu, edit, edited, editor } = props;
  const expanded = useStore(store, ({ view }) => view.expanded);
  const version = useSyncExternalStore(tree.subscribe, tree.version);
  const [focused, setFocused] = useState<string>();
  const [open, setOpen] = useState<{ node: TreeNode; at: { x: number; y: number } }>();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => {
    void version;
    const keys = new Set(expanded);
    return treeRows(tree.root, (key) => keys.has(key), filter);
  }, [tree, version, expanded, filter]);

  // What is open is loaded, in the tree of another step too.
  useEffect(() => {
    tree.open(tree.root);
    for (const row of rows) if (row.kind === "value" && row.isOpen) tree.open(row.node);
  }, [tree, rows]);
  // A filter is about all keys.
  const total = tree.root.variable.named;
  useEffect(() => {
    void version;
    if (filter !== "" && tree.root.children.length < total) void tree.more(tree.root);
  }, [tree, filter, total, version]);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize,
    overscan: 12,
    // Another function would have all rows measured anew.
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    // What is typed is not lost when it is scrolled out of sight.
    rangeExtractor: (range: Range) => {
      const shown = defaultRangeExtractor(range);
      const at = rows.findIndex(({ key }) => key === edited);
      return at < 0 || shown.includes(at) ? shown : [...shown, at].sort((a, b) => a - b);
    },
  });
  const wasEdited = useRef(edited);
  useEffect(() => {
    const closed = wasEdited.current !== undefined && edited === undefined;
    wasEdited.current = edited;
    if (closed && document.activeElement === document.body) scroller.current?.focus();
  }, [edited]);
  const at = Math.max(
    0,
    rows.findIndex(({ key }) => key === focused),
  );
  const toggle = (node: TreeNode): void =>
    store.look({
      expanded: expanded.includes(node.key)
        ? expanded.filter((key) => key !== node.key)
        : [...expanded.slice(-500), node.key],
    });
  const move = (index: number): void => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    const step = to < at ? -1 : 1;
    const found = rows[to]?.kind === "body" ? to + step : to;
    const row = rows[found];
    if (!row) return;
    setFocused(row.key);
    virtual.scrollToIndex(found);
  };
  const press = (event: KeyboardEvent): void => {
    const row = rows[at];
    if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
    if (event.key === "ArrowDown") move(at + 1);
    else if (event.key === "ArrowUp") move(at - 1);
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(rows.length - 1);
    else if (!row) return;
    else if (row.kind === "more" && event.key === "Enter") void tree.more(row.node);
    else if (row.kind !== "value") return;
    else if (event.key === "ArrowRight" && row.isOpen === false) toggle(row.node);
    else if (event.key === "ArrowRight" && row.isOpen) move(at + 1);
    else if (event.key === "ArrowLeft" && row.isOpen) toggle(row.node);
    else if (event.key === "ArrowLeft") move(parentIndex(rows, at));
    else if ((event.key === "Enter" || event.key === "F2") && edit) edit(row.node);
    else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      const box = document.getElementById(elementId(row.key))?.getBoundingClientRect();
      if (box && menu && !row.node.part) setOpen({ node: row.node, at: { x: box.left + 48, y: box.bottom } });
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <div
        className="values"
        ref={scroller}
        role="tree"
        aria-label={label}
        tabIndex={0}
        aria-activedescendant={rows[at] && elementId(rows[at].key)}
        onKeyDown={press}
      >
        <div className="values-all" role="none" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, and names the row
              <div
                key={key}
                data-index={index}
                id={elementId(row.key)}
                ref={virtual.measureElement}
                className={`value-place${index === at ? " value-at" : ""}`}
                role="treeitem"
                aria-level={row.node.depth + (row.kind === "value" ? 1 : 2)}
                aria-selected={index === at}
                {...(row.kind === "value" && row.isOpen !== undefined && { "aria-expanded": row.isOpen })}
                style={{ transform: `translateY(${start}px)` }}
                onPointerDown={() => setFocused(row.key)}
              >
                {row.kind === "value" && (
                  <ValueRow
                    row={row}
                    about={about?.(row.node)}
                    toggle={() => toggle(row.node)}
                    {...(edit && row.node.path && { edit: () => edit(row.node) })}
                    {...(menu &&
                      !row.node.part && { more: (point) => setOpen({ node: row.node, at: point }) })}
                  />
                )}
                {row.kind === "value" && row.key === edited && editor}
                {row.kind === "body" && <Indented depth={row.node.depth + 1}>{body?.(row.node)}</Indented>}
                {row.kind === "more" && (
                  <Indented depth={row.node.depth + 1}>
                    <More node={row.node} load={() => void tree.more(row.node)} />
                  </Indented>
                )}
              </div>
            );
          })}
        </div>
      </div>
      {open && menu && (
        <Menu
          label={open.node.variable.name}
          at={open.at}
          items={menu(open.node)}
          close={() => setOpen(undefined)}
        />
      )}
    </>
  );
}

interface ValueRowProps {
  readonly row: TreeRow & { kind: "value" };
  readonly about: ReactNode;
  toggle(): void;
  edit?(): void;
  more?(at: { x: number; y: number }): void;
}

function ValueRow({ row: { node, isOpen }, about, toggle, edit, more }: ValueRowProps) {
  const { name, type, value } = node.variable;
  const { part } = node;
  const message = isMessage(node.variable) ? /^(\w+): (.*)$/su.exec(value) : null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the tree around it hears the keys
    <div
      className="value"
      style={{ paddingLeft: 4 + node.depth * 12 }}
      onDoubleClick={edit}
      onContextMenu={(event) => {
        if (!more) return;
        event.preventDefault();
        more({ x: event.clientX, y: event.clientY });
      }}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the tree around it hears the keys */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it hears the keys */}
      <span className="value-face" onClick={isOpen === undefined ? undefined : toggle}>
        <span
          className={`value-fold codicon ${isOpen === undefined ? "" : `codicon-chevron-${isOpen ? "down" : "right"}`}`}
          aria-hidden="true"
        />
        <span className={part ? "value-name value-part" : "value-name"}>{name}</span>
        {message ? (
          <>
            <span className="value-role">{message[1]}</span>
            <span className="value-text">{message[2]}</span>
          </>
        ) : (
          <>
            <span className={`value-text value-${kindOf(type)}`}>{value}</span>
            <span className="value-type">{type}</span>
          </>
        )}
      </span>
      {about}
      {edit && (
        <button
          type="button"
          className="icon"
          tabIndex={-1}
          title="Edit"
          aria-label={`Edit ${name}`}
          onClick={edit}
        >
          <span className="codicon codicon-edit" aria-hidden="true" />
        </button>
      )}
      {more && (
        <button
          type="button"
          className="icon"
          tabIndex={-1}
          title="More actions"
          aria-label={`More actions for ${name}`}
          onClick={(event) => more({ x: event.clientX, y: event.clientY })}
        >
          <span className="codicon codicon-ellipsis" aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

function More({ node, load }: { readonly node: TreeNode; load(): void }) {
  const left = leftOf(node);
  if (node.isLoading) return <span className="quiet">Loading…</span>;
  if (node.problem !== undefined) return <span className="problem">{node.problem}</span>;
  return (
    <button type="button" className="link" tabIndex={-1} onClick={load}>
      {left.toLocaleString("en")} more
    </button>
  );
}

function Indented({ depth, children }: { readonly depth: number; readonly children: ReactNode }) {
  return <div style={{ paddingLeft: 24 + depth * 12 }}>{children}</div>;
}

function kindOf(type: string): string {
  if (/^(str|string)$/.test(type)) return "string";
  if (/^(int|float|number|bigint)$/.test(type)) return "number";
  return /^(bool|boolean|None|NoneType|null|undefined)$/.test(type) ? "boolean" : "other";
}

function parentIndex(rows: readonly TreeRow[], at: number): number {
  const depth = rows[at]?.node.depth ?? 0;
  for (let index = at - 1; index >= 0; index--) {
    const row = rows[index];
    if (row?.kind === "value" && row.node.depth < depth) return index;
  }
  return at;
}

function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, button");
}

function elementId(key: string): string {
  return `value-${key.replaceAll(/\s/g, "_")}`;
}
