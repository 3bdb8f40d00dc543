// The state of a step in the panel, in a real browser: how values are shown, and how they are changed.
import assert from "node:assert/strict";
import { pastPage } from "./past-page.ts";

describe("the panel's state", function () {
  this.timeout(60_000);
  const { open, panel, past, step, values, value, tab, texts, asked, about, against, press, choose } =
    pastPage();

  it("shows values as a tree: by page, by key, messages as they are read, with who wrote them", async () => {
    await open();
    await value("docs").waitFor();
    await value("category").getByRole("button", { name: "classify" }).click();
    assert.deepEqual(await panel().hears("openNode"), { type: "openNode", graph: "", node: "classify" });
    await value("docs").locator(".value-face").click();
    await value("0").waitFor();
    const pages = past().asked.filter(({ type }) => type === "children");
    assert.deepEqual(
      pages.map((each) => "count" in each && [each.start, each.count]),
      [
        [0, 100],
        [0, 100],
      ],
      "the state's keys, and a page of the list",
    );
    assert.ok((await values().count()) < 60, "what is out of sight is not drawn");
    await value("docs").locator(".value-face").click();
    // Any of many items is a few steps away.
    await value("events").locator(".value-face").click();
    for (const part of ["20,000 … 24,999", "20,000 … 20,099"])
      await value(part).locator(".value-face").click();
    await value("20000").waitFor();
    const last = asked("children") as { start: number; count: number };
    assert.deepEqual([last.start, last.count], [20_000, 100]);
    await panel().page.getByRole("searchbox", { name: "Filter by key" }).fill("mess");
    await value("docs").waitFor({ state: "detached" });
    await value("messages").locator(".value-face").click();
    assert.deepEqual(await texts(panel().page.locator(".value-role")), ["human", "ai", "tool"]);
    await value("1").locator(".value-face").click();
    await panel()
      .page.locator(".body-text", { hasText: /^Let me look\.$/ })
      .waitFor();
    await panel().page.locator(".call summary").click();
    await panel().page.getByText('"number": 42').waitFor();
    await panel().page.getByRole("button", { name: "All fields" }).click();
    await value("content").waitFor();
    await value("content").click({ button: "right" });
    await choose("Copy Value");
    await panel().hears("copyValue");
    const at = { checkpointId: "c8", namespace: "" };
    assert.deepEqual(asked("copyValue"), { type: "copyValue", at, path: ["messages", 1, "content"] });
    await value("content").click({ button: "right" });
    await choose("Copy Path");
    assert.equal((await panel().hears("copyText")).text, "messages[1].content");
    await panel().page.getByRole("searchbox").fill("draft");
    await value("draft").locator(".value-face").click();
    await panel().page.locator(".body-text", { hasText: "Yours" }).waitFor();
    await value("draft").click({ button: "right" });
    await choose("History");
    await panel().page.locator(".list summary").first().click();
    await panel().page.locator(".list .body-text", { hasText: "Dear Ann" }).waitFor();
    await panel().page.getByRole("button", { name: "Compare with the one before" }).click();
    await against("step 3, draft_reply");
    // Of a step whose state takes long to come, that of another is not shown.
    past().slow = "c2";
    await tab("State").click();
    await value("docs").waitFor();
    await step(/1 classify/).click();
    await panel().page.locator(".details").getByText("Loading…").waitFor();
    assert.equal(await values().count(), 0);
  });

  it("edits where the run stands, and on a branch from an older step, and says before what that does", async () => {
    await open();
    await value("category").dblclick();
    const field = panel().page.getByRole("textbox", { name: "category, a text" });
    await field.fill("billing");
    await panel().page.getByRole("button", { name: "Set", exact: true }).click();
    await field.waitFor({ state: "detached" });
    const set = { type: "update", namespace: "", mode: "set", dryRun: false };
    assert.deepEqual(asked("update"), { ...set, values: { category: "billing" } });

    await step(/2 research/).click();
    await about("After step 2, research");
    await value("category").click({ button: "right" });
    await choose("Edit on a Branch…");
    await panel().page.getByText("A branch is made from step 2.").waitFor();
    const told = asked("update") as { values: object; dryRun: boolean };
    assert.deepEqual([Object.keys(told.values), told.dryRun], [["category"], true]);
    await panel().page.getByRole("radio", { name: "Add through the reducer" }).check();
    await panel().page.getByRole("textbox", { name: "category, as JSON" }).fill("not JSON");
    await panel().page.getByRole("button", { name: "Add on a branch" }).click();
    await panel().page.getByRole("alert").filter({ hasText: "Not JSON" }).waitFor();
    await panel().page.getByRole("textbox", { name: "category, as JSON" }).fill('"more"');
    await press("Control+Enter");
    await field.waitFor({ state: "detached" });
    const at = { checkpointId: "c3", namespace: "" };
    assert.deepEqual(asked("update"), { ...set, at, mode: "reduce", values: { category: "more" } });

    await about("Now: after step 3, draft_reply");
    await value("messages").locator(".value-face").click();
    await value("0").locator(".value-face").click();
    await panel().page.getByRole("button", { name: "All fields" }).click();
    await value("content").dblclick();
    await panel().page.getByRole("textbox", { name: "content, a text" }).fill("Where is it?");
    await press("Control+Enter");
    await panel().hears("setValue");
    assert.deepEqual(asked("setValue"), {
      type: "setValue",
      namespace: "",
      path: ["messages", 0, "content"],
      value: "Where is it?",
    });

    await panel().page.getByRole("button", { name: "Update…" }).click();
    await panel().page.getByLabel("As node").selectOption("classify");
    await panel().page.getByLabel("Values by key, as JSON").fill('{"category": "question"}');
    await panel().page.getByText("The edges of classify run.").waitFor();
    await panel().page.getByRole("button", { name: "Update", exact: true }).click();
    await panel().page.getByRole("form", { name: "Update" }).waitFor({ state: "detached" });
    const values_ = { category: "question" };
    assert.deepEqual(asked("update"), {
      type: "update",
      namespace: "",
      values: values_,
      asNode: "classify",
      dryRun: false,
    });
    await panel().page.getByRole("button", { name: "Update…" }).click();
    await panel().page.getByRole("radio", { name: "Command: go to nodes" }).check();
    await panel().page.getByRole("checkbox", { name: "send" }).check();
    await panel().page.getByText("send comes next.").waitFor();
    await panel().page.getByRole("button", { name: "Go there", exact: true }).click();
    await panel().page.getByRole("form", { name: "Update" }).waitFor({ state: "detached" });
    const gone = { type: "update", namespace: "", values: {}, mode: "reduce", goto: ["send"], dryRun: false };
    assert.deepEqual(asked("update"), gone);
    await step(/3 draft_reply/)
      .first()
      .click({ button: "right" });
    await choose("Undo the Last Edit");
    await panel().hears("undoEdit");
  });

  it("adds, edits and removes messages as messages, and says which way", async () => {
    await open();
    const { page } = panel();
    await value("messages").locator(".value-face").click();
    const change = async (name: string, what: string, says: string): Promise<void> => {
      await value(name).click({ button: "right" });
      await choose(what);
      await page.getByRole("list", { name: "What it does" }).getByText(says).waitFor();
    };
    const closed = () => page.locator(".editor").waitFor({ state: "detached" });
    const reduced = (message: object) => ({
      type: "update",
      namespace: "",
      values: { messages: [message] },
      mode: "reduce",
      dryRun: false,
    });
    await change("1", "Edit Message…", "takes the place of the message with the id m2");
    await page.getByLabel("Content").fill("Wait.");
    await page.getByLabel("Arguments of find_parcel, as JSON").fill("{");
    await press("Control+Enter");
    await page.getByRole("alert").getByText("The arguments of find_parcel are not JSON").waitFor();
    await page.getByLabel("Arguments of find_parcel, as JSON").fill('{"number": 43}');
    await press("Control+Enter");
    await closed();
    const call = { id: "t1", name: "find_parcel", args: { number: 43 } };
    const edited = { type: "ai", content: "Wait.", id: "m2", tool_calls: [call] };
    assert.deepEqual(asked("update"), reduced(edited));
    await change("0", "Remove Message…", "RemoveMessage with the id m1");
    await page.getByRole("button", { name: "Remove message" }).click();
    await closed();
    assert.deepEqual(asked("update"), reduced({ type: "remove", id: "m1", content: "" }));
    await change("messages", "Add Message…", "Sent through the reducer of messages");
    await page.getByLabel("Role").selectOption("assistant");
    await page.getByLabel("Content").fill("Hello");
    await page.getByRole("button", { name: "Add message" }).click();
    await closed();
    assert.deepEqual(asked("update"), reduced({ role: "assistant", content: "Hello" }));

    // A list that no reducer of messages takes is set.
    past().messageKeys = [];
    await panel().show({ past: { version: 2, at: [{ namespace: "", graph: "" }] } });
    await page.waitForFunction(() => document.querySelectorAll(".value-role").length === 3);
    await change("0", "Edit Message…", "Set in its place");
    await page.getByLabel("Content").fill("Where?");
    await press("Control+Enter");
    await closed();
    const first = { type: "human", content: "Where?", id: "m1" };
    const set = { type: "setValue", namespace: "", path: ["messages", 0], value: first };
    assert.deepEqual(asked("setValue"), set);
    await change("2", "Remove Message…", "Sets messages, with the message left out.");
    await page.getByRole("button", { name: "Remove message" }).click();
    await closed();
    const left = asked("update") as { mode: string; values: { messages: { id: string }[] } };
    assert.deepEqual([left.mode, left.values.messages.map(({ id }) => id)], ["set", ["m1", "m2"]]);
  });
});
