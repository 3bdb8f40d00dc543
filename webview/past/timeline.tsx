// The timeline: the steps of the thread, newest on top, with its branches; walked through by mouse and keyboard.

import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { CheckpointPlace } from "../../src/protocol/webview.ts";
import { Menu } from "../menu.tsx";
import type { PartProps } from "../parts.ts";
import { useStore } from "../store.ts";
import { type Branches, menuOf, placeOf, stepActions } from "./actions.ts";
import { branchesOf } from "./rails.ts";
import { type RowActions, RowFace, rowHeight } from "./row.tsx";
import { keyOfStep, type Row, type StepRow, shownNamespaces, toRows } from "./rows.ts";
import { Strip } from "./strip.tsx";
import { stepText } from "./target.ts";

interface OpenMenu {
  readonly row: Row;
  readonly at: { readonly x: number; readonly y: number };
}

const estimateSize = (): number => rowHeight;

export function Timeline(props: PartProps) {
  const { store, host, timelines, live } = props;
  const rows = useRows(props);
  useReading(props, rows);
  const chosen = useStore(store, ({ view }) => view.step);
  const isOver = useStore(store, ({ picture }) => picture.status.kind === "disconnected");
  const [menu, setMenu] = useState<OpenMenu>();
  const [problem, setProblem] = useState<string>();
  const [comparing, setComparing] = useState<CheckpointPlace>();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize,
    overscan: 12,
    // Another function would have all rows measured anew.
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
  });
  const selected = selectedIndex(rows, chosen);
  const current = useRef({ rows, selected, comparing });
  current.current = { rows, selected, comparing };

  const steps = useMemo(
    () => stepActions({ host, store }, (place) => setComparing(place), setProblem),
    [host, store],
  );
  const actions = useMemo<RowActions>(
    () => ({
      choose: (row) => {
        const { comparing: to } = current.current;
        if (row.kind === "graph") toggle(store, row.key);
        if (row.kind === "more") void timelines.older(row.namespace);
        if (row.kind === "next") store.look({ step: undefined, base: undefined });
        if (row.kind !== "step") return;
        const place = placeOf(row.step);
        if (to) {
          store.look({ step: to, base: place, pane: "changes", tab: "state" });
          setComparing(undefined);
        } else store.look({ step: row.isCursor ? undefined : place, base: undefined });
      },
      unfold: (row) => toggle(store, row.key),
      menu: (row, at) => setMenu({ row, at }),
      enter: (row) => {
        if (row.kind === "step" && !row.isCursor && !current.current.comparing) steps.go(placeOf(row.step));
        const [task] = row.kind === "next" ? row.tasks : [];
        if (task) host.send({ type: "openNode", graph: task.graph, node: task.node });
      },
    }),
    [store, timelines, steps, host],
  );

  const move = useCallback(
    (index: number): void => {
      const { rows: all } = current.current;
      const to = Math.max(0, Math.min(all.length - 1, index));
      const row = all[to];
      if (!row) return;
      virtual.scrollToIndex(to);
      if (row.kind === "step")
        store.look({ step: row.isCursor ? undefined : placeOf(row.step), base: undefined });
      else if (row.kind === "next") store.look({ step: undefined, base: undefined });
      setFocused({ key: row.key, chosen: store.state.view.step });
    },
    [store, virtual],
  );
  /** The row that has the keyboard, as long as nothing else was chosen since. */
  const [focused, setFocused] = useState<{ key: string; chosen: CheckpointPlace | undefined }>();
  const focusedIndex = focused?.chosen === chosen ? rows.findIndex(({ key }) => key === focused?.key) : -1;
  const at = focusedIndex >= 0 ? focusedIndex : selected;

  const press = (event: KeyboardEvent): void => {
    const row = rows[at];
    const { key } = event;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (key === "ArrowDown") move(at + 1);
    else if (key === "ArrowUp") move(at - 1);
    else if (key === "PageDown") move(at + 10);
    else if (key === "PageUp") move(at - 10);
    else if (key === "Home") move(0);
    else if (key === "End") move(rows.length - 1);
    else if (key === "Escape" && comparing) setComparing(undefined);
    else if (!row) return;
    else if (key === "Enter" && comparing) actions.choose(row);
    else if (key === "Enter" && (row.kind === "graph" || row.kind === "more")) actions.choose(row);
    else if (key === "Enter") actions.enter(row);
    else if (key === "ArrowRight" && isOpen(row) === false) actions.unfold(row);
    else if (key === "ArrowLeft" && isOpen(row) === true) actions.unfold(row);
    else if ((key === "ContextMenu" || (key === "F10" && event.shiftKey)) && row.kind === "step") {
      const box = document.getElementById(elementId(row))?.getBoundingClientRect();
      if (box) actions.menu(row, { x: box.left + 48, y: box.bottom });
    } else return;
    event.preventDefault();
  };

  useOlder(rows, virtual.getVirtualItems().at(-1)?.index ?? 0, props);
  useReveal(props, rows, selected, (index) => virtual.scrollToIndex(index, { align: "auto" }));
  useFollow(props, rows, (index) => virtual.scrollToIndex(index, { align: "auto" }));

  const open = menu && menu.row.kind === "step" ? { ...menu, row: menu.row } : undefined;
  const comparedWith = comparing && timelines.step(comparing.namespace, comparing.checkpointId);
  return (
    <section className="timeline" id="part-timeline" aria-label="Timeline">
      <Strip {...props} />
      {comparing && (
        <p className="bar" role="status">
          <span>Choose what {stepText(comparedWith)} is compared with.</span>
          <button
            type="button"
            className="link"
            onClick={() =>
              host.request({ type: "chooseOther" }).then(
                (other) => {
                  if (other !== null) {
                    const base = other as unknown as CheckpointPlace;
                    store.look({ step: comparing, base, pane: "changes", tab: "state" });
                    setComparing(undefined);
                  }
                },
                (error: Error) => setProblem(error.message),
              )
            }
          >
            Another thread…
          </button>
          <button type="button" className="link" onClick={() => setComparing(undefined)}>
            Cancel
          </button>
        </p>
      )}
      {problem !== undefined && (
        <p className="bar problem" role="alert">
          {problem}
          <button type="button" className="link" onClick={() => setProblem(undefined)}>
            Dismiss
          </button>
        </p>
      )}
      {rows.length === 0 && (
        <p className="hint">
          {isOver
            ? "The session is over. Its thread can be opened again from the Threads view."
            : "No step yet: the first comes with the run's input."}
        </p>
      )}
      <div
        className="steps"
        ref={scroller}
        role="tree"
        aria-label="Steps, newest first"
        tabIndex={0}
        aria-activedescendant={rows[at] && elementId(rows[at])}
        onKeyDown={press}
        hidden={rows.length === 0}
      >
        <div className="steps-all" role="none" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const row = rows[index];
            return (
              row && (
                // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, and names the row
                <div
                  key={key}
                  id={elementId(row)}
                  className={index === at ? "step-place step-at" : "step-place"}
                  role="treeitem"
                  aria-level={row.depth + 1}
                  aria-posinset={index + 1}
                  aria-setsize={rows.length}
                  aria-selected={index === selected}
                  {...(isOpen(row) !== undefined && { "aria-expanded": isOpen(row) })}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <RowFace row={row} live={live} actions={actions} isSelected={index === selected} />
                </div>
              )
            );
          })}
        </div>
      </div>
      {open && (
        <Menu
          label={`Step ${open.row.step.step}`}
          at={open.at}
          items={menuOf(
            open.row.step,
            open.row.isCursor,
            steps,
            { host, store },
            branchesAt(timelines, open.row),
          )}
          close={() => setMenu(undefined)}
        />
      )}
    </section>
  );
}

/** Of a step at which branches part. */
function branchesAt(timelines: PartProps["timelines"], { rail, step }: StepRow): Branches | undefined {
  if (rail.joins.length === 0) return undefined;
  return branchesOf(timelines.get(step.namespace)?.steps ?? [], step.id);
}

// ------------------------------------------------------------------------------------------------ rows

function useRows({ store, timelines }: PartProps): Row[] {
  const tasks = useStore(store, ({ picture }) => picture.tasks);
  const status = useStore(store, ({ picture }) => picture.status);
  const past = useStore(store, ({ picture }) => picture.past);
  const unfolded = useStore(store, ({ view }) => view.unfolded);
  const version = useSyncExternalStore(timelines.subscribe, timelines.version);
  return useMemo(() => {
    void version;
    return toRows({ timelines, picture: { tasks, status, past }, unfolded });
  }, [timelines, version, tasks, status, past, unfolded]);
}

/** What is shown is read, and read again when the extension says that there is more. */
function useReading({ store, timelines }: PartProps, rows: readonly Row[]): void {
  const thread = useStore(store, ({ picture }) => picture.thread);
  const version = useStore(store, ({ picture }) => picture.past.version);
  const isOver = useStore(store, ({ picture }) => picture.status.kind === "disconnected");
  const at = useStore(store, ({ picture }) => picture.past.at);
  const shown = [...new Set([...shownNamespaces(rows), ...at.map(({ namespace }) => namespace)])];
  const last = useRef(shown);
  const told = useRef(version);
  useEffect(() => {
    // What was there when it was drawn first is read by being shown.
    if (thread !== undefined && !isOver && told.current !== version) timelines.refresh(last.current);
    told.current = version;
  }, [timelines, thread, version, isOver]);
  last.current = shown;
  const names = shown.join("\n");
  useEffect(() => {
    if (thread === undefined || isOver) return;
    for (const namespace of names.split("\n")) timelines.open(namespace);
  }, [timelines, thread, isOver, names]);
}

/** Older steps are loaded when their row comes near. */
function useOlder(rows: readonly Row[], lastShown: number, { timelines }: PartProps): void {
  const near = rows.slice(0, lastShown + 20).flatMap((row) => (row.kind === "more" ? [row.namespace] : []));
  const names = JSON.stringify(near);
  const count = rows.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when a page has come the next may be in sight already
  useEffect(() => {
    for (const namespace of near) {
      if (timelines.get(namespace)?.problem === undefined) void timelines.older(namespace);
    }
  }, [names, count, timelines]);
}

/** Where the run comes to stand is brought into sight, however far back it is. */
function useFollow({ timelines }: PartProps, rows: readonly Row[], scroll: (index: number) => void): void {
  const root = timelines.get("");
  const cursor = root?.cursor ?? root?.live;
  const last = useRef({ rows, scroll });
  last.current = { rows, scroll };
  useEffect(() => {
    if (cursor === undefined) return;
    let left = false;
    void timelines.reach("", cursor).then((found) => {
      if (!found || left) return;
      requestAnimationFrame(() => {
        const { rows: all, scroll: to } = last.current;
        const index = all.findIndex(
          (row) => row.kind === "next" || (row.kind === "step" && row.step.id === cursor),
        );
        if (index >= 0) to(index);
      });
    });
    return () => {
      left = true;
    };
  }, [timelines, cursor]);
}

/** What is chosen elsewhere, such as the step that wrote a key, is brought into sight. */
function useReveal(
  { store, timelines }: PartProps,
  rows: readonly Row[],
  selected: number,
  scroll: (index: number) => void,
): void {
  const chosen = useStore(store, ({ view }) => view.step);
  const isThere = selected >= 0 && rows.length > 0;
  const last = useRef({ selected, scroll });
  last.current = { selected, scroll };
  useEffect(() => {
    if (!chosen || chosen.threadId !== undefined) return;
    if (isThere) last.current.scroll(last.current.selected);
    else void timelines.reach(chosen.namespace, chosen.checkpointId);
  }, [timelines, chosen, isThere]);
}

function selectedIndex(rows: readonly Row[], chosen: CheckpointPlace | undefined): number {
  if (chosen) {
    const key = keyOfStep({ namespace: chosen.namespace, id: chosen.checkpointId });
    return rows.findIndex((row) => row.key === key);
  }
  const next = rows.findIndex(({ kind }) => kind === "next");
  if (next >= 0) return next;
  const cursor = rows.findIndex((row) => row.kind === "step" && row.isCursor);
  return Math.max(cursor, 0);
}

function isOpen(row: Row): boolean | undefined {
  return row.kind === "step" || row.kind === "graph" ? row.isOpen : undefined;
}

function toggle(store: PartProps["store"], key: string): void {
  const { unfolded } = store.state.view;
  store.look({
    unfolded: unfolded.includes(key) ? unfolded.filter((other) => other !== key) : [...unfolded, key],
  });
}

function elementId({ key }: Row): string {
  return `row-${key.replaceAll(/\s/g, "_")}`;
}
