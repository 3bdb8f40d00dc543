// What the checkpoint files of the workspace hold, read when the view wants to show it and a file has changed.

import * as vscode from "vscode";
import type { AdapterClient } from "./adapter-client.ts";
import { checkpointFiles, stateOfFile } from "./files.ts";
import type { ThreadFile } from "./groups.ts";
import { fileText } from "./tree.ts";

/** Threads of a file that are asked for at once. */
const page = 200;

/** Why a file could not be read. */
export interface Problem {
  readonly file: string;
  readonly message: string;
}

/** What was read last of a file, and what the file was like. */
interface Known {
  readonly state: string;
  readonly filter: string;
  readonly limit: number;
  readonly read: ThreadFile;
}

export class ThreadStore {
  readonly #client: AdapterClient;
  readonly #known = new Map<string, Known>();
  readonly #limits = new Map<string, number>();
  #places: readonly string[] | undefined;
  #states = "";
  /** Only threads whose id, name, graph or note contains it; empty: all. */
  filter = "";
  problems: readonly Problem[] = [];

  constructor(client: AdapterClient) {
    this.#client = client;
  }

  /** The checkpoint files that exist. None in a workspace that is not trusted. */
  async files(): Promise<readonly string[]> {
    if (!vscode.workspace.isTrusted) return [];
    this.#places ??= await checkpointFiles();
    return this.#places;
  }

  /** Looks for the files and reads them anew, whether they have changed or not. */
  forget(): void {
    this.#places = undefined;
    this.#known.clear();
  }

  /** Whether a file was written to since `read` has begun to read; `places`: look whether there are others, too. */
  async hasChanged(places: boolean): Promise<boolean> {
    // The first run makes the first file.
    if (places || this.#places?.length === 0) this.#places = undefined;
    return (await this.#statesNow()) !== this.#states;
  }

  /** Shows more threads of a file from the next `read` on. */
  more(file: string): void {
    this.#limits.set(file, (this.#limits.get(file) ?? page) + page);
  }

  /** What the files hold; one that can't be read is among `problems`. */
  async read(): Promise<readonly ThreadFile[]> {
    const files = await this.files();
    // What is written meanwhile counts as not read.
    this.#states = await this.#statesNow();
    const problems: Problem[] = [];
    const read = await Promise.all(
      files.map(async (file) => {
        try {
          return await this.#readFile(file);
        } catch (error) {
          problems.push({ file, message: (error as Error).message });
          return [];
        }
      }),
    );
    this.problems = problems;
    return read.flat();
  }

  async #readFile(file: string): Promise<ThreadFile[]> {
    const state = await stateOfFile(file);
    if (state === undefined) return [];
    const { filter } = this;
    const limit = this.#limits.get(file) ?? page;
    const known = this.#known.get(file);
    if (known?.state === state && known.filter === filter && known.limit === limit) return [known.read];
    const { threads, total, size } = await this.#client.request("langgraph/threads", {
      file,
      limit,
      ...(filter !== "" && { filter }),
    });
    const read = { file, threads, total, size };
    this.#known.set(file, { state, filter, limit, read });
    return [read];
  }

  async #statesNow(): Promise<string> {
    const files = await this.files();
    return JSON.stringify(await Promise.all(files.map(async (file) => [file, await stateOfFile(file)])));
  }
}

/** The problems in a line each, with the file's name where there are several files and the message does not tell it. */
export function problemText(problems: readonly Problem[], several: boolean): string {
  return problems
    .map(({ file, message }) =>
      several && !message.includes(file) ? `${fileText(file)}: ${message}` : message,
    )
    .join("\n");
}
