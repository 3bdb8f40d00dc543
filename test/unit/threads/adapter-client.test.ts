// The client that asks the adapter about checkpoint files: its framing, its one process, and what it says when that fails.
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { AdapterClient } from "../../../src/extension/threads/adapter-client.ts";
import { frame, Unframing } from "../../../src/extension/threads/framing.ts";
import type { ThreadsBody } from "../../../src/protocol/dap.ts";

describe("framing", () => {
  const messages = [{ a: "größer 😀" }, { b: "x".repeat(5000) }, {}, { c: [1, null] }];

  it("gives the same messages whatever the pieces are", () => {
    const bytes = Buffer.concat(messages.map(frame));
    for (const size of [1, 2, 7, 100, bytes.length]) {
      const unframing = new Unframing();
      const got: unknown[] = [];
      for (let at = 0; at < bytes.length; at += size)
        got.push(...unframing.take(bytes.subarray(at, at + size)));
      assert.deepEqual(got, messages, `pieces of ${size}`);
    }
  });

  it("refuses what is no message", () => {
    assert.throws(() => new Unframing().take(Buffer.from("Hello: 1\r\n\r\n")), /without its length/);
  });
});

/** Stands in for the adapter: answers with its own process id; dies at the file "die", refuses the file "bad". */
const standIn = `
let rest = "";
process.stdin.setEncoding("utf8").on("data", (text) => {
  rest += text;
  for (let found; (found = /^Content-Length: (\\d+)\\r\\n\\r\\n/.exec(rest)) && rest.length >= found[0].length + Number(found[1]); ) {
    const { seq, command, arguments: { file } } = JSON.parse(rest.slice(found[0].length, found[0].length + Number(found[1])));
    rest = rest.slice(found[0].length + Number(found[1]));
    if (file === "die") { console.error("first\\nno room"); process.exit(3); }
    const answer = file === "bad" ? { success: false, message: "Choose another file." } : { success: true, body: { file: String(process.pid) } };
    const json = JSON.stringify({ type: "response", seq: 1, request_seq: seq, command, ...answer });
    process.stdout.write("Content-Length: " + json.length + "\\r\\n\\r\\n" + json);
    if (command === "disconnect") process.stdin.destroy();
  }
});
`;

describe("the adapter client", () => {
  const started: ChildProcessWithoutNullStreams[] = [];
  const logged: string[] = [];
  let client: AdapterClient;

  function open(idleMilliseconds: number, command = process.execPath): void {
    client = new AdapterClient({
      start: () => {
        const child = spawn(command, ["-e", standIn], { stdio: "pipe" });
        started.push(child);
        return child;
      },
      log: { info: (text) => logged.push(text), warn: (text) => logged.push(text) },
      idleMilliseconds,
    });
  }

  const ask = (file: string): Promise<ThreadsBody> => client.request("langgraph/threads", { file });

  beforeEach(() => {
    started.length = 0;
    logged.length = 0;
  });

  afterEach(async () => {
    client.dispose();
    await Promise.all(
      started.map((child) =>
        child.exitCode === null && child.pid !== undefined ? once(child, "close") : undefined,
      ),
    );
  });

  it("starts one process when it is first asked, and tells the adapter's own refusal", async () => {
    open(60_000);
    assert.equal(started.length, 0);
    const [one, two] = await Promise.all([ask("a"), ask("b")]);
    assert.equal(one.file, String(started[0]?.pid));
    assert.equal(two.file, one.file);
    await assert.rejects(ask("bad"), { message: "Choose another file." });
    assert.equal(started.length, 1);
  });

  it("ends the process when it has not been used for a while, and starts another", async () => {
    open(1);
    const first = await ask("a");
    await once(started[0] as ChildProcessWithoutNullStreams, "close");
    assert.notEqual((await ask("a")).file, first.file);
  });

  it("says why a process ended, to each who waited, and starts another", async () => {
    open(60_000);
    const message = "The debug adapter ended (exit code 3). It said: no room. Try again.";
    const [one, two] = await Promise.allSettled([ask("die"), ask("a")]);
    assert.equal(one.status === "rejected" && (one.reason as Error).message, message);
    assert.equal(two.status === "rejected" && (two.reason as Error).message, message);
    assert.equal((await ask("a")).file, String(started[1]?.pid));
  });

  it("says why a process could not be started", async () => {
    open(60_000, "/no/such/command");
    await assert.rejects(ask("a"), /^Error: The debug adapter could not be started: .*ENOENT.*Try again\.$/);
  });

  it("asks nothing more when the window is being closed", async () => {
    open(60_000);
    await ask("a");
    client.dispose();
    await assert.rejects(ask("a"), /being closed/);
    await once(started[0] as ChildProcessWithoutNullStreams, "close");
  });
});
