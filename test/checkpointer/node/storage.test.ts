// What a checkpoint costs in the file: content that is there already is not stored again.

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { HumanMessage } from "@langchain/core/messages";
import type { RunnableConfig } from "@langchain/core/runnables";
import { Send } from "@langchain/langgraph";
import { DeltaSnapshot } from "@langchain/langgraph-checkpoint";
import type { FileSaver } from "../../../runtime/node/checkpointer/index.ts";
import { Place, put, thread, type Values, valuesAt } from "./helper.ts";

function text(at: number): string {
  return `message ${at} ${"lorem ipsum ".repeat(45)}`.slice(0, 540);
}

describe("storage of the checkpoint file", () => {
  let place: Place;
  let saver: FileSaver;
  beforeEach(() => {
    place = new Place();
    saver = place.open();
  });
  afterEach(() => place.dispose());

  /** Bytes of values in the file, and the number of blobs. */
  function stored(): { bytes: number; blobs: number } {
    saver.flushSync();
    const database = new DatabaseSync(place.path, { readOnly: true });
    const row = database
      .prepare(
        "SELECT (SELECT total(length(data)) FROM blobs) + (SELECT total(length(channels)) FROM checkpoints) AS bytes, " +
          "(SELECT count(*) FROM blobs) AS blobs",
      )
      .get() as { bytes: number; blobs: number };
    database.close();
    return { bytes: Number(row.bytes), blobs: Number(row.blobs) };
  }

  async function cost(action: () => Promise<unknown>): Promise<{ bytes: number; blobs: number }> {
    const before = stored();
    await action();
    const after = stored();
    return { bytes: after.bytes - before.bytes, blobs: after.blobs - before.blobs };
  }

  const many = (length: number) =>
    Array.from({ length }, (_, at) => new HumanMessage({ content: text(at), id: `${at}` }));

  it("stores an unchanged value once, in the next checkpoint and in a fork", async () => {
    const values = { messages: many(100), document: { text: text(0), tags: ["a", "b"] } };
    const first = await put(saver, thread("t"), values);
    const next = await cost(() => put(saver, first, { ...values, messages: [...values.messages] }, 1));
    assert.equal(next.blobs, 0);
    const fork = await cost(() => put(saver, first, values, 2, { source: "fork" }));
    assert.equal(fork.blobs, 0);
  });

  it("stores a value once that another process has read from the file", async () => {
    const config = await put(saver, thread("t"), { messages: many(100) });
    saver.close();
    saver = place.open();
    const values = await valuesAt(saver, config);
    const next = await cost(() => put(saver, config, values, 1));
    assert.equal(next.blobs, 0);
  });

  for (const length of [100, 1000, 10_000]) {
    it(`takes about one item when a list of ${length} grows by one`, async () => {
      const messages = many(length);
      const first = await put(saver, thread("t"), { messages });
      const grown = [...messages, new HumanMessage({ content: text(length), id: "new" })];
      const { bytes } = await cost(() => put(saver, first, { messages: grown }, 1));
      // 540 bytes of text, the rest of the message, and one part of at most 64 hashes on each of three levels.
      assert.ok(bytes < 540 + 300 + 3 * 64 * 19, `${bytes} bytes`);
    });
  }

  it("takes about one item when one in the middle of a list is changed, added or removed", async () => {
    const messages = many(2000);
    const config = await put(saver, thread("t"), { messages });
    const other = new HumanMessage({ content: text(-1), id: "other" });
    for (const changed of [
      messages.with(1000, other),
      messages.toSpliced(1000, 0, other),
      messages.toSpliced(1000, 1),
    ]) {
      const { bytes } = await cost(() => put(saver, config, { messages: changed }, 1));
      assert.ok(bytes < 540 + 300 + 6 * 64 * 19, `${bytes} bytes`);
    }
  });

  it("stores once what is sent to several nodes together with the state", async () => {
    const messages = many(100);
    const first = await put(saver, thread("t"), { messages });
    const { bytes } = await cost(async () => {
      await saver.putWrites(
        first,
        ["a", "b"].map((name) => ["__pregel_tasks", new Send("node", { messages, name })]),
        "task",
      );
    });
    assert.ok(bytes < 1500, `${bytes} bytes`);
  });

  it("shares the snapshots of a delta channel with one another, also after a prune", async () => {
    const messages = many(200);
    const first = await put(saver, thread("t"), { log: new DeltaSnapshot(messages) });
    const log = new DeltaSnapshot([...messages, new HumanMessage({ content: text(200), id: "new" })]);
    let last = first;
    const { bytes } = await cost(async () => {
      last = await put(saver, first, { log }, 1);
    });
    assert.ok(bytes < 540 + 300 + 3 * 64 * 19, `${bytes} bytes`);
    await saver.prune(["t"]);
    assert.deepStrictEqual(JSON.stringify(await valuesAt(saver, last)), JSON.stringify({ log }));
  });

  it("stores a state of many keys in parts that do not change with one of them", async () => {
    const values = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`key ${at}`, `value ${at}`]));
    const first = await put(saver, thread("t"), values);
    const { bytes } = await cost(() => put(saver, first, { ...values, "key 250": "changed" }, 1));
    assert.ok(bytes < 3 * 64 * 30, `${bytes} bytes`);
  });

  it("takes a few parts when an array of numbers grows or changes in the middle", async () => {
    const numbers = Array.from({ length: 50_000 }, (_, at) => at / 7);
    const config = await put(saver, thread("t"), { numbers });
    for (const changed of [[...numbers, 0.5], numbers.with(25_000, 0.5), numbers.toSpliced(25_000, 0, 0.5)]) {
      const { bytes } = await cost(() => put(saver, config, { numbers: changed }, 1));
      assert.ok(bytes < 12_000, `${bytes} bytes of ${JSON.stringify(numbers).length}`);
    }
  });

  it("takes as much for the last turns of a conversation as for the first", async () => {
    let config = thread("t");
    let messages: HumanMessage[] = [];
    const turn = async (at: number) => {
      messages = [...messages, new HumanMessage({ content: text(at), id: `${at}` })];
      config = await put(saver, config, { messages }, at);
    };
    for (let at = 0; at < 100; at += 1) await turn(at);
    const early = await cost(async () => {
      for (let at = 100; at < 200; at += 1) await turn(at);
    });
    for (let at = 200; at < 900; at += 1) await turn(at);
    const late = await cost(async () => {
      for (let at = 900; at < 1000; at += 1) await turn(at);
    });
    assert.ok(late.bytes < early.bytes * 1.2, `${early.bytes}, then ${late.bytes} bytes for 100 turns`);
  });

  const mutations: Record<string, (values: Values) => void> = {
    "a field of a message": (values) => {
      const message = (values.messages as HumanMessage[])[50] as HumanMessage;
      message.content = "changed";
    },
    "something deep in a message": (values) => {
      const message = (values.messages as HumanMessage[])[50] as HumanMessage;
      message.additional_kwargs.deep = { at: 1 };
    },
    "an item pushed to a list": (values) => {
      (values.messages as unknown[]).push("more");
    },
    "a number in a long array": (values) => {
      (values.numbers as number[])[500] = -1;
    },
    "the sign of a zero": (values) => {
      (values.numbers as number[])[0] = -0;
    },
    "a key of an object": (values) => {
      delete (values.object as Values).a;
    },
    "an entry of a Map": (values) => {
      (values.map as Map<string, unknown>).set("a", 2);
    },
    "a Date": (values) => {
      (values.date as Date).setTime(99);
    },
    "a byte": (values) => {
      (values.bytes as Uint8Array)[999] = 1;
    },
    "a field of an instance": (values) => {
      (values.instance as { x: number }).x = 2;
    },
  };
  for (const [name, mutate] of Object.entries(mutations)) {
    it(`sees a change in place of ${name}`, async () => {
      const values: Values = {
        messages: many(100),
        numbers: Array.from({ length: 1000 }, (_, at) => at),
        object: { a: 1, b: "x".repeat(100), c: { d: [1] } },
        map: new Map<string, unknown>([
          ["a", 1],
          ["b", "x".repeat(100)],
        ]),
        date: new Date(1),
        bytes: new Uint8Array(1000),
        instance: new (class Box {
          x = 1;
        })(),
      };
      const first = await put(saver, thread("t"), values);
      const again = (await put(saver, first, values, 1)) satisfies RunnableConfig;
      mutate(values);
      const second = await put(saver, again, values, 2);
      saver.close();
      saver = place.open();
      const [before, after] = [await valuesAt(saver, again), await valuesAt(saver, second)];
      assert.notDeepStrictEqual(after, before);
      // A message is made anew from what it has now; the instance comes back as a placeholder with its fields.
      const fields = ({ messages, instance, ...rest }: Values) => [
        JSON.stringify(messages),
        { ...(instance as object) },
        rest,
      ];
      assert.deepStrictEqual(fields(after), fields(values));
    });
  }

  it("serialises at the put: what changes afterwards is not in that checkpoint", async () => {
    const values = { list: [1, 2] };
    const putting = put(saver, thread("t"), values);
    values.list.push(3);
    assert.deepStrictEqual(await valuesAt(saver, await putting), { list: [1, 2] });
  });
});
