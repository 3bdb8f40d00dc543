// Answers of each shape from the Debug Console over both languages: what is offered for them is taken as it is.

import assert from "node:assert/strict";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Json } from "../../../src/protocol/runtime.ts";
import type { Client } from "../client.ts";
import { Bench, languages } from "../languages.ts";

for (const language of languages) {
  describe(`shapes of answers in ${language.name}`, () => {
    const bench = Bench.in(language);

    const completions = async (client: Client, text: string): Promise<string[]> => {
      const { targets } = await client.request<DebugProtocol.CompletionsResponse["body"]>("completions", {
        text,
        column: text.length + 1,
      });
      return targets.map(({ label }) => label);
    };

    it("completes who asks, and answers of each shape, which are taken as they are", async () => {
      const client = await bench.client();
      const mail = { to: "ann", copies: 2 };
      const request = { action_request: { action: "send", args: mail }, config: { allow_ignore: false } };
      const python = {
        action_requests: [{ name: "send", args: mail }],
        review_configs: [{ action_name: "send", allowed_decisions: ["approve", "edit", "reject"] }],
      };
      const javascript = {
        actionRequests: [{ name: "send", args: mail }],
        reviewConfigs: [{ actionName: "send", allowedDecisions: ["approve", "edit"] }],
      };
      const order = {
        type: "object",
        properties: { size: { enum: ["small", "large"] }, count: { type: "integer", default: 1 } },
        required: ["size"],
      };
      const shapes: readonly (readonly [
        question: { value: Json; schema?: Json },
        answers: readonly Json[],
      ])[] = [
        [{ value: "Shall we go on?" }, [true, false]],
        [{ value: { question: "Which?", options: ["a", { label: "Two", value: 2 }] } }, ["a", 2]],
        [{ value: { instruction: "Edit it", draft: "Dear Ann" } }, ["Dear Ann"]],
        [{ value: { name: "Ann", age: 36 } }, [{ name: "Ann", age: 36 }]],
        [{ value: "Order?", schema: order }, [{ size: "small", count: 1 }]],
        [{ value: "Size?", schema: { enum: ["s", "l"] } }, ["s", "l"]],
        [{ value: "Sure?", schema: { type: "boolean" } }, [true, false]],
        [
          { value: [request] },
          [
            [{ type: "accept", args: null }],
            [{ type: "edit", args: { action: "send", args: mail } }],
            [{ type: "response", args: "" }],
          ],
        ],
        [
          { value: request },
          [
            { type: "accept", args: null },
            { type: "edit", args: { action: "send", args: mail } },
            { type: "response", args: "" },
          ],
        ],
        [
          { value: python },
          [
            { decisions: [{ type: "approve" }] },
            { decisions: [{ type: "edit", edited_action: { name: "send", args: mail } }] },
            { decisions: [{ type: "reject" }] },
          ],
        ],
        [
          { value: javascript },
          [
            { decisions: [{ type: "approve" }] },
            { decisions: [{ type: "edit", editedAction: { name: "send", args: mail } }] },
          ],
        ],
        [
          { value: { type: "tool_approval", tool_call_id: "c", name: "send", args: mail } },
          [
            { type: "approve" },
            { type: "edit", edited_action: { name: "send", args: mail } },
            { type: "reject" },
            { type: "respond", message: "" },
          ],
        ],
        [{ value: "What is your name?" }, []],
      ];
      const questions = shapes.map(([question]) => question);
      await client.launch(bench.launch("questions", { input: { questions } }));
      assert.deepEqual(await completions(client, "/resume a"), ["ask"]);
      assert.deepEqual(await completions(client, "/resume nobody "), []);
      const given: Json[] = [];
      for (const [{ value }, answers] of shapes) {
        const [name, ...offered] = await completions(client, "/resume ");
        assert.equal(name, "ask");
        const title = JSON.stringify(value);
        assert.deepEqual(
          offered.map((each) => JSON.parse(each)),
          answers,
          title,
        );
        assert.deepEqual(await completions(client, "/resume ask "), offered, title);
        // The last offer stands for all; a question that offers nothing takes any text.
        given.push(answers.at(-1) ?? "Ada");
        const expression = `/resume ${offered.at(-1) ?? "Ada"}`;
        await client.go("evaluate", { expression, context: "repl" });
      }
      const { answers } = (await client.state()) as { answers: Json[] };
      assert.deepEqual(answers, given);
      await client.close();
    });
  });
}
