// Questions and answers at an interrupt: how the question reads, and what a typed answer stands for.
import assert from "node:assert/strict";
import {
  answerMistake,
  inputTemplate,
  jsonMistake,
  parseAnswer,
  questionText,
} from "../../src/extension/answers.ts";

describe("questionText", () => {
  for (const [value, text] of [
    ["Send this reply?", "Send this reply?"],
    [{ question: "Send this reply?", draft: "Dear Ada,\nyes." }, "Send this reply? · draft: Dear Ada, yes."],
    [{ action: "book", price: 120 }, "action: book · price: 120"],
    [[{ message: "Allow?", tool: { name: "search" } }], 'Allow? · tool: {"name":"search"}'],
    [["a", "b"], '["a","b"]'],
    [null, "null"],
  ] as const) {
    it(`puts ${JSON.stringify(value)}`, () => {
      assert.equal(questionText(value as Parameters<typeof questionText>[0]), text);
    });
  }

  it("stays short", () => {
    assert.ok(questionText({ question: "x".repeat(1000), draft: "y".repeat(1000) }).length <= 330);
  });
});

describe("parseAnswer", () => {
  for (const [text, value] of [
    ["approve", "approve"],
    ["true", true],
    ["42", 42],
    ['{"action": "edit"}', { action: "edit" }],
    ['"42"', "42"],
    ["", ""],
    ["{not json", "{not json"],
  ] as const) {
    it(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseAnswer(text, {}), value);
    });
  }

  it("takes a number for text where text is asked for", () => {
    assert.equal(parseAnswer("42", { responseSchema: { type: "string" } }), "42");
    assert.equal(parseAnswer('"42"', { responseSchema: { type: "string" } }), "42");
  });
});

describe("jsonMistake", () => {
  it("accepts plain text and JSON", () => {
    for (const text of ["approve", "not sure", '{"a": 1}', "[1]", '"text"']) {
      assert.equal(jsonMistake(text), undefined, text);
    }
  });

  it("says what is wrong with text that begins as JSON", () => {
    assert.match(jsonMistake('{"action": ') ?? "", /^Not valid JSON: /);
  });
});

describe("answerMistake", () => {
  const responseSchema = { type: "object", properties: { age: { type: "integer" } }, required: ["age"] };

  it("says what does not fit the schema, and takes what does", () => {
    assert.match(answerMistake('{"age": "old"}', { responseSchema }) ?? "", /^Does not fit.*age: /);
    assert.match(answerMistake('{"age"', { responseSchema }) ?? "", /^Not valid JSON/);
    assert.equal(answerMistake('{"age": 36}', { responseSchema }), undefined);
    assert.equal(answerMistake("anything", {}), undefined);
    assert.equal(answerMistake("42", { responseSchema: { type: "string" } }), undefined);
  });
});

describe("inputTemplate", () => {
  it("begins with the required fields", () => {
    const template = inputTemplate([
      { name: "messages", type: "array of any", value: "(required)" },
      { name: "limit", type: "integer", value: "5" },
      { name: "topic", type: "string", value: "(not set)" },
    ]);
    assert.deepEqual(template, {
      summary: "messages (array of any), limit (integer), topic (string)",
      example: '{"messages":[{"role":"user","content":""}],"topic":""}',
      start: '{"messages":[{"role":"user","content":""}]}',
    });
  });

  it("begins empty where nothing is required", () => {
    assert.deepEqual(inputTemplate([{ name: "topic", type: "string", value: '"cats"' }]), {
      summary: "topic (string)",
      example: "",
      start: "",
    });
  });
});
