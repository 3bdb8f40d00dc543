// Only the runtime that knows the token is let in; everyone else is dropped and logged.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { RuntimeListener } from "../../../src/adapter/runtime-listener.ts";
import { silentLogger } from "../../../src/base/logger.ts";
import { protocolVersion } from "../../../src/protocol/runtime.ts";

describe("the listener for a runtime", () => {
  let listener: RuntimeListener;
  let port: number;
  let logged: string[];

  beforeEach(async () => {
    logged = [];
    listener = new RuntimeListener({ ...silentLogger, warn: (message) => logged.push(message) });
    port = await listener.listen();
  });
  afterEach(() => listener.close());

  const frame = (message: object): string => {
    const text = JSON.stringify(message);
    return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  };
  const hello = (token: unknown, version = protocolVersion): string =>
    frame({
      jsonrpc: "2.0",
      id: 1,
      method: "hello",
      params: { token, protocolVersion: version, language: "python", languageVersion: "3.12.0", pid: 1 },
    });
  /** Resolves when the listener has cut the connection. */
  const cut = async (text: string): Promise<void> => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    const closed = once(socket, "close");
    socket.resume();
    socket.write(text);
    await closed;
  };

  it("takes the one with the token, and nobody after it", async () => {
    const socket: Socket = connect(port, "127.0.0.1");
    socket.write(hello(listener.token));
    const [answer] = (await once(socket, "data")) as [Buffer];
    assert.match(answer.toString(), /"protocolVersion":/);
    const { hello: said } = await listener.runtime;
    assert.deepEqual(said, { protocolVersion, language: "python", languageVersion: "3.12.0", pid: 1 });
    const late = connect(port, "127.0.0.1");
    const [error] = (await once(late, "error")) as [Error];
    assert.match(error.message, /ECONNREFUSED|ECONNRESET/);
    socket.destroy();
  });

  it("drops strangers, and says so without the token", async () => {
    await cut(hello("0".repeat(64)));
    await cut(hello(undefined));
    await cut(frame({ jsonrpc: "2.0", id: 1, method: "load", params: {} }));
    await cut(frame({ jsonrpc: "2.0", method: "stopped", params: {} }));
    await cut("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert.equal(logged.length, 5);
    assert.ok(logged.every((line) => line.startsWith("dropped a connection from 127.0.0.1:")));
    assert.ok(!logged.join().includes(listener.token));
    // The real one is still welcome.
    const socket = connect(port, "127.0.0.1");
    socket.write(hello(listener.token));
    assert.equal((await listener.runtime).hello.language, "python");
    socket.destroy();
  });

  it("refuses a runtime of another protocol version", async () => {
    void cut(hello(listener.token, protocolVersion + 1));
    await assert.rejects(listener.runtime, /two installations are mixed/);
  });

  it("has a token of 256 bits, new each time", () => {
    const other = new RuntimeListener(silentLogger);
    assert.match(listener.token, /^[0-9a-f]{64}$/);
    assert.notEqual(other.token, listener.token);
  });
});
