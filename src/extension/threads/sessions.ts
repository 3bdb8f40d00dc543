// The sessions of this window that debug graphs, and where each stands: a thread is opened in one that debugs its graph.

import path from "node:path";
import * as vscode from "vscode";
import { Deferred } from "../../base/deferred.ts";
import type { CustomRequests } from "../../protocol/dap.ts";
import type { AdapterMessage } from "../adapter-messages.ts";
import type { GraphPlace } from "./groups.ts";
import { isSamePath } from "./launches.ts";

export class Sessions implements vscode.Disposable {
  readonly #running = new Map<string, vscode.DebugSession>();
  /** Sessions that were asked for, by the thread that they open. */
  readonly #awaited = new Map<string, Deferred<vscode.DebugSession>>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];

  /** A run has stopped or ended: its thread stands elsewhere than before. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#subscriptions = [
      this.#changed,
      vscode.debug.registerDebugAdapterTrackerFactory("langgraph", {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: (message: AdapterMessage) => this.#heard(session, message),
        }),
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        if (this.#running.delete(session.id)) this.#changed.fire();
        const thread: unknown = session.configuration.threadId;
        this.#awaited.get(String(thread))?.reject(new Error("The session ended before the thread was open."));
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** The one that debugs this graph with this checkpoint file, the active one first; undefined where none does. */
  async debugging(graph: GraphPlace, file: string): Promise<vscode.DebugSession | undefined> {
    const active = vscode.debug.activeDebugSession;
    const all = [...this.#running.values()].filter(({ configuration }) => debugs(configuration, graph));
    for (const session of all.sort((a, b) => Number(b === active) - Number(a === active))) {
      try {
        const { file: own } = await request(session, "langgraph/threads", { limit: 1 });
        if (isSamePath(own, file)) return session;
      } catch {
        // It has ended meanwhile, or has not begun.
      }
    }
    return undefined;
  }

  /** Launches a session; gives it when it stands at the thread that the configuration names. */
  async launch(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugSession | undefined> {
    const stands = new Deferred<vscode.DebugSession>();
    this.#awaited.set(configuration.threadId, stands);
    // Where nobody waits for it, VS Code has told why.
    stands.promise.catch(() => {});
    try {
      if (!(await vscode.debug.startDebugging(folder, configuration))) return undefined;
      return await stands.promise.catch(() => undefined);
    } finally {
      this.#awaited.delete(configuration.threadId);
    }
  }

  #heard(session: vscode.DebugSession, { type, event, command, success }: AdapterMessage): void {
    if (type === "response" && command === "launch" && success) this.#running.set(session.id, session);
    if (type !== "event") return;
    if (event === "stopped") this.#awaited.get(String(session.configuration.threadId))?.resolve(session);
    if (event === "stopped" || event === "terminated") this.#changed.fire();
  }
}

/** A custom request to a session. */
export async function request<Name extends keyof CustomRequests>(
  session: vscode.DebugSession,
  name: Name,
  args: CustomRequests[Name]["arguments"],
): Promise<CustomRequests[Name]["body"]> {
  return session.customRequest(name, args);
}

/** By what its configuration says; a variable that it leaves open may be this one, and the runtime knows. */
function debugs(
  { program, graph, cwd, workspaceFolders }: vscode.DebugConfiguration,
  place: GraphPlace,
): boolean {
  if (place.file === undefined) return graph === `${place.module}:${place.variable}`;
  if (typeof program !== "string") return false;
  const base = String(cwd ?? workspaceFolders?.[0] ?? "");
  return (
    isSamePath(path.resolve(base, program), place.file) && (graph === undefined || graph === place.variable)
  );
}
