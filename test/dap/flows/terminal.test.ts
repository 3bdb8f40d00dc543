// A run in the client's terminal, over both languages: what it is started with, and every way in which it can end.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { LaunchAttributes } from "../../../src/protocol/dap.ts";
import type { Client } from "../client.ts";
import { Bench, languages } from "../languages.ts";

/** What the adapter asked the client's terminal to run. */
interface Terminal {
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv | undefined;
  readonly process: ChildProcess;
}

for (const language of languages) {
  describe(`a run in the terminal in ${language.name}`, () => {
    const bench = Bench.in(language);
    let client: Client;
    let opened: Promise<Terminal>;

    beforeEach(async () => {
      let open: (terminal: Terminal) => void;
      opened = new Promise((resolve) => {
        open = resolve;
      });
      client = await bench.client({
        initialize: { supportsRunInTerminalRequest: true },
        onRequest: (command, args) => {
          assert.equal(command, "runInTerminal");
          const { args: words, cwd, env } = args as { args: string[]; cwd: string; env?: NodeJS.ProcessEnv };
          const [program = "", ...rest] = words;
          const started = spawn(program, rest, { cwd, env: { ...process.env, ...env }, stdio: "pipe" });
          open({ words, env, process: started });
          return { processId: started.pid };
        },
      });
    });

    const launch = (name: string, more: LaunchAttributes): LaunchAttributes =>
      bench.launch(name, { console: "integratedTerminal", ...more });
    /** Arguments for the interpreter. */
    const starting = (python: string[], node: string[]): LaunchAttributes =>
      language.name === "Python" ? { pythonArgs: python } : { nodeArgs: node };

    it("prints there, and its arguments don't hold the token", async () => {
      const end = await client.launch(launch("output", { input: { text: "Ada" } }));
      assert.equal(end.reason, "end");
      const { words, env, process: terminal } = await opened;
      assert.doesNotMatch(JSON.stringify([words, env]), /[0-9a-f]{64}/);
      const over = once(terminal, "exit");
      await client.close();
      await over;
      assert.equal(client.output("stdout"), "");
    });

    it("is known to have ended before it could connect", async () => {
      const launched = client.run(launch("linear", starting(["--no-such-option"], ["--no-such-option"])));
      await assert.rejects(launched, /ended \(exit code \d+\) before it could load .*terminal says why/);
      await client.event("terminated");
      await client.close();
    });

    it("is known to be lost with its terminal", async () => {
      // An interpreter that never connects, and ends with its input.
      const idle = starting(
        ["-c", "import sys; print('up', flush=True); sys.stdin.read()"],
        ["--eval", "console.log('up'); process.stdin.resume()"],
      );
      const launched = client.run(launch("linear", idle));
      const refused = assert.rejects(launched, /terminal was closed before/);
      const { process: terminal } = await opened;
      if (terminal.stdout) await once(terminal.stdout, "data");
      terminal.kill("SIGKILL");
      await refused;
      terminal.stdin?.end();
      await client.event("terminated");
      await client.close();
    });

    it("tells the exit code of a node that ends the process", async () => {
      await client.run(launch("exits", { input: { text: "" }, threadId: "left" }));
      assert.deepEqual(await client.event("exited"), { exitCode: 3 });
      assert.match(client.output("important"), /exit code 3 while leave ran/);
      await client.close();
    });
  });
}
