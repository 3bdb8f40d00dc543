// Looking at what a thread did, over both languages: its timeline, any checkpoint, who wrote what, what differs.

import assert from "node:assert/strict";
import type { TimelineBody } from "../../../src/protocol/dap.ts";
import type { Json } from "../../../src/protocol/runtime.ts";
import { Gate } from "../../fixtures/gate.ts";
import { RequestFailed } from "../client.ts";
import { ask } from "../custom.ts";
import { Bench, languages } from "../languages.ts";

const nodes = ({ entries }: TimelineBody): string[][] =>
  entries.map(({ tasks, source }) => (tasks.length > 0 ? tasks.map(({ node }) => node) : [source]));

for (const language of languages) {
  describe(`looking at the past in ${language.name}`, () => {
    const bench = Bench.in(language);
    const { quote } = language;

    it("shows the timeline with its branches, any checkpoint, who wrote its keys, and what differs", async () => {
      const client = await bench.client();
      const { program, line } = bench.fixture("linear");
      await client.breakpoints(program, [{ line: line("answer") }]);
      const input = { topic: "bees and wasps", log: ["start"] };
      await client.launch(bench.launch("linear", { input, threadId: "past" }));
      const first = await ask(client, "langgraph/timeline", {});
      assert.deepEqual(nodes(first), [["think"], ["fetch"], ["loop"], ["input"]]);
      const [think, fetch, start] = first.entries.map(({ id }) => id);
      assert.ok(think && fetch && start);
      assert.deepEqual([first.total, first.more, first.live, first.cursor], [4, false, think, think]);
      assert.deepEqual(first.entries[0]?.tasks[0]?.to, ["answer"]);
      assert.deepEqual(first.entries[1]?.written, ["topic", "count", "log"]);
      const page = await ask(client, "langgraph/timeline", { before: think, limit: 2 });
      assert.deepEqual([nodes(page), page.more], [[["fetch"], ["loop"]], true]);
      await assert.rejects(
        client.request("langgraph/timeline", { limit: 0 }),
        /"limit" must be a whole number/,
      );

      const at = await ask(client, "langgraph/checkpoint", { checkpointId: fetch });
      assert.deepEqual([at.checkpoint.step, at.checkpoint.source, at.graph], [1, "loop", ""]);
      assert.deepEqual(
        at.tasks.map(({ node, status }) => [node, status]),
        [["think", "done"]],
      );
      const state = await client.variables(at.variablesReference);
      assert.deepEqual(
        state.map(({ name, value, presentationHint }) => [name, value, presentationHint?.attributes]),
        [
          ["topic", quote("BEES AND WASPS"), ["readOnly"]],
          ["count", "1", ["readOnly"]],
          ["log", state[2]?.value, ["readOnly"]],
        ],
      );
      assert.equal(at.namedVariables, 3);
      assert.deepEqual(
        (await client.variables(at.writesReference)).map(({ name }) => name),
        ["fetch"],
      );
      assert.equal((await ask(client, "langgraph/checkpoint", { checkpointId: start })).writesReference, 0);
      const brief = await ask(client, "langgraph/checkpoint", { checkpointId: fetch, writes: false });
      assert.deepEqual([brief.writesReference, brief.variablesReference], [0, at.variablesReference]);
      await assert.rejects(ask(client, "langgraph/checkpoint", { checkpointId: "nothing" }), (error) => {
        // Who asked tells it, not the client once more.
        assert.ok(error instanceof RequestFailed && /nothing/.test(error.message));
        return error.body.error?.showUser === false;
      });
      await assert.rejects(
        client.request("setVariable", {
          variablesReference: at.variablesReference,
          name: "count",
          value: "2",
        }),
        /Go back there first/,
      );

      const whole = await ask(client, "langgraph/value", { checkpointId: think, path: ["log"] });
      for (const most of [1, 9, whole.json.length - 1]) {
        const some: object = await ask(client, "langgraph/value", {
          checkpointId: think,
          path: ["log"],
          most,
        });
        assert.deepEqual(some, { json: whole.json.slice(0, most), shortened: true });
      }
      const most = whole.json.length;
      assert.deepEqual(
        await ask(client, "langgraph/value", { checkpointId: think, path: ["log"], most }),
        whole,
      );
      const value = async (path: (string | number)[]): Promise<unknown> =>
        JSON.parse((await ask(client, "langgraph/value", { checkpointId: think, path })).json);
      assert.deepEqual(await value(["log", 1]), "fetch");
      assert.deepEqual(await value([]), {
        topic: "BEES AND WASPS",
        count: 2,
        log: ["start", "fetch", "think"],
      });
      await assert.rejects(value(["log", 7]), /no variable "7"/);

      const written = await ask(client, "langgraph/keyHistory", { checkpointId: think });
      assert.deepEqual(written.writings.map(({ key, nodes: by, step }) => [key, by, step]).sort(), [
        ["count", ["think"], 2],
        ["log", ["think"], 2],
        ["topic", ["fetch"], 1],
      ]);
      const log = await ask(client, "langgraph/keyHistory", { checkpointId: think, key: "log", limit: 2 });
      assert.deepEqual(
        log.writings.map(({ checkpointId }) => checkpointId),
        [think, fetch],
      );

      await ask(client, "langgraph/annotate", { checkpointId: think, name: "well thought", note: "twice" });
      await assert.rejects(ask(client, "langgraph/annotate", { checkpointId: think }), /"name" or "note"/);

      // Another branch from the start, on which the past that was looked at stays open.
      await client.go("langgraph/fork", { checkpointId: start });
      await client.evaluate(`topic = ${quote("bees and ants")}`);
      await client.go("continue");
      assert.deepEqual(
        (await client.variables(at.variablesReference))
          .map(({ name, value: shown }) => [name, shown])
          .slice(0, 2),
        [
          ["topic", quote("BEES AND WASPS")],
          ["count", "1"],
        ],
      );
      const items = state.find(({ name }) => name === "log")?.variablesReference ?? 0;
      assert.equal(
        (await client.variables(items, { filter: "indexed", start: 1, count: 1 }))[0]?.value,
        quote("fetch"),
      );
      const second = await ask(client, "langgraph/timeline", {});
      assert.deepEqual(nodes(second).slice(0, 3), [
        ["think"],
        ["fetch"],
        second.entries[2]?.tasks.length ? ["loop"] : ["fork"],
      ]);
      const [newest, , copy] = second.entries;
      assert.deepEqual([copy?.forkedFrom, copy?.edits, second.cursor], [start, 1, newest?.id]);
      const named = second.entries.find(({ id }) => id === think);
      assert.deepEqual([named?.name, named?.note], ["well thought", "twice"]);

      const differ = await ask(client, "langgraph/diff", {
        from: { checkpointId: think },
        to: { checkpointId: newest?.id ?? "" },
      });
      assert.deepEqual(differ, {
        changes: [
          {
            key: "topic",
            path: [],
            change: "changed",
            from: "BEES AND WASPS",
            to: "BEES AND ANTS",
            text: [
              { kind: "same", text: "BEES AND " },
              { kind: "removed", text: "WASPS" },
              { kind: "added", text: "ANTS" },
            ],
          },
        ],
        more: false,
      });
      const ofOne = { from: { checkpointId: think }, to: { checkpointId: newest?.id ?? "" } };
      assert.deepEqual(await ask(client, "langgraph/diff", { ...ofOne, key: "topic" }), differ);
      assert.deepEqual(await ask(client, "langgraph/diff", { ...ofOne, key: "log" }), {
        changes: [],
        more: false,
      });
      await assert.rejects(
        client.request("langgraph/diff", { from: { checkpointId: think }, to: 1 }),
        /"to" must be/,
      );
      await assert.rejects(
        client.request("langgraph/diff", { from: {}, to: {} }),
        /"from": "checkpointId" must be/,
      );

      // Between threads.
      await client.go("restart", {});
      const other = await ask(client, "langgraph/timeline", {});
      const threads = await ask(client, "langgraph/diff", {
        from: { threadId: "past", checkpointId: fetch },
        to: { checkpointId: other.live ?? "" },
      });
      assert.deepEqual(
        threads.changes.map(({ key, path, change, from, to }) => [
          key,
          path,
          change,
          from ?? null,
          to ?? null,
        ]),
        [
          ["count", [], "changed", 1, 2],
          ["log", [2], "added", null, "think"],
        ],
      );
      const [topic] = await client.variables(at.variablesReference);
      assert.equal(topic?.value, quote("BEES AND WASPS"));
      const past = await ask(client, "langgraph/timeline", { threadId: "past" });
      assert.deepEqual([past.total, past.cursor], [second.total, undefined]);
      await client.close();
    });

    it("matches messages by their ids", async () => {
      const client = await bench.client();
      const input = { messages: [{ role: "user", content: "hello", id: "first" }] };
      await client.launch(bench.launch("messages", { input }));
      const { entries } = await ask(client, "langgraph/timeline", {});
      const [forgot, corrected, replied] = entries.map(({ id }) => ({ checkpointId: id }));
      assert.ok(forgot && corrected && replied);
      const changes = async (from: object, to: object): Promise<unknown[]> =>
        (
          await ask(client, "langgraph/diff", { from: from as typeof forgot, to: to as typeof forgot })
        ).changes.map(({ path, change, item, from: was, to: is }) => [
          change,
          path,
          item,
          typeof was === "string" ? [was, is] : [],
        ]);
      assert.deepEqual(await changes(replied, corrected), [
        ["changed", [1, "content"], 'ai: "I stand corrected."', ["You said: hello", "I stand corrected."]],
      ]);
      assert.deepEqual(await changes(corrected, forgot), [["removed", [0], 'human: "hello"', []]]);
      const { json } = await ask(client, "langgraph/value", {
        ...corrected,
        path: ["messages", 1, "content"],
      });
      assert.equal(JSON.parse(json), "I stand corrected.");

      // Messages as people write them are the graph's own, set or added, and one of a known id takes its place.
      const changed = async (mode: "set" | "reduce", messages: Json[]): Promise<string[]> => {
        client.markNow();
        await client.request("langgraph/updateState", { mode, values: { messages } });
        const found = await ask(client, "langgraph/checkpoint", forgot);
        assert.deepEqual(found.messageKeys, ["messages"]);
        const [list] = await client.variables(found.variablesReference);
        const items = await client.variables(list?.variablesReference ?? 0);
        return items.map(
          ({ type, value: shown }) => `${type} ${shown.replace(/ \(1 tool call.*/, " calls")}`,
        );
      };
      const call = { id: "call", name: "look", args: { far: 1 } };
      const asked = { role: "user", content: "again?", id: "second" };
      assert.deepEqual(await changed("reduce", [asked]), [
        'AIMessage ai: "I stand corrected."',
        'HumanMessage human: "again?"',
      ]);
      const replaced = { type: "ai", content: "Once more.", id: "reply", tool_calls: [call] };
      assert.deepEqual(await changed("reduce", [replaced, { type: "remove", id: "second", content: "" }]), [
        'AIMessage ai: "Once more." calls',
      ]);
      const whole = await ask(client, "langgraph/value", { ...forgot, path: ["messages"] });
      const [own] = JSON.parse(whole.json) as Json[];
      assert.deepEqual(await changed("set", [asked, own ?? null]), [
        'HumanMessage human: "again?"',
        'AIMessage ai: "Once more." calls',
      ]);
      await client.close();
    });

    it("is possible while the run goes on, and inside a subgraph", async () => {
      await using gate = await Gate.shut();
      const client = await bench.client();
      const input = { near: 0, far: 4, gate: gate.port };
      await client.launch(bench.launch("divisions", { input, stopOnEntry: true }));
      const { cursor } = await ask(client, "langgraph/timeline", {});
      const at = await ask(client, "langgraph/checkpoint", { checkpointId: cursor ?? "" });
      client.markNow();
      await client.request("continue", { threadId: 1 });
      await client.event("langgraph/task", ({ event, node }) => event === "start" && node === "share");
      await client.event("langgraph/task", ({ event, node }) => event === "end" && node === "split");
      const near = (await client.variables(at.variablesReference)).find(({ name }) => name === "near");
      assert.equal(near?.value, "0");
      const meanwhile = await ask(client, "langgraph/timeline", {});
      assert.deepEqual([meanwhile.cursor, meanwhile.live], [undefined, cursor]);
      assert.deepEqual(
        (await ask(client, "langgraph/checkpoint", { checkpointId: cursor ?? "" })).tasks
          .map(({ node }) => node)
          .sort(),
        ["child", "fine", "share"],
      );
      gate.open();
      assert.equal((await client.event("stopped")).reason, "exception");
      const { threads } = await ask(client, "langgraph/threads", {});
      assert.deepEqual(
        threads.map(({ status, at: where }) => [status, where]),
        [["failed", ["share"]]],
      );
      await client.evaluate("near = 3");
      assert.equal((await client.go("continue")).reason, "end");
      const { entries } = await ask(client, "langgraph/timeline", {});
      const child = entries.flatMap(({ tasks }) => tasks).find(({ node }) => node === "child");
      assert.equal(child?.subgraph?.checkpoints, 4);
      const inside = await ask(client, "langgraph/timeline", { namespace: child?.subgraph?.namespace ?? "" });
      assert.deepEqual(nodes(inside), [["split"], ["weigh"], ["loop"], ["input"]]);
      const [split] = inside.entries;
      const there = { namespace: split?.namespace ?? "", checkpointId: split?.id ?? "" };
      const state = await ask(client, "langgraph/checkpoint", there);
      assert.equal(state.graph, "child");
      const { json } = await ask(client, "langgraph/value", { ...there, path: ["results", 0] });
      assert.equal(JSON.parse(json), "12 / 4 = 3");
      await client.close();
    });
  });
}
