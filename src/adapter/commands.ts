// The Debug Console's commands: what any client can do with a line of text.

import type { Json } from "../protocol/runtime.ts";
import { answerFrom } from "./answer-check.ts";
import type { Reply } from "./base-session.ts";
import type { Debuggee } from "./debuggee.ts";
import { badJson, commandUsage, unknownCommand } from "./errors.ts";
import type { Past } from "./past.ts";
import type { RunControl } from "./run-control.ts";
import { isNamed, isNext, leafOf } from "./stop.ts";
import type { Travel } from "./travel.ts";

export interface Command {
  readonly usage: string;
  readonly does: string;
  run(rest: string, reply: Reply): Promise<string> | string;
}

export class Commands {
  readonly #debuggee: Debuggee;
  readonly #control: RunControl;
  readonly #travel: Travel;
  readonly #past: Past;
  readonly #reload: (reply: Reply) => Promise<void>;
  readonly #table: ReadonlyMap<string, Command>;

  constructor(
    debuggee: Debuggee,
    control: RunControl,
    travel: Travel,
    past: Past,
    more: readonly [string, Command][],
    reload: (reply: Reply) => Promise<void>,
  ) {
    this.#debuggee = debuggee;
    this.#control = control;
    this.#travel = travel;
    this.#past = past;
    this.#reload = reload;
    this.#table = new Map<string, Command>([
      [
        "/resume",
        {
          usage: "/resume [id or node] <json>",
          does: 'answers the interrupt that waits, or several: {"<id or node>": answer}; and goes on',
          run: (rest) => this.#resume(rest),
        },
      ],
      [
        "/input",
        {
          usage: "/input <json>",
          does: "starts the run, or another turn on the thread",
          run: (rest) => this.#input(rest),
        },
      ],
      ["/state", { usage: "/state", does: "prints the state as JSON", run: () => this.#state() }],
      ["/next", { usage: "/next", does: "says which nodes come next", run: () => this.#next() }],
      [
        "/history",
        {
          usage: "/history [n]",
          does: "lists the last steps with their checkpoints' ids",
          run: (rest) => this.#history(rest),
        },
      ],
      [
        "/back",
        {
          usage: "/back",
          does: "goes back by a step; nothing runs",
          run: (_, reply) => this.#quietly(this.#travel.stepBack(undefined, reply)),
        },
      ],
      [
        "/fork",
        {
          usage: "/fork <checkpoint>",
          does: "goes to a checkpoint; running on from there makes a branch",
          run: (rest, reply) => this.#fork(rest, reply),
        },
      ],
      ...more,
      [
        "/reload",
        {
          usage: "/reload",
          does: "reads the code anew and stays at this stop",
          run: (_, reply) => this.#quietly(this.#reload(reply)),
        },
      ],
      ["/help", { usage: "/help", does: "lists the commands", run: () => this.#help() }],
    ]);
  }

  /** Names with what they do, for completion. */
  list(): { name: string; does: string }[] {
    return [...this.#table].map(([name, { does }]) => ({ name, does }));
  }

  /** Runs a line that starts with `/`; the result is the text to print. */
  async run(line: string, reply: Reply): Promise<string> {
    const [, name = "", rest = ""] = /^(\/\S*)\s*([\s\S]*)$/.exec(line) ?? [];
    const command = this.#table.get(name);
    if (!command) throw unknownCommand(name, [...this.#table.keys()]);
    return command.run(rest.trim(), reply);
  }

  async #resume(rest: string): Promise<string> {
    if (rest === "") throw commandUsage("/resume [id or node] <json>", "An answer is missing.");
    const { interrupts } = this.#debuggee.requireStop();
    const [, which = "", value = ""] = /^(\S+)\s+([\s\S]+)$/.exec(rest) ?? [];
    const meant = value === "" ? [] : interrupts.filter((each) => isNamed(each, which));
    const [asked = interrupts[0]] = meant;
    const answer = answerFrom(meant.length > 0 ? value : rest, asked ?? {});
    if (meant.length > 0) await this.#control.answer(which, answer);
    else await this.#control.answers(answer);
    return "";
  }

  async #input(rest: string): Promise<string> {
    if (rest === "") throw commandUsage("/input <json>", "An input is missing.");
    let input: Json;
    try {
      input = JSON.parse(rest) as Json;
    } catch (error) {
      throw badJson("The input", (error as Error).message);
    }
    await this.#control.input(input);
    return "";
  }

  async #state(): Promise<string> {
    const { position } = this.#debuggee.requireStop();
    if (!position) return "There is no state yet: the run waits for its input.";
    const root = { kind: "state", namespace: position.root.namespace } as const;
    return (await this.#debuggee.runtime.request("json", { root, path: [] })).json;
  }

  #next(): string {
    const { threads, form } = this.#debuggee.requireStop();
    if (form) return "The run waits for its input: /input <json>";
    const names = threads
      .filter((thread) => thread.kind === "before" && leafOf(thread)?.task?.status !== "done")
      .map((thread) => {
        const status = leafOf(thread)?.task?.status;
        return isNext(thread) || status === undefined ? thread.name : `${thread.name} (${status})`;
      });
    if (names.length > 0) return names.join("\n");
    const after = threads.flatMap((thread) =>
      thread.kind === "after" ? (leafOf(thread)?.graph.tasks ?? []) : [],
    );
    const following = [...new Set(after.map((task) => task.name))];
    return following.length > 0 ? following.join("\n") : "Nothing: the run has ended.";
  }

  #history(rest: string): Promise<string> {
    const count = rest === "" ? 20 : Number(rest);
    if (!Number.isInteger(count) || count < 1) {
      throw commandUsage("/history [n]", `"${rest}" is no number of steps.`);
    }
    return this.#past.list(count);
  }

  #fork(rest: string, reply: Reply): Promise<string> {
    if (rest === "")
      throw commandUsage("/fork <checkpoint>", "A checkpoint's id is missing; /history lists them.");
    return this.#quietly(this.#travel.fork(rest, undefined, reply));
  }

  /** The stop that follows says it all. */
  async #quietly(done: Promise<void>): Promise<string> {
    await done;
    return "";
  }

  #help(): string {
    const width = Math.max(...[...this.#table.values()].map(({ usage }) => usage.length));
    const lines = [...this.#table.values()].map(({ usage, does }) => `${usage.padEnd(width)}  ${does}`);
    return [
      ...lines,
      "Anything else is an expression in the graph's language; the state's keys are its names.",
    ].join("\n");
  }
}
