/** Contract of both runtimes: where a task asks, and the warnings about how it does, once for each place. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Json, StoppedEvent } from "../../src/protocol/runtime.ts";
import { marks } from "../fixtures/marks.ts";
import { Driver, interrupts } from "./driver.ts";
import { runtimes } from "./runtimes.ts";

for (const runtime of runtimes) {
  describe(`${runtime.language}: warnings about interrupts`, () => {
    let driver: Driver;
    afterEach(() => driver.kill());

    const file = (name: string): string => join(runtime.graphs, `${name}${runtime.extension}`);
    /** As the warnings write it. */
    const place = (name: string, mark: string): string => `(${file(name)}:${marks(file(name)).get(mark)})`;

    /** Each names a line, in its text and for an editor to lead there. */
    const warnings = (): string[] =>
      driver.events.flatMap(({ name, params }) => {
        if (name !== "message" || params.kind !== "warning") return [];
        const { text, at } = params;
        assert.ok(at && text.includes(`(${at.path}:${at.line})`), text);
        return [text];
      });

    async function run(name: string, input: Json): Promise<StoppedEvent> {
      driver = await Driver.load(runtime, name);
      return driver.run({ input });
    }
    const answer = (stopped: StoppedEvent, value: Json): Promise<StoppedEvent> => {
      const [asked] = interrupts(stopped.position.root);
      assert.ok(asked, `nothing waits: ${stopped.reason}`);
      return driver.run({ resume: { [asked.id]: value } });
    };

    it("tells the line that asks, also of a helper function", async () => {
      const stopped = await run("review_and_edit", {});
      const [asked] = interrupts(stopped.position.root);
      const path = file("review_and_edit");
      assert.deepEqual(asked?.at, { path, line: marks(path).get("ask") });
      assert.equal((await answer(stopped, "better")).reason, "end");
      assert.deepEqual(warnings(), []);
    });

    it("warns of an interrupt that the node swallowed, with its line", async () => {
      assert.equal((await run("swallowed_interrupt", {})).reason, "end");
      const [text = "", ...more] = warnings();
      assert.deepEqual(more, []);
      assert.ok(
        text.startsWith(`ask ${place("swallowed_interrupt", "ask.interrupt")} called interrupt()`),
        text,
      );
      assert.match(text, /don't wrap interrupt in a bare try\/except/);
    });

    it("warns once of what a node writes again before it asks, and not of what it writes after", async () => {
      for (const turn of ["first", "second"]) {
        let stopped = turn === "first" ? await run("repeats_output", {}) : await driver.run({ input: {} });
        for (const value of ["a", "b", "c"]) stopped = await answer(stopped, value);
        assert.equal(stopped.reason, "end");
        const [pay = "", send = "", ...more] = warnings();
        assert.deepEqual(more, []);
        assert.ok(pay.startsWith(`pay ${place("repeats_output", "pay.ask")}`), pay);
        assert.match(pay, /"Charging the card".*side effects before interrupt must be idempotent/);
        assert.ok(send.startsWith(`send ${place("repeats_output", "send.ask")}`), send);
        assert.match(send, /mail.*side effects before interrupt must be idempotent/);
      }
    });

    it("warns when an answer goes to another question than the one that was answered", async () => {
      const stopped = await run("order_changes", { second: "other" });
      assert.equal((await answer(stopped, "Ada")).reason, "end");
      const [text = "", ...more] = warnings();
      assert.deepEqual(more, []);
      assert.ok(text.startsWith(`ask ${place("order_changes", "age")}`), text);
      assert.ok(text.includes(place("order_changes", "name")), text);
      assert.match(text, /answer number 1 .*don't change the order of interrupt calls in a node/);
    });

    it("warns when the same line asks something else in place of what was answered", async () => {
      const stopped = await run("order_changes", { second: "reworded" });
      assert.equal((await answer(stopped, "Ada")).reason, "end");
      const [text = "", ...more] = warnings();
      assert.deepEqual(more, []);
      assert.ok(text.startsWith(`ask ${place("order_changes", "name")}`), text);
      assert.match(text, /then "What is your name\?".*now "What is your full name\?"/);
    });

    it("warns when a node does not ask again what was answered", async () => {
      const stopped = await run("order_changes", { second: "nothing" });
      assert.equal((await answer(stopped, "Ada")).reason, "end");
      const [text = "", ...more] = warnings();
      assert.deepEqual(more, []);
      assert.ok(text.startsWith(`ask ${place("order_changes", "name")}`), text);
      assert.match(text, /0 times.*1 answers.*don't change the order of interrupt calls in a node/);
    });

    it("warns of a payload that can't be written as JSON, and says which part", async () => {
      const stopped = await run("odd_payload", {});
      assert.equal((await answer(stopped, "yes")).reason, "end");
      const [text = "", ...more] = warnings();
      assert.deepEqual(more, []);
      assert.ok(text.startsWith(`ask ${place("odd_payload", "ask.interrupt")}`), text);
      assert.match(text, /checks.*\[0\] is a .*function.*pass simple JSON-serialisable values/);
    });

    for (const [name, input, answers] of [
      ["two_interrupts", {}, ["Ada", 36]],
      ["validation_loop", {}, ["young", -3, 36]],
      ["subgraph_function_interrupt", { topic: "tea" }, ["yes"]],
    ] as const) {
      it(`finds nothing wrong with ${name}`, async () => {
        let stopped = await run(name, input);
        for (const value of answers) stopped = await answer(stopped, value);
        assert.equal(stopped.reason, "end");
        assert.deepEqual(warnings(), []);
      });
    }
  });
}
