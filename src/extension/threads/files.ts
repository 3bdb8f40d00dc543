// Finds the workspace's checkpoint files, and tells when one was written to, by whichever process.

import { stat } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { type Configuration, isSamePath, namedCheckpoints } from "./launches.ts";

/** The default place of a checkpoint file, below whichever folder a graph runs in. */
const defaultFolders = "**/.langgraph-debug";
const defaultPlaces = `${defaultFolders}/checkpoints.sqlite`;
/** More than one project has. */
const mostFiles = 50;
/** A run writes many times a second. */
const quietMilliseconds = 300;

/** The launch configurations of a workspace folder. */
export function configurationsOf(folder: vscode.WorkspaceFolder): Configuration[] {
  const all = vscode.workspace.getConfiguration("launch", folder.uri).get<Configuration[]>("configurations");
  return (Array.isArray(all) ? all : []).filter(
    ({ type } = { type: "" } as Configuration) => type === "langgraph",
  );
}

/** Those that exist: at their default place below a workspace folder, and where a launch configuration says. */
export async function checkpointFiles(): Promise<string[]> {
  const found = await vscode.workspace.findFiles(defaultPlaces, "**/node_modules/**", mostFiles);
  const paths = found.map(({ fsPath }) => fsPath).sort();
  for (const file of namedFiles()) {
    if (!paths.some((known) => isSamePath(known, file)) && (await isFile(file))) paths.push(file);
  }
  return paths;
}

/** Where the checkpoint file is of a graph that runs in the workspace's first folder. */
export function defaultFile(): string | undefined {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return folder && path.join(folder.uri.fsPath, ".langgraph-debug", "checkpoints.sqlite");
}

function namedFiles(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) =>
    configurationsOf(folder).flatMap(
      (configuration) => namedCheckpoints(configuration, folder.uri.fsPath) ?? [],
    ),
  );
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}

/**
 * What changes when a process has written to the file; undefined where there is none. Reading does not change it, though
 * SQLite then makes and removes files beside it: a journal without content counts as none.
 */
export async function stateOfFile(file: string): Promise<string | undefined> {
  const [own, journal] = await Promise.all([file, `${file}-wal`].map(timeAndSize));
  return own === undefined ? undefined : `${own} ${journal?.startsWith("0 ") ? "" : (journal ?? "")}`;
}

async function timeAndSize(file: string): Promise<string | undefined> {
  return stat(file).then(
    ({ size, mtimeMs }) => `${size} ${mtimeMs}`,
    () => undefined,
  );
}

/** Calls `changed` a moment after a checkpoint file was written to; with true where one was made or removed. */
export class FileWatch implements vscode.Disposable {
  readonly #changed: (places: boolean) => void;
  readonly #subscriptions: vscode.Disposable[] = [];
  #timer: NodeJS.Timeout | undefined;
  #places = false;

  constructor(changed: (places: boolean) => void) {
    this.#changed = changed;
    const named = namedFiles().map(
      (file) => new vscode.RelativePattern(vscode.Uri.file(path.dirname(file)), `${path.basename(file)}*`),
    );
    // Where a folder goes, VS Code tells of that alone.
    for (const pattern of [defaultFolders, `${defaultPlaces}*`, ...named]) {
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      const another = ({ path: name }: vscode.Uri): void => this.soon(!/-(wal|shm|journal)$/.test(name));
      this.#subscriptions.push(
        watcher,
        watcher.onDidChange(() => this.soon()),
        watcher.onDidCreate(another),
        watcher.onDidDelete(another),
      );
    }
  }

  /** As if a file had changed. */
  soon(places = false): void {
    this.#places ||= places;
    this.#timer ??= setTimeout(() => {
      const looked = this.#places;
      this.#timer = undefined;
      this.#places = false;
      this.#changed(looked);
    }, quietMilliseconds);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
