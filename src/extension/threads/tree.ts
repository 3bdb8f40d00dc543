// The tree of the Threads view: the graphs, and below each its threads with their states.

import path from "node:path";
import * as vscode from "vscode";
import type { ThreadInfo } from "../../protocol/runtime.ts";
import { type GraphGroup, graphName, groupsOf, runFolder, type ThreadFile } from "./groups.ts";
import { bytesText, countText, exactTime, stateIcons, stateText, threadName, timeAgo } from "./labels.ts";

/** A row of the view. */
export type Row = GroupRow | ThreadRow | MoreRow;
interface GroupRow {
  readonly kind: "group";
  readonly group: GraphGroup;
}
export interface ThreadRow {
  readonly kind: "thread";
  readonly thread: ThreadInfo;
  /** Absolute path of the checkpoint file. */
  readonly file: string;
}
/** Stands for the threads that have not been asked for. */
interface MoreRow {
  readonly kind: "more";
  readonly file: string;
  readonly left: number;
}

export class ThreadTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<Row[] | undefined>();
  readonly #load: () => Promise<readonly ThreadFile[]>;
  /** Rows are kept by what they show: VS Code knows them by identity. */
  #groups: { row: GroupRow; threads: ThreadRow[] }[] = [];
  #files: readonly ThreadFile[] = [];

  readonly onDidChangeTreeData = this.#changed.event;

  /** `load` reads the threads when the view wants to show them; it does not reject. */
  constructor(load: () => Promise<readonly ThreadFile[]>) {
    this.#load = load;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** Has the view ask for the rows anew. */
  refresh(): void {
    this.#changed.fire(undefined);
  }

  /** Says anew how long ago each thread has changed; reads nothing. */
  relabel(): void {
    this.#changed.fire(this.#groups.flatMap(({ threads }) => threads));
  }

  /** The row of a thread that the view shows. */
  row(file: string, id: string): ThreadRow | undefined {
    const rows = this.#groups.flatMap(({ threads }) => threads);
    return rows.find((row) => row.file === file && row.thread.id === id);
  }

  async getChildren(parent?: Row): Promise<Row[]> {
    if (parent?.kind === "group") return this.#groups.find(({ row }) => row === parent)?.threads ?? [];
    if (parent) return [];
    this.#files = await this.#load();
    this.#groups = groupsOf(this.#files).map((group) => ({
      row: { kind: "group", group },
      threads: group.threads.map((thread) => ({ kind: "thread", thread, file: group.file })),
    }));
    const more = this.#files
      .filter(({ threads, total }) => threads.length < total)
      .map(({ file, threads, total }): MoreRow => ({ kind: "more", file, left: total - threads.length }));
    return [...this.#groups.map(({ row }) => row), ...more];
  }

  getParent(row: Row): Row | undefined {
    return row.kind === "thread" ? this.#groups.find(({ threads }) => threads.includes(row))?.row : undefined;
  }

  getTreeItem(row: Row): vscode.TreeItem {
    if (row.kind === "thread") return threadItem(row);
    return row.kind === "group" ? groupItem(row, this.#files.length > 1) : moreItem(row);
  }
}

function groupItem({ group }: GroupRow, tellFile: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(graphName(group.graph), vscode.TreeItemCollapsibleState.Expanded);
  const count = countText(group.threads.length, "thread");
  const folder = tellFile ? vscode.workspace.asRelativePath(runFolder(group.file)) : undefined;
  item.id = group.key;
  const shown = group.threads.length.toLocaleString("en-US");
  item.description = folder === undefined ? shown : `${folder} · ${shown}`;
  item.iconPath = new vscode.ThemeIcon("type-hierarchy-sub");
  item.contextValue = "graph";
  const language = group.language === "python" ? "Python" : "JavaScript or TypeScript";
  item.tooltip = table(group.graph ?? "A graph that is not known", [
    ["Language", language],
    ["Checkpoint file", group.file],
  ]);
  item.accessibilityInformation = {
    label: `Graph ${item.label}, ${folder === undefined ? count : `${folder}, ${count}`}`,
  };
  return item;
}

function threadItem({ thread, file }: ThreadRow): vscode.TreeItem {
  const item = new vscode.TreeItem(threadName(thread), vscode.TreeItemCollapsibleState.None);
  const { icon, color } = stateIcons[thread.status];
  const [state, ago] = [stateText(thread), timeAgo(thread.updatedAt, Date.now())];
  item.id = JSON.stringify([file, thread.id]);
  item.description = `${state} · ${ago}`;
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.contextValue = "thread";
  item.tooltip = table(threadName(thread), [
    ["State", state],
    ["Last change", exactTime(thread.updatedAt)],
    ["Begun", exactTime(thread.createdAt)],
    ["Checkpoints", thread.checkpoints.toLocaleString("en-US")],
    ["Thread id", thread.id],
    ...(thread.note === undefined ? [] : [["Note", thread.note] as const]),
  ]);
  item.accessibilityInformation = {
    label: `Thread ${threadName(thread)}, ${state}, changed ${ago}${thread.note === undefined ? "" : `, note: ${thread.note}`}`,
  };
  return item;
}

function moreItem({ file, left }: MoreRow): vscode.TreeItem {
  const item = new vscode.TreeItem(`Show more of ${countText(left, "thread")}`);
  item.id = JSON.stringify(["more", file]);
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.contextValue = "more";
  item.command = { command: "langgraph.threads.more", title: "Show More", arguments: [file] };
  return item;
}

function table(title: string, lines: readonly (readonly [string, string])[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendMarkdown("**").appendText(title).appendMarkdown("**\n\n");
  for (const [name, value] of lines)
    text.appendMarkdown(`${name}: `).appendText(value).appendMarkdown("  \n");
  return text;
}

/** The size of the files, for the view's title. */
export function sizeText(files: readonly ThreadFile[]): string {
  return files.length === 0 ? "" : bytesText(files.reduce((sum, { size }) => sum + size.bytes, 0));
}

/** A checkpoint file as a user knows it: its path in the workspace. */
export function fileText(file: string): string {
  return vscode.workspace.asRelativePath(file).split(path.sep).join("/");
}
