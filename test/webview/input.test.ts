// The input of a run in the panel, in a real browser: the form of its schema, JSON, and another turn.
import assert from "node:assert/strict";
import type { Json, PanelRequest, Picture } from "../../src/protocol/webview.ts";
import { ownPanel } from "./panel.ts";
import { states } from "./pictures.ts";

const schema: Json = {
  type: "object",
  properties: {
    topic: { type: "string" },
    count: { type: "integer", default: 2 },
    messages: { type: "array", items: { oneOf: [{ $ref: "#/$defs/HumanMessage" }, { type: "string" }] } },
  },
  required: ["topic"],
  $defs: { HumanMessage: { title: "HumanMessage", type: "object" } },
};
const waits: Partial<Picture> = {
  ...states.ended,
  status: { kind: "input", text: "Waiting for the input" },
  tasks: [],
};

describe("the panel's input", function () {
  this.timeout(60_000);
  const { panel, open: openPanel } = ownPanel();
  let inputs: Json[];
  let known: Json;
  let refusal: string | undefined;

  async function open(picture: Partial<Picture>): Promise<void> {
    inputs = [];
    known = schema;
    refusal = undefined;
    const answers = (asked: PanelRequest): unknown => {
      if (asked.type === "inputSchema") return known;
      if (asked.type === "timeline") return { entries: [], more: false, total: 0 };
      if (asked.type !== "input") return undefined;
      if (refusal !== undefined) throw new Error(refusal);
      inputs.push(asked.input);
      return null;
    };
    await openPanel({ width: 900, picture, answers });
  }
  const sends = (json: string): Promise<void> =>
    panel().page.locator("[data-sends]").getByText(json, { exact: true }).waitFor();

  it("is a form for the graph's schema, with the exact JSON that is sent", async () => {
    await open(waits);
    const { page } = panel();
    const topic = page.getByRole("textbox", { name: "topic" });
    await page.getByText('Does not fit the schema: The required property "topic" is missing.').waitFor();
    await topic.fill("bees");
    await sends('{"topic":"bees","count":2}');
    await page.getByRole("button", { name: "Add" }).click();
    await page.getByRole("textbox", { name: "content" }).fill("Hi");
    await sends('{"topic":"bees","count":2,"messages":[{"role":"user","content":"Hi"}]}');
    refusal = "The graph refused it.";
    await page.keyboard.press("Control+Enter");
    await page.getByRole("alert").getByText("The graph refused it.").waitFor();
    // What was typed is there again after a reload.
    await panel().reload();
    await panel().setTheme("dark");
    await panel().show(waits);
    await sends('{"topic":"bees","count":2,"messages":[{"role":"user","content":"Hi"}]}');
    refusal = undefined;
    await page.getByLabel("Input as").selectOption("json");
    await page.getByLabel("Input, as JSON").fill('{"topic": "wasps"}');
    await page.keyboard.press("Control+Enter");
    await panel().hears("input");
    await page.waitForFunction(() => !document.querySelector("button.primary:disabled"));
    assert.deepEqual(inputs, [{ topic: "wasps" }]);
  });

  it("is JSON where the graph has no schema, and begins another turn where the run has ended", async () => {
    await open(states.ended ?? {});
    known = {};
    const { page } = panel();
    await page.getByRole("heading", { name: "Another turn" }).waitFor();
    assert.equal(await page.locator(".card textarea").count(), 0, "the final state has the room");
    await page.getByRole("button", { name: "Input…" }).click();
    await page.getByLabel("Input, as JSON").fill("[1, null");
    await page.getByText("Not JSON").waitFor();
    await page.getByLabel("Input, as JSON").fill("[1, null]");
    await sends("[1,null]");
    await page.getByRole("button", { name: "Run another turn" }).click();
    await panel().hears("input");
    await page.waitForFunction(() => !document.querySelector("button.primary:disabled"));
    assert.deepEqual(inputs, [[1, null]]);
  });
});
