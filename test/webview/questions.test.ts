// The forms of the questions in a real browser: each shape, what it says it sends, and what it sends.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Json } from "../../src/protocol/webview.ts";
import { asked, questionsPage, text } from "./questions-page.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("the cards of questions", function () {
  this.timeout(60_000);
  const current = questionsPage();
  const button = (name: string | RegExp) => current().page.getByRole("button", { name });
  const choose = (name: string) => current().page.getByRole("radio", { name, exact: true }).check();
  const way = (name: string) => current().page.getByLabel("Answer as").selectOption(name);
  const continues = () => button("Answer and continue").click();
  const calls = (decisions: readonly string[], more: object = {}): Json => ({
    action_requests: [{ name: "send", args: { to: "ann", copies: 2 }, ...more }],
    review_configs: [{ action_name: "send", allowed_decisions: [...decisions] }],
  });

  it("asks for yes or no, and sends true or false", async () => {
    const { page } = current();
    await current().show([asked({ question: "Approve this reply?", draft: "Dear Ann" })]);
    assert.match(await text(page.locator(".payload")), /Approve this reply\?\s*draft\s*Dear Ann/);
    await continues();
    assert.equal(await text(page.getByRole("alert")), "Choose yes or no.");
    assert.deepEqual(await current().answers(), []);
    await choose("No");
    assert.equal(await current().sends(), false);
    await continues();
    assert.deepEqual(await current().answers(), [false]);
    assert.deepEqual((await current().sent("answer"))[0]?.answers[0], { id: "i1", index: 0, value: false });
  });

  it("has the keyboard when the question comes, and answers by Ctrl+Enter", async () => {
    const { page } = current();
    await current().show([asked("What is your name?")]);
    await page.keyboard.type("Ann");
    await page.keyboard.press("Control+Enter");
    assert.deepEqual(await current().answers(), ["Ann"]);
  });

  it("leaves the keyboard to a user who types elsewhere", async () => {
    const { page } = current();
    await current().show([asked("What is your name?")]);
    await page.keyboard.type("An");
    await current().show([asked("Your age?", { id: "i0" }), asked("What is your name?")]);
    await page.keyboard.type("n");
    assert.equal(await page.getByLabel("Answer, a text").last().inputValue(), "Ann");
  });

  it("sends numbers, empty texts, digits as text, and any JSON as they are", async () => {
    const { page } = current();
    await current().show([asked("How many copies?")]);
    await page.getByLabel("Answer, a number").fill("0");
    await continues();
    await way("text");
    await page.getByLabel("Answer, a text").fill("42");
    await continues();
    await page.getByLabel("Answer, a text").fill("");
    await continues();
    for (const json of ["null", "[]", "{}", '{"a": [1, "é\\n"]}']) {
      await way("json");
      await page.getByLabel("Answer, as JSON").fill(json);
      await continues();
    }
    assert.deepEqual(await current().answers(), [0, "42", "", null, [], {}, { a: [1, "é\n"] }]);
    await page.getByLabel("Answer, as JSON").fill("{");
    await continues();
    assert.match(await text(page.getByRole("alert")), /Not JSON/);
    assert.equal((await current().answers()).length, 7);
  });

  it("shows the JSON that is sent, and lets it be edited", async () => {
    const { page } = current();
    await current().show([asked({ question: "Which?", options: ["a", { label: "Two", value: 2 }] })]);
    await choose("Two");
    assert.equal(await current().sends(), 2);
    await way("json");
    assert.equal(await page.getByLabel("Answer, as JSON").inputValue(), "2");
  });

  it("takes an edited text, alone or under its key, and from an editor's tab", async () => {
    const { page } = current();
    await current().show([asked({ task: "Edit the summary.", summary: "Old\ntext" })]);
    const field = page.getByLabel("Answer, the edited summary");
    assert.equal(await field.inputValue(), "Old\ntext");
    await field.fill("New");
    await current().next({ value: "From the tab" });
    await button("Edit in a tab").click();
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "From the tab");
    const [edit] = await current().sent("editText");
    assert.deepEqual([edit?.original, edit?.text], ["Old\ntext", "New"]);
    await page.getByRole("checkbox").check();
    await continues();
    assert.deepEqual(await current().answers(), [{ summary: "From the tab" }]);
  });

  it("edits an object by its fields, each of its type", async () => {
    const { page } = current();
    const content = { name: "Ann", age: 36, paid: true, more: null };
    await current().show([asked({ instruction: "Look at this", content })]);
    await page.getByLabel("age").fill("37.5");
    await page.getByLabel("name", { exact: true }).fill("");
    await page.getByLabel("paid").uncheck();
    await page.getByLabel("more").fill("[1]");
    await continues();
    assert.deepEqual(await current().answers(), [{ name: "", age: 37.5, paid: false, more: [1] }]);
  });

  it("makes a form of a schema, and sends nothing that does not fit", async () => {
    const { page } = current();
    const responseSchema = {
      type: "object",
      properties: {
        size: { enum: ["small", "large"] },
        count: { type: "integer", minimum: 1, default: 1 },
        tags: { type: "array", items: { type: "string" } },
        address: { $ref: "#/$defs/address" },
      },
      required: ["size"],
      $defs: { address: { type: "object", properties: { city: { type: "string" } } } },
    };
    await current().show([asked("What would you like?", { responseSchema })]);
    await continues();
    assert.match(await text(page.getByRole("alert")), /required property "size"/);
    await page.getByLabel("size").selectOption("large");
    await page.getByLabel("count").fill("0");
    await continues();
    assert.match(await text(page.getByRole("alert").last()), /count: /);
    assert.deepEqual(await current().answers(), []);
    await page.getByLabel("count").fill("3");
    await page.getByLabel("city").fill("Rome");
    await button("Add").click();
    await page.getByLabel("tags-1").fill("new");
    // A text that is added is empty, and fits.
    await button("Add").click();
    await page.getByLabel("tags-2").waitFor();
    await continues();
    const answer = { count: 3, size: "large", tags: ["new", ""], address: { city: "Rome" } };
    assert.deepEqual(await current().answers(), [answer]);
  });

  it("offers the decisions that are allowed for each call, and no others", async () => {
    const { page } = current();
    await current().show([asked(calls(["approve", "reject"], { description: "# Send mail\nto Ann" }))]);
    const radios = await page.getByRole("radio").all();
    const labels = await Promise.all(radios.map((each) => text(each.locator(".."))));
    assert.deepEqual(labels, ["Approve", "Reject"]);
    assert.match(await text(page.locator(".call")), /Send mail\s*to Ann\s*to\s*ann\s*copies\s*2/);
    await choose("Reject");
    await page.getByLabel("Reason (optional)").fill("Too early");
    await continues();
    assert.deepEqual(await current().answers(), [{ decisions: [{ type: "reject", message: "Too early" }] }]);
  });

  it("edits the arguments of a call with their types", async () => {
    const { page } = current();
    await current().show([asked(calls(["approve", "edit"]))]);
    await choose("Edit");
    await page.getByLabel("copies").fill("3");
    await continues();
    const edited_action = { name: "send", args: { to: "ann", copies: 3 } };
    assert.deepEqual(await current().answers(), [{ decisions: [{ type: "edit", edited_action }] }]);
  });

  it("answers one of several, or all when all are filled in, and counts what is left", async () => {
    const { page } = current();
    const questions = [
      asked("Your name?", { id: "a" }),
      asked("Shall we go on?", { id: "b", node: "other" }),
    ];
    await current().show(questions);
    assert.match(await text(page.locator(".all")), /2 questions wait, 2 to answer/);
    await page.getByLabel("Answer, a text").fill("Ann");
    assert.match(await text(page.locator(".all")), /1 to answer/);
    assert.ok(await button("Answer all").isDisabled());
    await page.getByLabel("Answer as").last().selectOption("json");
    await page.getByLabel("Answer, as JSON").fill("7");
    await button("Answer all").click();
    await button("Answer this one").first().click();
    const sent = (await current().sent("answer")).map(({ answers }) => answers);
    const ann = { id: "a", index: 0, value: "Ann" };
    assert.deepEqual(sent, [[ann, { id: "b", index: 0, value: 7 }], [ann]]);
  });

  it("sends a state update and a jump along with an answer", async () => {
    const { page } = current();
    await current().show([asked("Your name?")]);
    await page.getByLabel("Answer, a text").fill("Ann");
    await page.getByText("Along with the answer").click();
    await page.getByLabel("State update (JSON object)").fill("[1]");
    await continues();
    assert.match(await text(page.getByRole("alert")), /must be a JSON object/);
    await page.getByLabel("State update (JSON object)").fill('{"draft": "x"}');
    await page.getByLabel("Nodes to go to").fill("send, log");
    await continues();
    const [sent] = await current().sent("answer");
    assert.deepEqual([sent?.update, sent?.goto], [{ draft: "x" }, ["send", "log"]]);
    assert.deepEqual(await current().answers(), ["Ann"]);
  });

  it("sends one state update and jump along with all answers, or with the one that is sent alone", async () => {
    const { page } = current();
    await current().show([asked("Your name?", { id: "a" }), asked("Your town?", { id: "b", node: "other" })]);
    await page.getByText("Along with the answers").click();
    assert.equal(await page.getByLabel("Nodes to go to").count(), 1);
    await page.getByLabel("Nodes to go to").fill("log");
    await page.getByLabel("State update (JSON object)").fill("{");
    await page.getByLabel("Answer, a text").first().fill("Ann");
    await page.getByLabel("Answer, a text").last().fill("Rome");
    await button("Answer all").click();
    assert.match(await text(page.getByRole("alert")), /^The state update is not JSON/);
    await page.getByLabel("State update (JSON object)").fill('{"draft": 1}');
    const drafts = (await current().sent("draft")).filter(({ key }) => key === "along with a#0 b#0");
    assert.deepEqual(drafts.at(-1)?.value, { update: '{"draft": 1}', goto: "log" });
    await current().next({ error: "There is no node log" });
    await button("Answer this one").first().click();
    await page.getByText("There is no node log").waitFor();
    await button("Answer all").click();
    const sent = (await current().sent("answer")).map(({ answers, update, goto }) => ({
      values: answers.map(({ value }) => value),
      update,
      goto,
    }));
    const along = { update: { draft: 1 }, goto: ["log"] };
    assert.deepEqual(sent, [
      { values: ["Ann"], ...along },
      { values: ["Ann", "Rome"], ...along },
    ]);
    // It went with those answers, and goes with no other.
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>(".all input")?.value === "");
  });

  it("takes up what goes along with the answers from a draft", async () => {
    const { page } = current();
    const drafts = { "along with i1#0": { update: '{"a": 1}', goto: "" } };
    await current().show([asked("Your name?")], { drafts });
    assert.equal(await page.getByLabel("State update (JSON object)").inputValue(), '{"a": 1}');
    assert.ok(await page.getByLabel("State update (JSON object)").isVisible());
  });

  it("keeps an answer that is refused, with the reason, and forgets one that is taken", async () => {
    const { page } = current();
    await current().show([asked("Your name?")]);
    await page.getByLabel("Answer, a text").fill("Ann");
    await current().next({ error: "ask wants another name" });
    await continues();
    assert.equal(await text(page.getByRole("alert")), "ask wants another name");
    assert.equal(await page.getByLabel("Answer, a text").inputValue(), "Ann");
    await continues();
    await page.getByRole("alert").waitFor({ state: "detached" });
    assert.deepEqual((await current().sent("draft")).at(-1), { type: "draft", key: "i1#0" });
  });

  it("tells drafts at each change, and takes them up again", async () => {
    const { page } = current();
    await current().show([asked("Your name?")]);
    await page.getByLabel("Answer, a text").fill("An");
    const kept = (await current().sent("draft")).at(-1)?.value ?? null;
    await current().show([asked("Your name?", { id: "i2" })], { drafts: { "i2#0": kept } });
    assert.equal(await page.getByLabel("Answer, a text").inputValue(), "An");
    await current().show([asked("Your name?", { id: "i3" })], { drafts: { "i3#0": { way: "nonsense" } } });
    assert.equal(await page.getByLabel("Answer, a text").inputValue(), "");
  });

  it("takes up a draft that comes later, but not over what is typed", async () => {
    const { page } = current();
    const field = page.getByLabel("Answer, a text");
    const drafts = { "i1#0": { way: "text", text: "kept" } };
    await current().show([asked("Your name?")], { enabled: false });
    await current().show([asked("Your name?")], { drafts });
    await page.waitForFunction(() => document.querySelector("textarea")?.value === "kept");
    await field.fill("typed");
    await current().show([asked("Your name?"), asked("More?", { id: "i2" })], { drafts });
    await page.getByRole("article").nth(1).waitFor();
    assert.equal(await field.first().inputValue(), "typed");
  });

  it("tells how often was asked, and the answers before", async () => {
    const { page } = current();
    await current().show([asked("Your age?", { index: 2, tries: 3, earlier: [-1, "old"] })]);
    const said = await text(page.locator(".card"));
    assert.match(said, /try 3\. The answer before was "old"/);
    assert.match(said, /2 earlier answers/);
  });

  it("gets a long question whole before it shows it", async () => {
    const { page } = current();
    const draft = "x".repeat(30_000);
    await current().next({ value: { task: "Edit it", draft } });
    await current().show([asked('{"task":"Edit it","dra…', { shortened: true })]);
    await continues();
    assert.deepEqual(await current().answers(), [draft]);
    assert.equal(await page.locator(".problem").count(), 0);
  });

  it("shows the payload as it is behind a button", async () => {
    const { page } = current();
    await current().show([asked({ question: "Ok?", deep: { a: [1] } })]);
    await button("Show JSON").click();
    const shown = await text(page.getByRole("region", { name: "Payload as JSON" }));
    assert.deepEqual(JSON.parse(shown), { question: "Ok?", deep: { a: [1] } });
  });

  it("has nothing that axe objects to in any of the forms", async () => {
    const { page } = current();
    const responseSchema = {
      type: "object",
      properties: { size: { enum: ["s", "l"] }, tags: { type: "array", items: { type: "string" } }, any: {} },
    };
    await current().show([
      asked({ question: "Ok?", deep: { a: [1] } }, { id: "a", source: "a.py:1", earlier: [1], tries: 2 }),
      asked({ task: "Edit it", draft: "long" }, { id: "b", node: "b" }),
      asked({ name: "Ann", age: 36 }, { id: "c", node: "c" }),
      asked("Fill in", { id: "d", node: "d", responseSchema }),
      asked(calls(["approve", "edit", "reject", "respond"]), { id: "e", node: "e" }),
    ]);
    await choose("Edit");
    await page.evaluate(axe);
    // The heading and the colours are those of the panel around the cards.
    const violations = await page.evaluate(async () => {
      const { axe: checker } = globalThis as unknown as {
        axe: { run(options: object): Promise<AxeResults> };
      };
      const results = await checker.run({
        rules: { "color-contrast": { enabled: false }, "page-has-heading-one": { enabled: false } },
      });
      return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    });
    assert.deepEqual(violations, []);
  });

  it("can't be answered when the session is over", async () => {
    await current().show([asked("Your name?")], { enabled: false });
    assert.ok(await button("Answer and continue").isDisabled());
    assert.match(await text(current().page.locator(".card")), /The session is over/);
  });
});
