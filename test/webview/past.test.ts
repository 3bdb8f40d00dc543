// The panel's timeline, and the state of its steps, in a real browser: what it shows, asks for and changes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { LiveText } from "../../src/protocol/webview.ts";
import type { Theme } from "./panel.ts";
import { pastPicture } from "./past.ts";
import { pastPage } from "./past-page.ts";
import { states } from "./pictures.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("the panel's past", function () {
  this.timeout(60_000);
  const { open, panel, past, steps, step, value, tab, texts, asked, about, against, press, choose } =
    pastPage();

  it("is a list of steps with branches, marks and names, walked through by keyboard", async () => {
    await open();
    await step(/input/).waitFor();
    const told = await texts(steps());
    assert.equal(told.length, 9);
    assert.equal(told[0], "Step 4 human_review comes next");
    for (const words of [
      "shorter draft",
      "waits for an answer",
      "edited once",
      "The run stands here",
      "1.3 s",
    ])
      assert.ok(told[1]?.includes(words), `${told[1]}: ${words}`);
    assert.equal(told[2], "Step 5 send wrote sent 210 ms");
    const rails = await panel()
      .page.locator(".rails circle")
      .evaluateAll((circles) => circles.map((circle) => circle.getAttribute("cx")));
    assert.deepEqual(rails, ["6", "18", "18", "18", "6", "6", "6", "6"]);

    await panel().page.getByRole("tree", { name: "Steps, newest first" }).focus();
    await press("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown");
    await about("After step 2, research");
    // The steps of its subgraph are below it.
    await press("ArrowRight");
    await step(/0 plan/).waitFor();
    await press("ArrowDown");
    await about("After step 1, search");
    assert.equal(await step(/1 search/).getAttribute("aria-level"), "2");
    await press("ArrowUp", "Enter");
    await panel().hears("fork");
    assert.deepEqual(asked("fork"), { type: "fork", at: { checkpointId: "c3", namespace: "" } });
    // The extension tells of the stop there: what came after it is the future.
    await panel().show({ past: { version: 2, at: [{ namespace: "", graph: "" }] } });
    await about("Now: after step 2, research");
    assert.deepEqual((await texts(panel().page.locator(".step-future .step-nodes"))).sort(), [
      "draft_reply",
      "draft_reply",
      "human_review",
      "send",
    ]);
    // The header tells how many there are, and shows where they part.
    await panel().page.getByText("thread 3f2a9c1e…").waitFor();
    await panel().show({ threadName: "Ann's parcel" });
    await panel().page.getByTitle("Thread Ann's parcel, 3f2a9c1e").getByText("Ann's parcel").waitFor();
    await press("Home");
    await panel().page.getByRole("button", { name: "2 branches" }).click();
    await about("After step 2, research");
    await panel().page.getByRole("tree", { name: "Steps, newest first" }).focus();
    await press("Home", "Shift+F10");
    await press("ArrowDown", "Escape");
    assert.equal(await panel().page.getByRole("menu").count(), 0);
    assert.equal(
      await panel().page.evaluate(() => document.activeElement?.ariaLabel),
      "Steps, newest first",
      "the menu gives the keyboard back",
    );
  });

  it("compares, names and copies by menu", async () => {
    await open();
    await step(/5 send/).click({ button: "right" });
    await choose("Name…");
    await panel().hears("annotate");
    assert.deepEqual(asked("annotate"), {
      type: "annotate",
      at: { checkpointId: "c7", namespace: "" },
      what: "name",
      now: "",
    });
    const c7 = { checkpointId: "c7", namespace: "" };
    await step(/5 send/).click({ button: "right" });
    await choose("Copy as Test");
    await panel().hears("asTest");
    assert.deepEqual(asked("asTest"), { type: "asTest", at: c7 });
    await step(/5 send/).click({ button: "right" });
    await choose("Fork and Run from Here");
    await panel().hears("fork");
    assert.deepEqual(asked("fork"), { type: "fork", at: c7, runs: true });
    // The newest steps of the two branches, in one click: above the list, where they part, in the changes.
    const ofBranches = { type: "diff", from: c7, to: { checkpointId: "c8", namespace: "" }, start: 0 };
    await panel().page.getByRole("button", { name: "Compare branches" }).click();
    await against("the branch that ends with step 5, send");
    assert.deepEqual(asked("diff"), ofBranches);
    await step(/2 research/).click({ button: "right" });
    await choose("Compare the Branches");
    await against("the branch that ends with step 5, send");
    assert.deepEqual(asked("diff"), ofBranches);
    await step(/5 send/).click();
    await panel().page.getByRole("button", { name: "Compare with the other branch" }).click();
    await against("the branch that ends with step 3, draft_reply");
    assert.deepEqual(asked("diff"), { ...ofBranches, from: ofBranches.to, to: c7 });
    await step(/5 send/).click({ button: "right" });
    await choose("Copy Id");
    assert.deepEqual(await panel().hears("copyText"), { type: "copyText", text: "c7" });
    await step(/5 send/).hover();
    await step(/5 send/)
      .locator("[data-more]")
      .click();
    await choose("Compare with…");
    await panel().page.getByText("Choose what step 5, send is compared with.").waitFor();
    await step(/1 classify/).click();
    await against("step 1, classify");
    assert.deepEqual(asked("diff"), {
      type: "diff",
      from: { checkpointId: "c2", namespace: "" },
      to: { checkpointId: "c7", namespace: "" },
      start: 0,
    });
    assert.deepEqual(await texts(panel().page.locator(".words")), [
      "Dear Ann, we have thoroughly quickly looked into it.",
    ]);
    assert.deepEqual(await texts(panel().page.locator(".words :is(ins, del)")), ["thoroughly", "quickly"]);
    // What is too large is compared when that is asked for.
    await panel().page.getByRole("button", { name: "Compare this key" }).click();
    await panel().page.getByText("events[7]").waitFor();
    assert.equal((asked("diff") as { key?: string }).key, "events");
    await panel().page.getByRole("button", { name: "Open in the diff editor" }).nth(1).click();
    await panel().hears("openDiff");
    assert.deepEqual(asked("openDiff"), {
      type: "openDiff",
      from: { checkpointId: "c2", namespace: "" },
      to: { checkpointId: "c7", namespace: "" },
      path: ["messages", 2],
    });
    // With another branch in one go.
    await panel()
      .page.getByLabel("Against")
      .selectOption({ label: "the branch that ends with step 3, draft_reply" });
    await against("the branch that ends");
    assert.deepEqual(asked("diff"), {
      type: "diff",
      from: { checkpointId: "c8", namespace: "" },
      to: { checkpointId: "c7", namespace: "" },
      start: 0,
    });
    await panel().page.getByLabel("Against").selectOption("");
    await against("the step before");
    await tab("Why").click();
    await panel().page.getByText("after human_review").waitFor();
    await step(/1 classify/).click();
    await panel().page.getByText("route returned 'question'").waitFor();
    await tab("Writes").click();
    await panel().page.getByText("{draft, messages}").waitFor();
  });

  it("shows 10,000 steps by page, and draws those in sight", async () => {
    await open({}, 10_000);
    await panel().page.getByRole("tree", { name: "Steps, newest first" }).focus();
    await press("End");
    await panel().page.waitForFunction(
      () => Number(document.querySelector(".step-place")?.getAttribute("aria-setsize")) > 200,
    );
    await press("End");
    await panel().page.waitForFunction(
      () => Number(document.querySelector(".step-place")?.getAttribute("aria-setsize")) > 300,
    );
    assert.ok((await steps().count()) < 80, "what is out of sight is not drawn");
    const pages = past().asked.filter((each) => each.type === "timeline");
    assert.ok(pages.length < 8 && pages.every(({ limit }) => limit === 100), `${pages.length} pages`);
    // Where the run stands far back, that is brought into sight.
    past().cursor = "k00007000";
    await panel().show({ past: { version: 2, at: [{ namespace: "", graph: "" }] } });
    await panel().page.locator(".step-cursor").waitFor();
  });

  it("shows what nodes say while they run, once a frame", async () => {
    await open({ picture: { ...pastPicture, ...states.running } });
    const live = (text: string, kind: LiveText["kind"] = "tokens"): LiveText => ({
      kind,
      graph: "",
      namespace: "",
      node: "human_review",
      text,
    });
    await panel().tell({ type: "live", texts: [live("Dear ")] });
    await tab("Live").click();
    await panel().page.evaluate(() => {
      const stage = window as unknown as { frames: number; drawn: number };
      stage.frames = 0;
      stage.drawn = 0;
      const count = (): void => {
        stage.frames++;
        requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
      new MutationObserver(() => stage.drawn++).observe(document.querySelector(".spoken") ?? document, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
    for (let batch = 0; batch < 20; batch++) {
      await panel().tell({
        type: "live",
        texts: Array.from({ length: 50 }, (_, index) =>
          index % 2 ? live(`word${batch * 50 + index} `) : live(`{"at":${batch * 50 + index}}`, "custom"),
        ),
      });
    }
    await panel().page.locator(".spoken", { hasText: "500 custom events" }).waitFor();
    await panel().page.locator(".spoken", { hasText: "word999" }).waitFor();
    const { frames, drawn } = await panel().page.evaluate(() => {
      const { frames: all, drawn: changes } = window as unknown as { frames: number; drawn: number };
      return { frames: all, drawn: changes };
    });
    assert.ok(drawn <= frames + 1, `${drawn} changes in ${frames} frames`);
    await step(/word999/).waitFor();
    await panel().page.locator(".node-said", { hasText: "word999" }).waitFor();
    // Run again, it speaks anew.
    const tasks = (states.running?.tasks ?? []).map((task) =>
      task.node === "human_review" ? { ...task, runs: 1 } : task,
    );
    await panel().show({ tasks });
    await panel().show({ tasks: tasks.map((task) => ({ ...task, runs: (task.runs ?? 0) + 1 })) });
    await step(/word999/).waitFor({ state: "detached" });
  });

  it("keeps what is looked at over a reload, in tabs where it is narrow", async () => {
    await open({ width: 480 });
    await panel().page.getByRole("tab", { name: "Timeline" }).click();
    await step(/1 classify/).click();
    await panel().page.getByRole("tab", { name: "Timeline" }).focus();
    await press("ArrowRight");
    await about("After step 1, classify");
    await tab("Changes").click();
    await against("the step before");
    await panel().page.setViewportSize({ width: 1000, height: 760 });
    await panel().page.getByRole("separator", { name: "Height of the timeline" }).focus();
    await press("ArrowUp");
    await panel().page.setViewportSize({ width: 480, height: 760 });
    await panel().reload();
    await panel().setTheme("dark");
    // No session tells of it yet.
    await panel().page.locator(".details").getByText("The session is over.").waitFor();
    await panel().show(pastPicture);
    await about("After step 1, classify");
    assert.equal(await tab("Changes").getAttribute("aria-selected"), "true");
    assert.equal(
      await panel().page.getByRole("tab", { name: "State" }).first().getAttribute("aria-selected"),
      "true",
    );
    assert.equal(
      await panel()
        .page.locator(".panel")
        .evaluate((main) => main.style.getPropertyValue("--rows")),
      "40",
    );
  });

  it("has nothing that axe objects to, in any theme", async () => {
    await open();
    const check = async (name: string): Promise<void> => {
      await panel().screenshot(`past-${name}`);
      const { violations } = await panel().page.evaluate(() =>
        (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
      );
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ html }) => html).join(" ")}`),
        [],
      );
    };
    await panel().page.evaluate(axe);
    await step(/2 research/)
      .locator("[data-fold]")
      .click();
    await value("messages").locator(".value-face").click();
    await value("1").locator(".value-face").click();
    await panel().page.locator(".call").waitFor();
    await value("category").dblclick();
    for (const theme of ["dark", "light", "hc", "hc-light"] satisfies Theme[]) {
      await panel().setTheme(theme);
      await check(`state-${theme}`);
    }
    await tab("Changes").click();
    await panel().page.locator(".words").waitFor();
    for (const theme of ["light", "hc"] satisfies Theme[]) {
      await panel().setTheme(theme);
      await check(`changes-${theme}`);
    }
    await step(/5 send/).click({ button: "right" });
    await check("menu-hc");
  });
});
