// Custom requests about the threads of a checkpoint file; all but openThread are answered before `launch` too.

import { isAbsolute } from "node:path";
import type { FileRequests } from "../../protocol/runtime.ts";
import { type Check, count, flag, index, nonEmpty, optional, orNull, text, texts } from "../checks.ts";
import { badArguments } from "../errors.ts";
import type { Program } from "../program.ts";
import { json, type Table } from "./table.ts";

/** What the session does for these requests. */
export interface ThreadsContext {
  /** Throws where no graph is debugged. */
  program(): Program;
  /** The checkpoint file of the session; undefined before `launch`. */
  file(): string | undefined;
  /** A path as the client writes it, or undefined where it is none of this machine. */
  fromClient(path: string): string | undefined;
  toClient(path: string): string;
  ask<Method extends keyof FileRequests>(
    method: Method,
    params: FileRequests[Method]["params"],
  ): Promise<FileRequests[Method]["result"]>;
}

type Names =
  | "threads"
  | "openThread"
  | "describeThread"
  | "deleteThread"
  | "restoreThread"
  | "copyThread"
  | "exportThread"
  | "importThread"
  | "prune";

const path: Check<string> = json(
  "an absolute path",
  (value) => typeof value === "string" && (isAbsolute(value) || value.startsWith("file:")),
);
const file = optional(path);
const threadId = nonEmpty;
const words = optional(orNull(text));

export function threadRequests(context: ThreadsContext): Table<`langgraph/${Names}`> {
  const { program, ask, toClient } = context;
  const pathOf = (request: string, argument: string, given: string): string => {
    const own = context.fromClient(given);
    if (own === undefined) throw badArguments(request, `"${argument}" is no file of this machine: ${given}`);
    return own;
  };
  /** With the path of the checkpoint file. */
  const within = <Arguments extends { file?: string }>(
    request: string,
    args: Arguments,
  ): Arguments & { file: string } => {
    const chosen = args.file === undefined ? context.file() : pathOf(request, "file", args.file);
    if (chosen === undefined)
      throw badArguments(
        request,
        '"file" must be the absolute path of a checkpoint file: no graph is debugged whose file could be meant.',
      );
    return { ...args, file: chosen };
  };
  return {
    "langgraph/threads": {
      checks: { file, filter: optional(text), start: optional(index), limit: optional(count) },
      answer: async (args) => {
        const params = within("langgraph/threads", args);
        return { file: toClient(params.file), ...(await ask("threads", params)) };
      },
    },
    "langgraph/openThread": {
      checks: { threadId },
      answer: (args, reply) => program().control.openThread(args.threadId, reply),
    },
    "langgraph/describeThread": {
      checks: { file, threadId, name: words, note: words },
      answer: async (args) => {
        if (args.name === undefined && args.note === undefined)
          throw badArguments(
            "langgraph/describeThread",
            '"name" or "note" must be given: text, or null to take it away.',
          );
        await ask("describeThread", within("langgraph/describeThread", args));
      },
    },
    "langgraph/deleteThread": {
      checks: { file, threadId },
      answer: (args) => ask("deleteThread", within("langgraph/deleteThread", args)),
    },
    "langgraph/restoreThread": {
      checks: { file, deleted: nonEmpty },
      answer: (args) => ask("restoreThread", within("langgraph/restoreThread", args)),
    },
    "langgraph/copyThread": {
      checks: { file, threadId },
      answer: (args) => ask("copyThread", within("langgraph/copyThread", args)),
    },
    "langgraph/exportThread": {
      checks: { file, threadId, to: path },
      answer: async (args) => {
        const to = pathOf("langgraph/exportThread", "to", args.to);
        await ask("exportThread", { ...within("langgraph/exportThread", args), to });
      },
    },
    "langgraph/importThread": {
      checks: { file, from: path },
      answer: (args) => {
        const from = pathOf("langgraph/importThread", "from", args.from);
        return ask("importThread", { ...within("langgraph/importThread", args), from });
      },
    },
    "langgraph/prune": {
      checks: { file, threadIds: optional(texts), keep: optional(count), dryRun: flag },
      answer: (args) => ask("prune", within("langgraph/prune", args)),
    },
  };
}
