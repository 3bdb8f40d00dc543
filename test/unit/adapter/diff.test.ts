// What differs between two values, as a table: objects by key, lists by id or content, texts by word.

import assert from "node:assert/strict";
import fc from "fast-check";
import { Difference } from "../../../src/adapter/diff/values.ts";
import { wordsBetween } from "../../../src/adapter/diff/words.ts";
import type { Json } from "../../../src/model/json.ts";
import type { Change, DiffBody } from "../../../src/protocol/dap.ts";

function differ(from: Json | undefined, to: Json | undefined): DiffBody {
  const difference = new Difference();
  difference.compare("k", from, to);
  return difference.toBody();
}

/** `changed a.0: 1 -> 2`, as the table below writes a change. */
function line({ path, change, from, to, item }: Change): string {
  const name = item === undefined ? "" : ` (${item})`;
  const values = [from, to].flatMap((value) => (value === undefined ? [] : [JSON.stringify(value)]));
  return `${change} ${path.join(".")}${name}: ${values.join(" -> ")}`;
}

const message = (id: string, content: string, type = "ai"): Json => ({ type, content, id });

const table: [about: string, from: Json | undefined, to: Json | undefined, changes: string[]][] = [
  ["equal values", { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
  ["a value for another", 1, 2, ["changed : 1 -> 2"]],
  ["a value of another type", "1", 1, ['changed : "1" -> 1']],
  ["null for an object", null, {}, ["changed : null -> {}"]],
  ["a list for an object", [], {}, ["changed : [] -> {}"]],
  ["a key that one state lacks", undefined, 5, ["added : 5"]],
  ["a key that the other state lacks", false, undefined, ["removed : false"]],
  [
    "keys of objects, at any depth",
    { a: { x: 1, y: 2 }, b: 1, c: 0 },
    { a: { x: 1, y: 3, z: null }, c: 0 },
    ["changed a.y: 2 -> 3", "added a.z: null", "removed b: 1"],
  ],
  ["an item at the end", [1, 2], [1, 2, 3], ["added 2: 3"]],
  ["an item at the start", [1, 2], [0, 1, 2], ["added 0: 0"]],
  ["an item from the middle", ["a", "b", "c"], ["a", "c"], ['removed 1: "b"']],
  ["an item for another", [1, 2, 3], [1, 5, 3], ["changed 1: 2 -> 5"]],
  [
    "an item without an id by what it holds",
    [{ n: 1 }, { n: 2, m: 0 }, { n: 3 }],
    [{ n: 0 }, { n: 1 }, { n: 2, m: 1 }, { n: 3 }],
    ['added 0: {"n":0}', "changed 2.m: 0 -> 1"],
  ],
  [
    "messages by their ids",
    [message("1", "hi", "human"), message("2", "Dear Ada"), message("3", "bye")],
    [message("2", "Dear Bob"), message("4", "new"), message("3", "bye")],
    [
      'removed 0 (human: "hi"): {"type":"human","content":"hi","id":"1"}',
      'changed 0.content (ai: "Dear Bob"): "Dear Ada" -> "Dear Bob"',
      'added 1 (ai: "new"): {"type":"ai","content":"new","id":"4"}',
    ],
  ],
  [
    "an item that stands elsewhere, which changed too",
    [{ id: 1, n: 0 }, { id: 2 }, { id: 3 }],
    [{ id: 2 }, { id: 3 }, { id: 1, n: 9 }],
    ["moved 2 (1): 0 -> 2", "changed 2.n (1): 0 -> 9"],
  ],
  [
    "items with an id that two of them have, by what they hold",
    [
      { id: "a", n: 1 },
      { id: "a", n: 2 },
    ],
    [{ id: "a", n: 2 }],
    ['removed 0 (a): {"id":"a","n":1}'],
  ],
];

describe("the difference between two values", () => {
  for (const [about, from, to, changes] of table) {
    it(`tells ${about}`, () => {
      const body = differ(from, to);
      assert.deepEqual(body.changes.map(line), changes);
      assert.equal(body.more, false);
    });
  }

  it("tells texts by word, so that both can be put together again", () => {
    const [from, to] = ["Dear Ada,\nthe bill is due on Monday.", "Dear Bob,\nthe bill was due on Friday."];
    const text = differ(from, to).changes[0]?.text ?? [];
    assert.deepEqual(
      text.map(({ kind, text: part }) => `${kind} ${part}`),
      [
        "same Dear ",
        "removed Ada",
        "added Bob",
        "same ,\nthe bill ",
        "removed is",
        "added was",
        "same  due on ",
        "removed Monday",
        "added Friday",
        "same .",
      ],
    );
    const words = fc.string({ unit: fc.constantFrom("a", "b", " ", "\n", ".", "ж", "蜂", "😀") });
    fc.assert(
      fc.property(words, words, (one, other) => {
        const parts = wordsBetween(one, other, 1_000);
        if (!parts) return;
        const without = (kind: string): string =>
          parts.map((part) => (part.kind === kind ? "" : part.text)).join("");
        assert.deepEqual([without("added"), without("removed")], [one, other]);
      }),
    );
  });

  it("leaves texts whole that have no word in common, or are too long to compare", () => {
    const long = "word ".repeat(50_000);
    assert.equal(differ("bees", "WASPS!").changes[0]?.text, undefined);
    const [change] = differ(long, `${long}!`).changes;
    assert.deepEqual([change?.text, change?.shortened], [undefined, true]);
    assert.equal(String(change?.from).length, 20_001);
  });

  it("shortens what is long, and says so", () => {
    const { changes } = differ({}, { list: Array(100_000).fill(1), small: [1, "é".repeat(300)] });
    const [list, small] = changes;
    assert.deepEqual([list?.shortened, small?.shortened], [true, undefined]);
    assert.match(String((list?.to as Json[] | undefined)?.at(-1)), /^… \d+ more$/);
    assert.ok(JSON.stringify(changes).length < 50_000);
  });

  it("tells at most 1,000 changes", () => {
    const numbers = (step: number): Json =>
      Array.from({ length: 1_001 }, (_, index) => ({ n: index + step }));
    const body = differ(numbers(0), numbers(5_000));
    assert.deepEqual([body.changes.length, body.more], [1_000, true]);
    assert.equal(differ([], Array(1_000).fill(0)).more, false);
  });

  it("finds for any two values nothing where they are equal, and something where they are not", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const [from, to] = [
          JSON.parse(JSON.stringify(one)) as Json,
          JSON.parse(JSON.stringify(other)) as Json,
        ];
        assert.deepEqual(differ(from, structuredClone(from)).changes, []);
        assert.equal(
          differ(from, to).changes.length === 0,
          JSON.stringify(from) === JSON.stringify(to) || isEqual(from, to),
        );
      }),
    );
  });
});

function isEqual(from: Json, to: Json): boolean {
  try {
    assert.deepEqual(from, to);
    return true;
  } catch {
    return false;
  }
}
