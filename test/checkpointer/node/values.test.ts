// What comes back out of the checkpoint file, in the process that put it and in another one.

import assert from "node:assert/strict";
import {
  AIMessage,
  AIMessageChunk,
  type AIMessageFields,
  ChatMessage,
  HumanMessage,
  RemoveMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { Send } from "@langchain/langgraph";
import { DeltaSnapshot, MemorySaver } from "@langchain/langgraph-checkpoint";
import fc from "fast-check";
import { Unavailable } from "../../../runtime/node/checkpointer/index.ts";
import { Place, put, thread, type Values, valuesAt } from "./helper.ts";

class Account {
  owner = "Ada";
  #balance = 5;
  get balance(): number {
    return this.#balance;
  }
}

describe("values in the checkpoint file", () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.dispose());

  /** The values as this process, and as another one, reads them. */
  async function roundTrip(values: Values): Promise<{ here: Values; elsewhere: Values }> {
    const saver = place.open();
    const config = await put(saver, thread("t"), values);
    const here = await valuesAt(saver, config);
    saver.close();
    // A saver has its own live values, as another process has.
    const elsewhere = await valuesAt(place.open(), config);
    return { here, elsewhere };
  }

  const plain: Record<string, unknown> = {
    text: "é \u0000 \ud800 😀",
    numbers: [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e21, 5e-324],
    bigint: { large: 10n ** 40n, negative: -1n },
    undefined: { there: undefined, nothing: null },
    onlyUndefined: undefined,
    date: [new Date(0), new Date(Number.NaN)],
    map: new Map<unknown, unknown>([
      [1, new Set(["a", 2n])],
      [{ key: true }, new Map()],
    ]),
    regexp: /a"b\/\n/giu,
    buffer: Buffer.from("hello"),
    largeBuffer: Buffer.alloc(10_000, 1),
    bytes: { small: new Uint8Array([1, 2]), large: new Uint8Array(10_000).fill(7) },
    arrays: [
      new Float64Array([1.5, Number.NaN]),
      new Int16Array([-1]),
      new BigInt64Array([1n]),
      new ArrayBuffer(3),
    ],
    view: new DataView(new ArrayBuffer(4), 1, 2),
    error: Object.assign(new TypeError("bad", { cause: new Error("inner") }), { code: "E_BAD" }),
    url: new URL("https://example.org/a?b=c"),
    symbol: Symbol.for("shared"),
    lookalike: { lc: 1, type: "constructor", id: ["langchain_core", "messages", "HumanMessage"], kwargs: {} },
    record: { deep: { lc: 2, type: "undefined" } },
    proto: JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'),
    manyNumbers: Array.from({ length: 5000 }, (_, at) => at / 3),
    manyTexts: Array.from({ length: 500 }, (_, at) => `item ${at}`),
    mixed: Array.from({ length: 300 }, (_, at) =>
      at % 3 === 0 ? at : at % 3 === 1 ? { at } : [`${at}`, null],
    ),
    wide: Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`key ${at}`, { text: "x".repeat(at) }])),
    oddKeys: { "\ud800": "x".repeat(3000), "": [] },
    empty: [[], {}, "", new Map(), new Set()],
  };

  for (const [name, value] of Object.entries(plain)) {
    it(`keeps ${name} as it is, here and elsewhere`, async () => {
      const { here, elsewhere } = await roundTrip({ [name]: value });
      assert.deepStrictEqual(here, { [name]: value });
      assert.deepStrictEqual(elsewhere, { [name]: value });
    });
  }

  it("keeps any tree of data", async () => {
    const saver = place.open();
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true });
    let step = 0;
    await fc.assert(
      fc.asyncProperty(anything, async (value) => {
        step += 1;
        const config = await put(saver, thread("t"), { value }, step);
        assert.deepStrictEqual(await valuesAt(saver, config), { value });
      }),
      { numRuns: 300 },
    );
  });

  it("makes messages of the user's own classes again, as LangGraph's own saver does", async () => {
    const messages = [
      new HumanMessage({ content: "hello", id: "1", name: "Ada" }),
      new SystemMessage("be kind"),
      new AIMessage({
        content: "",
        tool_calls: [{ name: "search", args: { q: "x" }, id: "c", type: "tool_call" }],
        response_metadata: { model: "m" },
      }),
      new AIMessage({
        content: [{ type: "text", text: "hi" }],
        usage_metadata: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
      } as AIMessageFields),
      new ToolMessage({ content: "found", tool_call_id: "c", artifact: { rows: [1] }, status: "error" }),
      new AIMessageChunk({ content: "part", tool_call_chunks: [{ name: "s", args: "{", index: 0 }] }),
      new ChatMessage({ content: "x", role: "judge" }),
      new RemoveMessage({ id: "1" }),
    ];
    const { here, elsewhere } = await roundTrip({ messages });
    const memory = new MemorySaver();
    const expected = await valuesAt(memory, await put(memory, thread("t"), { messages }));
    const shown = (values: Values) =>
      (values.messages as AIMessage[]).map((message) => [message.constructor, JSON.stringify(message)]);
    assert.deepStrictEqual(shown(here), shown(expected));
    assert.deepStrictEqual(shown(elsewhere), shown(expected));
    assert.ok((elsewhere.messages as unknown[])[0] instanceof HumanMessage);
  });

  it("keeps in a message what JSON would lose", async () => {
    const message = new ToolMessage({
      content: "",
      tool_call_id: "c",
      artifact: { at: new Date(5), big: 1n },
    });
    const { elsewhere } = await roundTrip({ message });
    assert.deepStrictEqual((elsewhere.message as ToolMessage).artifact, { at: new Date(5), big: 1n });
  });

  it("keeps LangGraph's own Send and DeltaSnapshot as LangGraph's own saver does", async () => {
    const values = { sends: [new Send("node", { a: 1 })], delta: new DeltaSnapshot([new Date(1)]) };
    const { elsewhere } = await roundTrip(values);
    assert.deepStrictEqual(elsewhere.sends, [{ node: "node", args: { a: 1 } }]);
    assert.ok(elsewhere.delta instanceof DeltaSnapshot);
    assert.deepStrictEqual(elsewhere.delta, values.delta);
  });

  it("gives functions, symbols and class instances back as the same objects in this process", async () => {
    const values = {
      run: () => 1,
      secret: Symbol("secret"),
      account: new Account(),
      inside: [{ call: () => 2 }],
    };
    const { here } = await roundTrip(values);
    assert.equal(here.run, values.run);
    assert.equal(here.secret, values.secret);
    assert.equal(here.account, values.account);
    assert.equal((here.account as Account).balance, 5);
    assert.equal((here.inside as typeof values.inside)[0]?.call, values.inside[0]?.call);
  });

  it("shows a placeholder with class, preview and data fields in another process", async () => {
    const { elsewhere } = await roundTrip({
      run: function search() {},
      account: new Account(),
      deep: [{ s: Symbol("x") }],
    });
    assert.equal(String(elsewhere.run), "<unavailable function: [Function: search]>");
    assert.equal(String(elsewhere.account), "<unavailable Account: Account { owner: 'Ada' }>");
    assert.equal((elsewhere.account as Account).owner, "Ada");
    assert.equal(String((elsewhere.deep as { s: unknown }[])[0]?.s), "<unavailable symbol: Symbol(x)>");
  });

  it("stores a placeholder again as the marker that it came from", async () => {
    const account = new Account();
    const first = place.open();
    const config = await put(first, thread("t"), { account });
    const second = place.open();
    await first.flush();
    const copied = await put(second, config, await valuesAt(second, config), 1);
    await second.flush();
    assert.equal((await valuesAt(first, copied)).account, account);
  });

  it("never lets one bad value harm the others", async () => {
    const cyclic: Values = { name: "cyclic" };
    cyclic.self = cyclic;
    let deep: Values = {};
    for (let at = 0; at < 100_000; at += 1) deep = { deep };
    const trap = new Proxy(
      {},
      {
        getPrototypeOf() {
          throw new Error("trap");
        },
        ownKeys() {
          throw new Error("trap");
        },
      },
    );
    const values = {
      before: 1,
      getter: {
        get boom() {
          throw new Error("boom");
        },
      },
      json: {
        inside: new (class {
          toJSON() {
            throw new Error("boom");
          }
        })(),
      },
      cyclic,
      inList: [1, cyclic, "two"],
      deep,
      trap,
      after: { fine: [1, 2] },
    };
    const { here, elsewhere } = await roundTrip(values);
    for (const name of ["getter", "cyclic", "deep", "trap"] as const)
      assert.equal(here[name], values[name], name);
    assert.equal((here.inList as unknown[])[1], cyclic);
    assert.deepStrictEqual([elsewhere.before, elsewhere.after], [1, { fine: [1, 2] }]);
    assert.deepStrictEqual(
      [(elsewhere.inList as unknown[])[0], (elsewhere.inList as unknown[])[2]],
      [1, "two"],
    );
    assert.ok(elsewhere.cyclic instanceof Unavailable);
  });

  it("does not follow an instance into the instances that it holds", async () => {
    class Connection {
      password = "secret";
    }
    class Client {
      name = "db";
      connection = new Connection();
    }
    const { elsewhere } = await roundTrip({ client: new Client() });
    const client = elsewhere.client as Client;
    assert.equal(client.name, "db");
    assert.equal(client.connection.password, undefined);
  });
});
