// The adapter's door: the runtime that knows the token gets in, everyone else is dropped and logged.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node.js";
import { RuntimeListener } from "../../../src/adapter/runtime-listener.ts";
import { type HelloParams, protocolVersion } from "../../../src/protocol/runtime.ts";

const greeting = { protocolVersion, language: "python", languageVersion: "3.11.7", pid: 1 } as const;

describe("the adapter's port for its runtime", () => {
  const logged: string[] = [];
  const write = (line: string): void => void logged.push(line);
  const sockets: Socket[] = [];
  let listener: RuntimeListener;
  let port: number;

  beforeEach(async () => {
    logged.length = 0;
    listener = new RuntimeListener({ debug: write, info: write, warn: write, error: write });
    port = await listener.listen();
  });

  afterEach(() => {
    listener.close();
    for (const socket of sockets.splice(0)) socket.destroy();
    assert.ok(!logged.some((line) => line.includes(listener.token)), "the token is in the log");
  });

  async function connected(): Promise<Socket> {
    const socket = connect(port, "127.0.0.1");
    sockets.push(socket);
    // A dropped peer may see a reset.
    socket.on("error", () => {});
    await once(socket, "connect");
    return socket;
  }

  const rpc = (socket: Socket) => {
    const connection = createMessageConnection(
      new StreamMessageReader(socket),
      new StreamMessageWriter(socket),
    );
    connection.onError(() => {});
    connection.listen();
    return connection;
  };

  async function dropped(say: (socket: Socket) => void): Promise<string> {
    const socket = await connected();
    const closed = once(socket, "close");
    say(socket);
    await closed;
    return logged.at(-1) ?? "";
  }

  it("has a token of 256 bits", () => {
    assert.match(listener.token, /^[0-9a-f]{64}$/);
    assert.notEqual(listener.token, new RuntimeListener({ ...console }).token);
  });

  it("drops a wrong token, another first message, and what is no message", async () => {
    const hello = (token: string): HelloParams => ({ token, ...greeting });
    const wrong = listener.token.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
    const say = (method: string, params: object) => (socket: Socket) =>
      void rpc(socket)
        .sendRequest(method, params)
        .catch(() => {});
    assert.match(await dropped(say("hello", hello(wrong))), /dropped .*its token is wrong/);
    assert.match(await dropped(say("hello", hello(""))), /its token is wrong/);
    assert.match(await dropped(say("load", hello(listener.token))), /did not start with hello/);
    assert.match(await dropped((socket) => socket.write("GET / HTTP/1.1\r\n\r\n")), /can't be read/);
  });

  it("lets the runtime in after strangers, and then nobody", async () => {
    const stranger = await connected();
    const strangerGone = once(stranger, "close");
    await rpc(await connected()).sendRequest("hello", { token: listener.token, ...greeting });
    const { hello } = await listener.runtime;
    assert.deepEqual(hello, greeting);
    await strangerGone;
    const late = connect(port, "127.0.0.1");
    sockets.push(late);
    const [error] = (await once(late, "error")) as [NodeJS.ErrnoException];
    assert.equal(error.code, "ECONNREFUSED");
  });

  it("says so when the runtime is of another version", async () => {
    const other = { token: listener.token, ...greeting, protocolVersion: protocolVersion + 1 };
    // The connection may end before its answer is read.
    void rpc(await connected()).sendRequest("hello", other);
    await assert.rejects(listener.runtime, /protocol 2, the adapter 1/);
  });
});
