// The Debug Console's commands for threads, for what differs, and for changes of the state.

import { isObject, type JsonObject } from "../model/json.ts";
import type { CheckpointArguments } from "../protocol/dap.ts";
import type { GraphPosition } from "../protocol/runtime.ts";
import { alongWith } from "./answer-check.ts";
import type { Reply } from "./base-session.ts";
import type { Changing } from "./changing.ts";
import type { Checkpoints } from "./checkpoints.ts";
import type { Command } from "./commands.ts";
import type { Debuggee } from "./debuggee.ts";
import { linesOf } from "./diff/lines.ts";
import { badJson, commandUsage, nodesOfTwoGraphs, noStateYet, noStepBefore } from "./errors.ts";
import type { RunControl } from "./run-control.ts";
import { leafOf } from "./stop.ts";
import type { Travel } from "./travel.ts";

/** Threads that are listed. */
const mostThreads = 50;

const gotoForm = "/goto <node> [node ...]";
const commandForm = '/command {"resume": answer, "update": {...}, "goto": ["<node>"]}';

export class PastCommands {
  readonly #debuggee: Debuggee;
  readonly #control: RunControl;
  readonly #travel: Travel;
  readonly #checkpoints: Checkpoints;
  readonly #changing: Changing;

  constructor(
    debuggee: Debuggee,
    control: RunControl,
    travel: Travel,
    checkpoints: Checkpoints,
    changing: Changing,
  ) {
    this.#debuggee = debuggee;
    this.#control = control;
    this.#travel = travel;
    this.#checkpoints = checkpoints;
    this.#changing = changing;
  }

  readonly table: readonly [string, Command][] = [
    [
      "/set",
      {
        usage: '/set {"<key>": <json>, ...}',
        does: "sets keys of the state where the run stands, whatever their reducers",
        run: (rest, reply) => this.#change("/set", "set", rest, reply),
      },
    ],
    [
      "/reduce",
      {
        usage: '/reduce {"<key>": <json>, ...}',
        does: "adds to keys of the state through their reducers",
        run: (rest, reply) => this.#change("/reduce", "reduce", rest, reply),
      },
    ],
    [
      "/update",
      {
        usage: "/update <node> <json>",
        does: "writes to the state as this node, whose edges run; what is pending goes",
        run: (rest, reply) => this.#update(rest, reply),
      },
    ],
    [
      "/goto",
      {
        usage: gotoForm,
        does: "makes this node the next one, or several of one graph, instead of what is pending",
        run: (rest, reply) => this.#goto(rest, reply),
      },
    ],
    [
      "/command",
      {
        usage: commandForm,
        does: "answers as /resume does, with an update through the reducers and a jump; without an answer nothing runs",
        run: (rest, reply) => this.#command(rest, reply),
      },
    ],
    [
      "/undo",
      {
        usage: "/undo",
        does: "takes back the last change of the state here; else goes back to before the last answer",
        run: (_, reply) => this.#undo(reply),
      },
    ],
    [
      "/diff",
      {
        usage: "/diff [checkpoint [checkpoint]]",
        does: "tells what the last step changed, or what differs from a checkpoint or between two",
        run: (rest) => this.#diff(rest),
      },
    ],
    [
      "/name",
      {
        usage: "/name [text]",
        does: "names the checkpoint where the run stands; without a text takes the name away",
        run: (rest) => this.#name(rest),
      },
    ],
    [
      "/threads",
      {
        usage: "/threads [filter]",
        does: "lists the threads of the checkpoint file, last changed first",
        run: (rest) => this.#threads(rest),
      },
    ],
    [
      "/open",
      {
        usage: "/open <thread>",
        does: "goes to another thread; this one stays at its stop",
        run: (rest, reply) => this.#open(rest, reply),
      },
    ],
    [
      "/name-thread",
      {
        usage: "/name-thread [text]",
        does: "names this thread; without a text takes the name away",
        run: (rest) => this.#nameThread(rest),
      },
    ],
  ];

  // -------------------------------------------------------------------------------------------- changing

  async #change(command: string, mode: "set" | "reduce", rest: string, reply: Reply): Promise<string> {
    const values = objectIn(rest, `${command} {"<key>": <json>, ...}`);
    const { namespace } = this.#graph();
    return (await this.#changing.update({ values, mode, namespace }, reply)).effects.join("\n");
  }

  async #update(rest: string, reply: Reply): Promise<string> {
    const usage = "/update <node> <json>";
    const [, name, text = ""] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
    if (name === undefined) throw commandUsage(usage, "A node's name is missing.");
    const values = text === "null" ? null : objectIn(text, usage);
    const { namespace, node } = this.#travel.nodeNamed(name);
    return (await this.#changing.update({ values, asNode: node, namespace }, reply)).effects.join("\n");
  }

  #goto(rest: string, reply: Reply): Promise<string> {
    if (rest === "") throw commandUsage(gotoForm, "A node's name is missing.");
    return this.#jump({}, rest.split(/\s+/), reply);
  }

  /** What LangGraph's `Command` allows, as one object of JSON. */
  async #command(rest: string, reply: Reply): Promise<string> {
    const { resume, update, goto, ...others } = objectIn(rest, commandForm, "The command");
    const [other] = Object.keys(others);
    if (other !== undefined) throw commandUsage(commandForm, `A command has no "${other}".`);
    const more = alongWith(update, goto, (why) => commandUsage(commandForm, why));
    if (resume === undefined) {
      if (Object.keys(more.update ?? {}).length === 0 && !more.goto)
        throw commandUsage(commandForm, "It has no answer, no update and no node to go to.");
      return this.#jump(more.update ?? {}, more.goto ?? [], reply);
    }
    await this.#control.answers(resume, more);
    return "";
  }

  async #jump(values: JsonObject, names: readonly string[], reply: Reply): Promise<string> {
    const [first, ...others] = names.map((name) => this.#travel.nodeNamed(name));
    const namespace = first?.namespace ?? this.#graph().namespace;
    const elsewhere = others.find((other) => other.namespace !== namespace);
    if (first && elsewhere) throw nodesOfTwoGraphs(first.node, elsewhere.node);
    const nodes = first && [first, ...others].map(({ node }) => node);
    const wish = { values, mode: "reduce", namespace, ...(nodes && { goto: nodes }) } as const;
    return (await this.#changing.update(wish, reply)).effects.join("\n");
  }

  async #undo(reply: Reply): Promise<string> {
    if (this.#changing.edited() === undefined) {
      await this.#travel.undo(reply);
      return "";
    }
    const { left } = await this.#changing.undo(undefined, reply);
    return left > 0 ? `${left} more can be taken back.` : "";
  }

  // -------------------------------------------------------------------------------------------- looking

  async #diff(rest: string): Promise<string> {
    const [first, second, ...others] = rest.split(/\s+/).filter((word) => word !== "");
    if (others.length > 0)
      throw commandUsage("/diff [checkpoint [checkpoint]]", "Those are too many checkpoints.");
    const { namespace, checkpoint } = this.#graph();
    const at = (id: string | undefined): CheckpointArguments => {
      if (id === undefined) throw noStepBefore();
      return { checkpointId: id, namespace };
    };
    const from = at(first ?? checkpoint?.parentId);
    return linesOf(await this.#checkpoints.diff({ from, to: at(second ?? checkpoint?.id) }));
  }

  async #name(rest: string): Promise<string> {
    const { namespace, checkpoint } = this.#graph();
    if (!checkpoint) throw noStateYet();
    const name = rest === "" ? null : rest;
    await this.#checkpoints.annotate({ checkpointId: checkpoint.id, namespace, name });
    return name === null ? "The checkpoint has no name now." : `The checkpoint is named ${name}.`;
  }

  async #threads(filter: string): Promise<string> {
    const { runtime, file, threadId } = this.#debuggee;
    const { threads, total } = await runtime.request("threads", { file, filter, limit: mostThreads });
    if (threads.length === 0)
      return filter === "" ? "The file has no threads." : `No thread fits "${filter}".`;
    const lines = threads.map(({ id, name, graph, status, at, updatedAt }) => {
      const where = at.length > 0 ? ` at ${at.join(", ")}` : "";
      const called = name === undefined ? "" : `  ${name}`;
      return `${id === threadId ? "*" : " "} ${id}  ${graph ?? "?"}: ${status}${where}, ${updatedAt}${called}`;
    });
    return [...lines, ...(total > threads.length ? [`… ${total - threads.length} more`] : [])].join("\n");
  }

  async #open(rest: string, reply: Reply): Promise<string> {
    if (rest === "") throw commandUsage("/open <thread>", "A thread's id is missing; /threads lists them.");
    await this.#control.openThread(rest, reply);
    return "";
  }

  async #nameThread(rest: string): Promise<string> {
    const { runtime, file, threadId } = this.#debuggee;
    const name = rest === "" ? null : rest;
    await runtime.request("describeThread", { file, threadId, name });
    return name === null ? "The thread has no name now." : `The thread is named ${name}.`;
  }

  /** The innermost graph with checkpoints of the thread that is looked at. */
  #graph(): GraphPosition {
    const { threads, focus, position } = this.#debuggee.requireStop();
    if (!position) throw noStateYet();
    const thread = threads.find(({ id }) => id === focus);
    const levels = thread?.levels ?? [];
    const leaf = thread && leafOf(thread);
    return (
      levels.findLast(({ graph }) => graph.checkpoint !== undefined)?.graph ?? leaf?.graph ?? position.root
    );
  }
}

function objectIn(text: string, usage: string, what = "The update"): JsonObject {
  if (text === "") throw commandUsage(usage, "A JSON object is missing.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badJson(what, (error as Error).message);
  }
  if (!isObject(value as JsonObject)) throw commandUsage(usage, `${what} is no JSON object.`);
  return value as JsonObject;
}
