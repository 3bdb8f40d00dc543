// A DAP client for tests: starts the adapter as any editor would, and keeps every message in one timeline.
//
//   const client = await Client.start();                          // the adapter on stdio, initialized
//   const [bp] = await client.breakpoints(file, [{ line: 12 }]);
//   const stopped = await client.launch({ program: file, input: {...} });   // up to the first stop
//   const frames = await client.frames(stopped.threadId);
//   assert.equal(frames[0]?.name, "draft");
//   assert.equal(await client.value("State", "topic"), "'bees'");
//   await client.go("continue");                                   // sends it, waits for the next stop
//   await client.close();                                          // disconnects; fails on any broken rule

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { LaunchAttributes } from "../../src/protocol/dap.ts";
import { adapterPath } from "../fixtures/programs.ts";
import { type ClientOptions, Dialog, type StoppedBody } from "./dialog.ts";

export { type ClientOptions, RequestFailed, type StoppedBody } from "./dialog.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Node 24, which runs the sources as they are. */
export const nodePath = process.execPath;

export class Client extends Dialog {
  capabilities: DebugProtocol.Capabilities = {};

  /** Starts the adapter (or connects to `port`) and sends `initialize`; resolves after `initialized`. */
  static async start(options: ClientOptions = {}): Promise<Client> {
    const client = await Client.raw(options);
    client.capabilities = await client.request("initialize", {
      adapterID: "langgraph",
      clientID: "test",
      pathFormat: "path",
      linesStartAt1: true,
      columnsStartAt1: true,
      supportsVariableType: true,
      supportsVariablePaging: true,
      supportsInvalidatedEvent: true,
      ...options.initialize,
    });
    await client.event("initialized");
    return client;
  }

  /** Without `initialize`. */
  static async raw(options: ClientOptions = {}): Promise<Client> {
    if (options.port !== undefined) {
      const socket = await new Promise<Socket>((resolve, reject) => {
        const made = connect(options.port as number, "127.0.0.1", () => resolve(made));
        made.once("error", reject);
      });
      return new Client(socket, socket, options);
    }
    const child = spawn(nodePath, [options.adapter ?? adapterPath], {
      cwd: root,
      env: { ...process.env, ...options.env },
      stdio: "pipe",
    });
    const client = new Client(child.stdin, child.stdout, options, child);
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      client.log += text;
    });
    return client;
  }

  /** `launch` and `configurationDone`; resolves at the first stop. */
  async launch(attributes: LaunchAttributes): Promise<StoppedBody> {
    this.markNow();
    await this.run(attributes);
    return this.event("stopped");
  }

  /** `launch` and `configurationDone`, without waiting for a stop. */
  async run(attributes: LaunchAttributes): Promise<void> {
    const launched = this.request("launch", attributes);
    await Promise.all([launched, this.request("configurationDone")]);
  }

  async breakpoints(
    path: string,
    breakpoints: DebugProtocol.SourceBreakpoint[],
  ): Promise<DebugProtocol.Breakpoint[]> {
    const body = await this.request<DebugProtocol.SetBreakpointsResponse["body"]>("setBreakpoints", {
      source: { path },
      breakpoints,
    });
    return body.breakpoints;
  }

  /** Sends a request that lets the run go on, and resolves at the next stop. */
  async go(command: string, args: object = {}): Promise<StoppedBody> {
    this.markNow();
    const threadId =
      ["continue", "next", "stepIn", "stepOut"].includes(command) && !("threadId" in args)
        ? { threadId: 1 }
        : {};
    const [stopped] = await Promise.all([
      this.event("stopped"),
      this.request(command, { ...threadId, ...args }),
    ]);
    return stopped;
  }

  async threads(): Promise<DebugProtocol.Thread[]> {
    return (await this.request<DebugProtocol.ThreadsResponse["body"]>("threads")).threads;
  }

  async frames(
    threadId = 1,
    page: { startFrame?: number; levels?: number } = {},
  ): Promise<DebugProtocol.StackFrame[]> {
    const body = await this.request<DebugProtocol.StackTraceResponse["body"]>("stackTrace", {
      threadId,
      ...page,
    });
    return body.stackFrames;
  }

  async scopes(frameId: number): Promise<DebugProtocol.Scope[]> {
    return (await this.request<DebugProtocol.ScopesResponse["body"]>("scopes", { frameId })).scopes;
  }

  async variables(variablesReference: number, page: object = {}): Promise<DebugProtocol.Variable[]> {
    const body = await this.request<DebugProtocol.VariablesResponse["body"]>("variables", {
      variablesReference,
      ...page,
    });
    return body.variables;
  }

  /** Variables of a scope of the top frame. */
  async scope(name: string, threadId = 1, frame = 0): Promise<DebugProtocol.Variable[]> {
    const found = (await this.scopes((await this.frames(threadId))[frame]?.id ?? 0)).find(
      (scope) => scope.name === name,
    );
    assert.ok(found, `no scope ${name}`);
    return this.variables(found.variablesReference);
  }

  /** The variable that these names lead to, from a scope of the top frame down. */
  async variable(scope: string, ...names: string[]): Promise<DebugProtocol.Variable> {
    let variables = await this.scope(scope);
    let found: DebugProtocol.Variable | undefined;
    for (const name of names) {
      found = variables.find((variable) => variable.name === name);
      assert.ok(found, `no ${name} among ${variables.map((variable) => variable.name).join(", ")}`);
      variables =
        found.variablesReference > 0 && name !== names.at(-1)
          ? await this.variables(found.variablesReference)
          : [];
    }
    assert.ok(found);
    return found;
  }

  async evaluate(
    expression: string,
    context = "repl",
    frameId?: number,
  ): Promise<DebugProtocol.EvaluateResponse["body"]> {
    return this.request("evaluate", { expression, context, ...(frameId !== undefined && { frameId }) });
  }

  /** The whole state as a value of this language. */
  async state(): Promise<Record<string, unknown>> {
    return JSON.parse((await this.evaluate("state", "clipboard")).result) as Record<string, unknown>;
  }
}
