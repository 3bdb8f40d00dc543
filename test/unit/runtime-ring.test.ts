// Lines between the two threads of the Node runtime: each comes once, whole and in order, also around the memory's end.
import assert from "node:assert/strict";
import { Ring } from "../../runtime/node/ring.ts";

describe("the ring of lines between two threads", () => {
  const pair = (): [Ring, Ring] => {
    const memory = new SharedArrayBuffer(Ring.bytes);
    return [new Ring(memory), new Ring(memory)];
  };

  it("gives every line once, in order, many times around", () => {
    const [writer, reader] = pair();
    assert.deepEqual([reader.read(), reader.isEmpty], [[], true]);
    const texts = ["", "plain", "ä€😀", "x".repeat(70_001), "é".repeat(33_333)];
    let bytes = 0;
    for (let round = 0; bytes < 5 * Ring.bytes; round += 1) {
      const lines = texts.slice(round % 2).map((text) => `${round}${text}`);
      for (const line of lines) {
        assert.ok(writer.write(line));
        bytes += Buffer.byteLength(line) + 1;
      }
      assert.equal(writer.isEmpty, false);
      assert.deepEqual(reader.read(), lines);
    }
    assert.equal(writer.isEmpty, true);
  });

  it("refuses what it has no room for, and takes it when there is", () => {
    const [writer, reader] = pair();
    const line = "y".repeat(100_000);
    let count = 0;
    while (writer.write(line)) count += 1;
    assert.ok(count > 5);
    assert.equal(reader.read().length, count);
    assert.ok(writer.write(line));
    assert.deepEqual(reader.read(), [line]);
    assert.equal(writer.write("z".repeat(Ring.bytes)), false);
    assert.deepEqual(reader.read(), []);
  });
});
