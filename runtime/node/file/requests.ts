// Answers what is asked about checkpoint files, for the control thread: before `load`, and while a node computes.

import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { FileRequests } from "../../../src/protocol/runtime.ts";
import { Database } from "../checkpointer/database.ts";
import { RuntimeError } from "../errors.ts";
import { importThread } from "./importing.ts";
import { keyHistory } from "./key-history.ts";
import * as list from "./threads.ts";
import { annotate, timeline } from "./timeline.ts";
import { exportThread } from "./transfer.ts";

/** After this time without a request a file is closed, in milliseconds. */
const idleTime = 2000;

type FileMethod = keyof FileRequests;
type Answer<Method extends FileMethod> = (
  database: Database,
  params: FileRequests[Method]["params"],
) => FileRequests[Method]["result"];

const answers: { readonly [Method in FileMethod]: Answer<Method> } = {
  threads: list.threads,
  describeThread: (database, params) => {
    list.describeThread(database, params);
    return {};
  },
  deleteThread: (database, { threadId }) => ({ deleted: list.takeOut(database, threadId) }),
  restoreThread: (database, { deleted }) => ({ threadId: list.restore(database, deleted) }),
  copyThread: (database, { threadId }) => ({ threadId: list.copy(database, threadId) }),
  exportThread: (database, { threadId, to }) => {
    exportThread(database, threadId, to);
    return {};
  },
  importThread: (database, { from }) => ({ threadId: importThread(database, from) }),
  prune: list.pruneThreads,
  timeline,
  annotate: (database, params) => {
    annotate(database, params);
    return {};
  },
  keyHistory,
};

/** The file and the thread that the session has open. */
export interface OpenThread {
  readonly file: string;
  readonly threadId: string;
}

const isFileMethod = (method: string): method is FileMethod => Object.hasOwn(answers, method);

export class CheckpointFiles {
  #open: { readonly path: string; readonly identity: string; readonly database: Database } | undefined;
  #closing: NodeJS.Timeout | undefined;

  /** The file that a request is about; undefined: it is about none. */
  static fileOf(method: string, params: unknown): string | undefined {
    return isFileMethod(method) ? (params as { file: string }).file : undefined;
  }

  /** Throws RuntimeError and CheckpointFileError. */
  answer(method: string, params: unknown, session: OpenThread | undefined): unknown {
    if (!isFileMethod(method)) throw new RuntimeError("internal", `${method} is not about a file.`);
    const given = params as { file: string; threadId?: string };
    if (method === "deleteThread" && given.threadId !== undefined)
      checkNotOpen(given.file, given.threadId, session);
    if (method !== "importThread" && !existsSync(given.file))
      return answerWithoutFile(method, given.threadId);
    return answers[method](this.#database(given.file), params as never);
  }

  close(): void {
    clearTimeout(this.#closing);
    this.#open?.database.close();
    this.#open = undefined;
  }

  #database(path: string): Database {
    if (this.#open?.path !== path || this.#open.identity !== identityOf(path)) {
      this.close();
      const database = new Database(path);
      this.#open = { path, identity: identityOf(path), database };
    }
    clearTimeout(this.#closing);
    this.#closing = setTimeout(() => this.close(), idleTime);
    return this.#open.database;
  }
}

/** Another one where the file was removed and made again. */
function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return `${stat?.dev} ${stat?.ino}`;
}

export const isSameFile = (one: string, other: string): boolean =>
  resolve(one) === resolve(other) || (existsSync(one) && identityOf(one) === identityOf(other));

function checkNotOpen(file: string, threadId: string, session: OpenThread | undefined): void {
  if (session?.threadId !== threadId || !isSameFile(file, session.file)) return;
  throw new RuntimeError(
    "threadInUse",
    `Thread ${threadId} is open in this session. End the session, or go to another thread, to delete it.`,
  );
}

/** It has no threads. */
function answerWithoutFile(method: FileMethod, threadId: string | undefined): unknown {
  if (method === "threads") return { threads: [], total: 0, size: { bytes: 0, free: 0 } };
  if (method === "prune") return { checkpoints: 0, spared: 0, deletedThreads: 0, bytes: 0 };
  throw list.unknownThread(threadId ?? "of this name");
}
