// Every shape of payload that asks a person, in both casings, and the answer that each decision makes.
import assert from "node:assert/strict";
import type { Json } from "../../../src/model/json.ts";
import {
  answerOf,
  type Draft,
  emptyDraft,
  examples,
  schemaLike,
} from "../../../src/model/questions/answer.ts";
import { recognise } from "../../../src/model/questions/recognise.ts";
import { questionLine } from "../../../src/model/questions/text.ts";

const human = (config: Json): Json => ({
  action_request: { action: "send", args: { to: "ann", copies: 2 } },
  config,
  description: "# Confirm Mail\nTo Ann",
});
const all = { allow_ignore: true, allow_respond: true, allow_edit: true, allow_accept: true };
const python: Json = {
  action_requests: [
    { name: "send", args: { to: "ann" }, description: "Mail" },
    { name: "wipe", args: { path: "/" } },
  ],
  review_configs: [
    { action_name: "wipe", allowed_decisions: ["approve", "reject"] },
    {
      action_name: "send",
      allowed_decisions: ["approve", "edit", "reject", "respond"],
      args_schema: { type: "object", properties: { to: { type: "string" } } },
    },
  ],
};
const javascript: Json = {
  actionRequests: [{ name: "send", args: { copies: 1 } }],
  reviewConfigs: [{ actionName: "send", allowedDecisions: ["approve", "edit"] }],
};
const early: Json = {
  action_requests: [{ name: "send", arguments: { copies: 1 } }],
  review_configs: [
    {
      action_name: "send",
      allowed_decisions: ["edit"],
      description: "Mail",
      arguments_schema: { type: "object" },
    },
  ],
};
const approval: Json = {
  type: "tool_approval",
  tool_call_id: "c1",
  name: "send",
  args: { to: "ann" },
  description: "Mail",
};

/** The answer of these decisions. */
function decide(value: Json, calls: NonNullable<Draft["calls"]>, schema?: Json): unknown {
  return answerOf(recognise(value, schema), { way: "form", calls });
}

describe("calls that wait for a decision", () => {
  it("allows what a HumanInterrupt allows", () => {
    const question = recognise(human({ ...all, allow_ignore: false }));
    assert.ok(question.kind === "calls");
    assert.deepEqual(question.calls[0]?.decisions, ["accept", "edit", "response"]);
    assert.equal(question.calls[0]?.description, "# Confirm Mail\nTo Ann");
  });

  for (const [calls, answer] of [
    [{ decision: "accept" }, { type: "accept", args: null }],
    [{ decision: "ignore" }, { type: "ignore", args: null }],
    [
      { decision: "response", message: "Later" },
      { type: "response", args: "Later" },
    ],
    [
      { decision: "edit", args: { to: "ann", copies: 3 } },
      { type: "edit", args: { action: "send", args: { to: "ann", copies: 3 } } },
    ],
  ] as const) {
    it(`answers a HumanInterrupt with ${calls.decision}, as a list only where it is asked in one`, () => {
      assert.deepEqual(decide(human(all), [calls]), { answer });
      assert.deepEqual(decide([human(all)], [calls]), { answer: [answer] });
    });
  }

  it("reads the calls of a HITLRequest with their own schemas and decisions", () => {
    const question = recognise(python);
    assert.ok(question.kind === "calls");
    assert.deepEqual(
      question.calls.map(({ name, decisions, argsSchema }) => [name, decisions, argsSchema !== undefined]),
      [
        ["send", ["approve", "edit", "reject", "respond"], true],
        ["wipe", ["approve", "reject"], false],
      ],
    );
  });

  it("answers a HITLRequest with one decision a call, in their order", () => {
    assert.deepEqual(decide(python, [{ decision: "respond", message: "No need" }, { decision: "reject" }]), {
      answer: { decisions: [{ type: "respond", message: "No need" }, { type: "reject" }] },
    });
    assert.deepEqual(
      decide(python, [
        { decision: "edit", args: { to: "bob" } },
        { decision: "reject", message: "Dangerous" },
      ]),
      {
        answer: {
          decisions: [
            { type: "edit", edited_action: { name: "send", args: { to: "bob" } } },
            { type: "reject", message: "Dangerous" },
          ],
        },
      },
    );
  });

  it("says what is not decided yet", () => {
    assert.deepEqual(decide(python, [{ decision: "approve" }]), { missing: "Decide on wipe." });
    assert.deepEqual(decide(python, [{ decision: "respond" }, { decision: "approve" }]), {
      missing: "Write the reply for send.",
    });
    assert.deepEqual(decide(python, [{ decision: "approve" }, { decision: "edit" }]), {
      missing: "Decide on wipe.",
    });
  });

  it("writes camel case where JavaScript asks", () => {
    assert.deepEqual(decide(javascript, [{ decision: "edit", args: { copies: 5 } }]), {
      answer: { decisions: [{ type: "edit", editedAction: { name: "send", args: { copies: 5 } } }] },
    });
  });

  it("knows the names of early versions", () => {
    const question = recognise(early);
    assert.ok(question.kind === "calls");
    assert.deepEqual(question.calls, [
      {
        name: "send",
        args: { copies: 1 },
        decisions: ["edit"],
        description: "Mail",
        argsSchema: { type: "object" },
      },
    ]);
    assert.deepEqual(decide(early, [{ decision: "edit" }]), {
      answer: { decisions: [{ type: "edit", edited_action: { name: "send", arguments: { copies: 1 } } }] },
    });
  });

  it("answers the approval of a single call with the bare decision, schema or not", () => {
    const schema = { type: "object" };
    assert.deepEqual(decide(approval, [{ decision: "approve" }], schema), { answer: { type: "approve" } });
  });

  it("takes none for calls that only look like them", () => {
    for (const value of [
      { action_requests: [] },
      { action_requests: [1] },
      { action_request: { args: {} } },
      [human(all), 1],
      { type: "tool_approval" },
    ] as Json[])
      assert.notEqual(recognise(value).kind, "calls");
  });
});

describe("free questions", () => {
  const long = "Dear Ann,\nwe have your order.";
  for (const [value, ways] of [
    ["What is your name?", ["text"]],
    ["Do you approve?", ["yesNo"]],
    [{ question: "Approve the draft?", draft: long }, ["yesNo", "editText"]],
    [{ question: "Is this correct?", call: { name: "f" } }, ["yesNo", "editObject"]],
    [{ question: "Please correct the text.", text: "short" }, ["editText"]],
    [{ question: "Would you like to edit it?", draft: long }, ["yesNo", "editText"]],
    ["How many copies?", ["number"]],
    [{ question: "Which one?", options: ["a", "b"] }, ["choice"]],
    [{ task: "Review and edit the summary.", summary: "short" }, ["editText"]],
    [{ instruction: "Look at this", content: { name: "Ann", age: 36 } }, ["editObject"]],
    [{ name: "Ann", age: 36 }, ["editObject"]],
    [[1, 2], ["text"]],
    [null, ["text"]],
    [12, ["text"]],
  ] as [Json, string[]][]) {
    it(`offers ${ways} for ${JSON.stringify(value)}`, () => {
      const question = recognise(value);
      assert.ok(question.kind === "free");
      assert.deepEqual(question.ways.slice(0, ways.length), ways);
      for (const way of ["text", "json", "yesNo", "number"] as const) assert.ok(question.ways.includes(way));
    });
  }

  const edit: Json = { task: "Edit the summary.", summary: long };
  const item: Json = { instruction: "Look", content: { name: "Ann", age: 36 } };
  for (const [what, value, draft, made] of [
    ["no", "Ok?", { way: "yesNo", yes: false }, { answer: false }],
    ["zero", "How many?", { way: "number", number: "0" }, { answer: 0 }],
    ["a fraction", "How many?", { way: "number", number: " -.5e1 " }, { answer: -5 }],
    ["no number", "How many?", { way: "number", number: "0x1" }, { missing: '"0x1" is not a number.' }],
    ["the empty text", "Name?", { way: "text", text: "" }, { answer: "" }],
    ["nothing typed", "Name?", { way: "text" }, { missing: "Type an answer." }],
    ["digits as text", "Name?", { way: "text", text: "42" }, { answer: "42" }],
    ["null", "Name?", { way: "json", json: "null" }, { answer: null }],
    ["an empty list", "Name?", { way: "json", json: " [] " }, { answer: [] }],
    ["an empty object", "Name?", { way: "json", json: "{}" }, { answer: {} }],
    ["the text as it was", edit, { way: "editText" }, { answer: long }],
    ["an edited text", edit, { way: "editText", text: "x" }, { answer: "x" }],
    [
      "an edited text under its key",
      edit,
      { way: "editText", text: "x", keyed: true },
      { answer: { summary: "x" } },
    ],
    ["the object as it was", item, { way: "editObject" }, { answer: { name: "Ann", age: 36 } }],
    ["an edited object", item, { way: "editObject", value: { age: 37 } }, { answer: { age: 37 } }],
    [
      "a choice",
      { question: "Which?", choices: [{ label: "One", value: 1 }, 2] },
      { way: "choice", choice: 0 },
      { answer: 1 },
    ],
  ] as [string, Json, Draft, object][]) {
    it(`sends ${what}`, () => assert.deepEqual(answerOf(recognise(value), draft), made));
  }
});

describe("a schema for the answer", () => {
  const schema: Json = {
    type: "object",
    properties: { size: { enum: ["small", "large"] }, count: { type: "integer", default: 1 } },
    required: ["size"],
  };

  it("makes a form that begins with its defaults", () => {
    const question = recognise("What would you like?", schema);
    assert.deepEqual(question, { kind: "schema", schema });
    assert.deepEqual(emptyDraft(question), { way: "form", value: { count: 1 } });
    assert.deepEqual(examples(question), [{ size: "small", count: 1 }]);
  });

  it("is none where it says nothing", () => {
    assert.equal(recognise("Which?", {}).kind, "free");
    assert.equal(recognise("Which?", true).kind, "free");
  });

  it("keeps the types of a value that is edited", () => {
    assert.deepEqual(schemaLike({ n: 1, t: "", list: [1, 2], mixed: [1, "a"], none: null }), {
      type: "object",
      properties: {
        n: { type: "number" },
        t: { type: "string" },
        list: { type: "array", items: { type: "number" } },
        mixed: { type: "array", items: {} },
        none: {},
      },
    });
  });
});

describe("the line of a question", () => {
  for (const [value, line] of [
    ["# Confirm Joke", "Confirm Joke"],
    ["\n\n## Plan ##\nmore", "Plan"],
    ["#1 in the list?", "#1 in the list?"],
    [{ question: "Ok?", message: "no" }, "Ok?"],
    [human(all), "Confirm Mail"],
    [[human(all)], "Confirm Mail"],
    [python, "Review send, wipe"],
    [javascript, "Review send"],
    [approval, "Mail"],
    [{ a: 1 }, '{"a":1}'],
    ["", ""],
    [null, "null"],
  ] as [Json, string][]) {
    it(`of ${JSON.stringify(value).slice(0, 60)} is ${line}`, () => assert.equal(questionLine(value), line));
  }

  it("stays short", () => assert.equal(questionLine("x".repeat(500)).length, 120));
});
