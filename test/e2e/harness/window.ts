// A window of VS Code for the tests of one `describe`, on a folder of their own; and what that folder may hold.
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { root, venvDir } from "../../../scripts/lib/paths.mjs";
import { openWindow, type Session, type WindowOptions } from "./web.ts";
import type { Workbench } from "./workbench.ts";

export class TestWindow {
  #folder = "";
  #session: Session | undefined;

  /**
   * Call within `describe`. The window is opened before its tests and closed after them; no test leaves a session to
   * the next. `prepare` fills the folder, and gives what the window shall have beyond the Python of the examples.
   */
  static in(prepare: (folder: string) => Promise<Partial<WindowOptions>>): TestWindow {
    const own = new TestWindow();
    before(async () => {
      own.#folder = await realpath(await mkdtemp(path.join(tmpdir(), "e2e-")));
      const more = await prepare(own.#folder);
      own.#session = await openWindow({ folder: own.#folder, env: { VIRTUAL_ENV: venvDir }, ...more });
    });
    afterEach(async function () {
      if (this.currentTest?.isFailed()) await own.workbench.describe(this.currentTest.title);
      await own.workbench.stopSessions();
    });
    after(async () => {
      await own.#session?.close();
      await rm(own.#folder, { recursive: true, force: true, maxRetries: 5 });
    });
    return own;
  }

  /** The folder that was prepared. */
  get folder(): string {
    return this.#folder;
  }

  get workbench(): Workbench {
    if (!this.#session) throw new Error("the window is not open yet");
    return this.#session.workbench;
  }
}

/** A launch configuration of a file of the folder. */
export interface Configuration {
  readonly name: string;
  /** Below the folder. */
  readonly program: string;
  readonly [attribute: string]: unknown;
}

/** Writes the folder's launch.json. */
export async function configure(folder: string, own: readonly Configuration[]): Promise<void> {
  await mkdir(path.join(folder, ".vscode"));
  const configurations = own.map(({ name, program, ...more }) => ({
    ...{ name, type: "langgraph", request: "launch", program: `\${workspaceFolder}/${program}` },
    ...more,
  }));
  await writeFile(path.join(folder, ".vscode", "launch.json"), JSON.stringify({ configurations }));
}

/** Lets the TypeScript files of the folder import what the project has installed. */
export async function withPackages(folder: string): Promise<void> {
  await writeFile(path.join(folder, "package.json"), '{"private": true, "type": "module"}');
  await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"), "junction");
}
