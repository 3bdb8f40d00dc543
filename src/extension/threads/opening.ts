// Opens a thread where it stands: in a session that debugs its graph, else in a new one.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { configurationsOf } from "./files.ts";
import { type GraphPlace, graphName, graphPlace, runFolder } from "./groups.ts";
import { threadName } from "./labels.ts";
import { configurationFor, isSamePath, opening } from "./launches.ts";
import { request, type Sessions } from "./sessions.ts";
import type { ThreadRow } from "./tree.ts";

const notSearched = "**/{node_modules,.venv,venv}/**";

type Target = Pick<ThreadRow, "thread" | "file">;

export class Opening {
  readonly #sessions: Sessions;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  /**
   * Gives the session that stands at the thread; undefined where the user has left the way there. Rejects with what to do.
   */
  async open(row: Target): Promise<vscode.DebugSession | undefined> {
    const graph = await findGraph(row);
    if (!graph) return undefined;
    const session = await this.#sessions.debugging(graph, row.file);
    if (!session) return this.#launch(row, graph);
    try {
      await request(session, "langgraph/openThread", { threadId: row.thread.id });
      // It may have been called by the thread where it began.
      session.name = sessionName(session.configuration.name, row);
      return session;
    } catch (error) {
      const action = "Open in a New Session";
      const chosen = await vscode.window.showErrorMessage((error as Error).message, action);
      return chosen === action ? this.#launch(row, graph) : undefined;
    }
  }

  /**
   * Does something in a session that debugs the thread's graph, wherever it stands; where none does, in one that is
   * started for it and ended after it. Undefined where the user has left the way there.
   */
  async borrow<T>(row: Target, use: (session: vscode.DebugSession) => Promise<T>): Promise<T | undefined> {
    const graph = await findGraph(row);
    if (!graph) return undefined;
    const running = await this.#sessions.debugging(graph, row.file);
    if (running) return use(running);
    const own = await this.#launch(row, graph);
    if (!own) return undefined;
    try {
      return await use(own);
    } finally {
      await vscode.debug.stopDebugging(own);
    }
  }

  async #launch(row: Target, graph: GraphPlace): Promise<vscode.DebugSession | undefined> {
    const { thread, file } = row;
    const folder = folderOf(graph.file ?? file) ?? folderOf(file);
    const configuration =
      folder &&
      configurationFor(configurationsOf(folder), graph, file, folder.uri.fsPath, graphInLanggraphJson);
    const session = await this.#sessions.launch(folder, opening(configuration, graph, file, thread.id));
    if (session) session.name = sessionName(session.configuration.name, row);
    return session;
  }
}

function sessionName(configuration: string, { thread }: Target): string {
  return `${configuration}: ${threadName(thread)}`;
}

/** The graph that made a thread, with the absolute path of its file; asks where several files may be it. */
async function findGraph({ thread, file }: Target): Promise<GraphPlace | undefined> {
  const place = thread.graph === undefined ? undefined : graphPlace(thread.graph);
  if (!place) {
    throw new Error(
      `Which graph made the thread ${threadName(thread)} is not known. Debug its graph with "threadId": ${JSON.stringify(thread.id)} in launch.json.`,
    );
  }
  if (place.file === undefined) return place;
  const nearby = path.resolve(runFolder(file), place.file);
  if (existsSync(nearby)) return { ...place, file: nearby };
  const found = await vscode.workspace.findFiles(`**/${path.posix.basename(place.file)}`, notSearched, 20);
  const files = found.map(({ fsPath }) => fsPath).sort();
  if (files.length === 0) {
    throw new Error(
      `${place.file}, whose graph made the thread ${threadName(thread)}, is not in the workspace. Open the folder that holds it, or put it back.`,
    );
  }
  const chosen = files.length === 1 ? files[0] : await choose(files, thread.graph);
  return chosen === undefined ? undefined : { ...place, file: chosen };
}

async function choose(files: readonly string[], graph: string | undefined): Promise<string | undefined> {
  const items = files.map((file) => ({ label: vscode.workspace.asRelativePath(file), file }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Which file holds the graph ${graphName(graph)}?`,
  });
  return chosen?.file;
}

function folderOf(file: string): vscode.WorkspaceFolder | undefined {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return (
    vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file)) ??
    folders.find(({ uri }) => isSamePath(uri.fsPath, path.dirname(file))) ??
    folders[0]
  );
}

/** What langgraph.json in a folder says of a graph; one that can't be read says nothing. */
function graphInLanggraphJson(folder: string, name: string): string | undefined {
  try {
    const { graphs } = JSON.parse(readFileSync(path.join(folder, "langgraph.json"), "utf8")) as {
      graphs?: Record<string, string | { path?: string }>;
    };
    const entry = graphs?.[name];
    return typeof entry === "string" ? entry : entry?.path;
  } catch {
    return undefined;
  }
}
