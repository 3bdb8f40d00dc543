// What the examples promise: each line that a CLICK comment points to stops the run there, with the configurations
// that come with them, and each run asks once and ends.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LaunchAttributes } from "../../src/protocol/dap.ts";
import { Client } from "../dap/client.ts";
import { python } from "../dap/languages.ts";

const examples = join(import.meta.dirname, "..", "..", "examples");

interface Configuration extends LaunchAttributes {
  readonly name: string;
  readonly program: string;
}

const { configurations }: { configurations: Configuration[] } = JSON.parse(
  readFileSync(join(examples, ".vscode", "launch.json"), "utf8").replaceAll(
    `\${workspaceFolder}`,
    JSON.stringify(examples).slice(1, -1),
  ),
);

/** Lines that come after a CLICK comment, 1-based. */
function linesToClick(file: string): number[] {
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  return lines.flatMap((line, index) => (line.includes("CLICK on the next line") ? [index + 2] : []));
}

describe("the examples", function () {
  this.timeout(120_000);
  let folder: string;
  let client: Client;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "examples-"));
    client = await Client.start();
  });
  afterEach(async () => {
    client.kill();
    await client.exited;
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  // The configuration of the open file has no program of its own.
  for (const { name, ...attributes } of configurations.filter(({ program }) => !program.includes("$"))) {
    it(`${name}: stops at each line that it tells to click`, async () => {
      const lines = linesToClick(attributes.program);
      assert.ok(lines.length > 0, "no CLICK comment");
      const breakpoints = await client.breakpoints(
        attributes.program,
        lines.map((line) => ({ line })),
      );
      const answer = name.startsWith("Email") ? "approve" : "yes";
      client.markNow();
      let stop = await client.launch({
        ...attributes,
        checkpoints: join(folder, "checkpoints.sqlite"),
        python,
        node: process.execPath,
        stopOnEnd: true,
      });
      const hit = new Set<number>();
      let questions = 0;
      while (stop.reason !== "end") {
        if (stop.reason === "interrupt") {
          questions += 1;
          client.markNow();
          const [next] = await Promise.all([
            client.event("stopped"),
            client.evaluate(`/resume ${JSON.stringify(answer)}`),
          ]);
          stop = next;
          continue;
        }
        for (const id of stop.hitBreakpointIds ?? [])
          hit.add(lines[breakpoints.findIndex((bp) => bp.id === id)] ?? 0);
        stop = await client.go("continue", { threadId: stop.threadId });
      }
      assert.deepEqual(
        [...hit].sort((a, b) => a - b),
        lines,
      );
      assert.equal(questions, name.startsWith("Research") ? 0 : 1);
      await client.close();
    });
  }
});
