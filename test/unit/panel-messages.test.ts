// What the extension sends to the panel where much would be said: differences by page, and what a graph streams.
import assert from "node:assert/strict";
import { changePage } from "../../src/extension/panel/change-page.ts";
import { LiveBuffer } from "../../src/extension/panel/live-buffer.ts";
import type { Change, DiffBody } from "../../src/protocol/dap.ts";
import type { LiveText } from "../../src/protocol/webview.ts";

describe("messages to the panel", () => {
  function pages(body: DiffBody): number[] {
    const sizes: number[] = [];
    for (let start = 0; ; ) {
      const { changes, more } = changePage(body, start);
      sizes.push(changes.length);
      start += changes.length;
      if (!more) return sizes;
    }
  }
  const change = (index: number, more: Partial<Change> = {}): Change => ({
    key: "log",
    path: [index],
    change: "added",
    to: index,
    ...more,
  });

  it("tell differences by page, and fewer where they are long", () => {
    const many = Array.from({ length: 250 }, (_, index) => change(index));
    assert.deepEqual(pages({ changes: many, more: false }), [100, 100, 50]);
    const { to: _, ...text } = change(0, { change: "changed" });
    const long: Change = { ...text, text: [{ kind: "added", text: "x".repeat(200_000) }] };
    assert.deepEqual(pages({ changes: [long, long, long], more: false }), [1, 1, 1]);
    assert.equal(changePage({ changes: [], more: true }, 0).limited, true);
  });

  it("shorten a side that is long, and say so", () => {
    const [long] = changePage({ changes: [change(0, { to: "y".repeat(50_000) })], more: false }, 0).changes;
    assert.equal(long?.shortened, true);
    assert.ok((long?.to?.length ?? 0) < 5_000);
    const [short] = changePage({ changes: [change(7)], more: false }, 0).changes;
    assert.deepEqual(short, { key: "log", path: [7], change: "added", to: "7" });
  });

  it("gather what a graph streams, tokens that come in a row as one text", async () => {
    const told: LiveText[][] = [];
    const texts = await new Promise<LiveText[]>((resolve) => {
      const buffer = new LiveBuffer((batch) => {
        told.push(batch);
        resolve(batch);
      });
      buffer.knows("sub:1", "research");
      for (let index = 0; index < 1000; index++) buffer.token({ namespace: "sub:1", node: "a", text: "x" });
      buffer.custom({ namespace: "", node: "b", value: { long: "z".repeat(1_000) } });
      buffer.token({ namespace: "a:1|b:2", node: "c", text: "y" });
    });
    assert.equal(told.length, 1);
    assert.deepEqual(
      texts.map(({ kind, graph, node, text }) => [kind, graph, node, text.length]),
      [
        ["tokens", "research", "a", 1000],
        ["custom", "", "b", 301],
        ["tokens", "a/b", "c", 1],
      ],
    );
  });
});
