// For any JSON: recognising never fails, and what is sent arrives as it was given.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json } from "../../../src/model/json.ts";
import { answerOf, emptyDraft, examples } from "../../../src/model/questions/answer.ts";
import { recognise } from "../../../src/model/questions/recognise.ts";
import { questionLine } from "../../../src/model/questions/text.ts";

const json = fc.jsonValue() as fc.Arbitrary<Json>;
const keys = [
  ...["action_request", "actionRequest", "action_requests", "actionRequests", "config", "description"],
  ...["review_configs", "reviewConfigs", "allowed_decisions", "type", "name", "args", "question", "options"],
];
/** Payloads that are nearly a known one. */
const { payload } = fc.letrec<{ payload: Json; object: Json }>((tie) => ({
  payload: fc.oneof(
    { maxDepth: 4 },
    json,
    fc.constantFrom<Json>("tool_approval", "approve", ["approve", "edit"]),
    fc.array(tie("object"), { maxLength: 2 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.constantFrom(...keys), tie("payload"), { maxKeys: 5 }),
}));

/** As it arrives in the graph: through JSON, where -0 is 0. */
const sent = (value: Json): Json => JSON.parse(JSON.stringify(value)) as Json;

describe("any payload", () => {
  it("is recognised as something that text and JSON can answer", () => {
    fc.assert(
      fc.property(payload, fc.option(payload, { nil: undefined }), json, (value, schema, answer) => {
        const question = recognise(value, schema);
        assert.equal(typeof questionLine(value), "string");
        for (const example of examples(question)) JSON.stringify(example);
        assert.ok(answerOf(question, emptyDraft(question)));
        assert.deepEqual(answerOf(question, { way: "text", text: "{" }), { answer: "{" });
        const made = answerOf(question, { way: "json", json: JSON.stringify(answer) });
        assert.deepEqual(made, { answer: sent(answer) });
      }),
      { numRuns: 500 },
    );
  });

  it("keeps edited arguments, texts and objects as they are", () => {
    fc.assert(
      fc.property(fc.string(), json, fc.boolean(), (text, args, snake) => {
        const request = { name: "f", args: {} };
        const value: Json = snake ? { action_requests: [request] } : { actionRequests: [request] };
        const calls = [{ decision: "edit" as const, args }];
        assert.deepEqual(answerOf(recognise(value), { way: "form", calls }), {
          answer: {
            decisions: [{ type: "edit", [snake ? "edited_action" : "editedAction"]: { name: "f", args } }],
          },
        });
        const edit = recognise({ task: "Edit it", draft: "x", more: { a: 1 } });
        assert.deepEqual(answerOf(edit, { way: "editText", text }), { answer: text });
        assert.deepEqual(answerOf(edit, { way: "editObject", value: args }), { answer: args });
        const schema = recognise("?", { type: "object" });
        assert.deepEqual(answerOf(schema, { way: "form", value: args }), { answer: args });
      }),
    );
  });

  it("takes a text of a megabyte", () => {
    const text = "é\n".repeat(524_288);
    assert.deepEqual(answerOf(recognise("Text?"), { way: "text", text }), { answer: text });
    assert.equal(questionLine(text).length, 1);
  });
});
