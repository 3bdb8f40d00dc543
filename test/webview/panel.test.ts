// The panel in a real browser, under its own policy: what it shows, says and keeps.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { AxeResults } from "axe-core";
import type { PanelGraph, PanelTask } from "../../src/protocol/webview.ts";
import { bundleFolder, ownPanel, type Panel, type Theme } from "./panel.ts";
import { graphs, interrupt, states, stopped } from "./pictures.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const themes: Theme[] = ["dark", "light", "hc", "hc-light"];

describe("the panel", function () {
  this.timeout(60_000);
  const { panel, open } = ownPanel();

  describe("shows", () => {
    it("how to start, and starts", async () => {
      await open({});
      await panel().page.getByText("press F5").waitFor();
      await panel().page.getByRole("button", { name: "Debug Graph" }).click();
      await panel().hears("start");
    });

    it("nothing before it is told what there is, so that no session looks like none", async () => {
      await open({ told: false });
      assert.equal(await panel().page.locator("#root > *").count(), 0);
      await panel().show({});
      await panel().page.getByText("press F5").waitFor();
    });

    it("the graph, with what each node does in words", async () => {
      await open({ picture: stopped });
      await panel().node("human_review").waitFor();
      const labels = await panel()
        .page.locator(".node-face")
        .evaluateAll((nodes) => nodes.map((node) => node.ariaLabel));
      assert.deepEqual(labels.sort(), [
        "classify 420 ms, done, disabled breakpoint before",
        "draft_reply 2× 1.2 s, done, ran 2 times, conditional breakpoint after",
        "human_review, comes next, may ask a person, breakpoint before",
        "research 3 ms, subgraph, taken from the cache",
        "send, no source",
      ]);
      assert.equal(await panel().page.getByRole("status").textContent(), "Before node human_review");
      assert.deepEqual((await panel().page.locator(".edge-dashed text").allTextContents()).sort(), [
        "approve",
        "billing",
        "edit",
        "question",
      ]);
      assert.equal(await panel().page.locator(".edge-taken").count(), 5);
    });

    it("the edges by which the run came, in loops too, and at its end those to the end", async () => {
      const edges: PanelGraph["edges"] = [
        { from: "__start__", to: "write", conditional: false },
        { from: "write", to: "write", conditional: true },
        { from: "write", to: "review", conditional: true },
        { from: "review", to: "write", conditional: true },
        { from: "review", to: "__end__", conditional: true },
      ];
      const nodes: PanelGraph["nodes"] = ["write", "review"].map((name) => ({ name, kind: "function" }));
      const tasks: PanelTask[] = [
        { graph: "", node: "write", state: "done", step: 2, after: ["write"] },
        { graph: "", node: "review", state: "done", step: 3, after: ["write"] },
      ];
      await open({ picture: { ...stopped, graphs: [{ id: "", nodes, edges }], tasks, interrupts: [] } });
      const taken = panel().page.locator(".edge-taken");
      await panel().node("review").waitFor();
      assert.equal(await taken.count(), 3);
      await panel().show({ status: { kind: "ended", text: "The run has ended" } });
      await taken.nth(3).waitFor({ state: "attached" });
      assert.equal(await taken.count(), 4);
    });

    it("a change of a node without moving any", async () => {
      await open({ picture: stopped });
      const before = await places(panel());
      const tasks = [{ graph: "", node: "human_review", state: "running" as const, step: 3 }];
      await panel().show({ status: { kind: "running", text: "Running human_review" }, tasks });
      await panel().page.getByRole("button", { name: "human_review, running" }).waitFor();
      assert.equal(await panel().page.getByRole("heading").textContent(), "Running human_review");
      assert.equal(await panel().page.getByRole("status").textContent(), "Running");
      assert.deepEqual(await places(panel()), before);
    });

    it("an error, and goes to its line or runs the node again", async () => {
      await open({ picture: states.failed ?? {} });
      const alert = panel().page.getByRole("alert");
      await alert.getByText("ConnectionError: no mail server").waitFor();
      await alert.getByRole("button", { name: "Go to the line" }).click();
      await panel().hears("openError");
      await alert.getByRole("button", { name: "Run this node again" }).click();
      await panel().hears("continue");
    });

    it("nothing of a message that is none", async () => {
      await open({ picture: stopped });
      await panel().node("human_review").waitFor();
      await panel().tell({ type: "update", version: 1, picture: { status: { kind: "exploded", text: "" } } });
      await panel().show({ status: { kind: "ended", text: "The run has ended" } });
      await panel().page.getByRole("status").filter({ hasText: "The run has ended" }).waitFor();
      assert.match(panel().complaints.splice(0).join(), /not understood: picture\.status\.kind/);
    });

    it("the questions above the graph where it is narrow, beside it where it is wide", async () => {
      await open({ picture: states.waiting ?? {}, width: 560 });
      const box = async (part: string) => {
        const found = await panel().page.locator(part).boundingBox();
        assert.ok(found, part);
        return found;
      };
      await panel().node("classify").waitFor();
      const questions = await box(".questions");
      assert.ok(questions.y + questions.height <= (await box(".graph")).y + 1);
      await panel().page.setViewportSize({ width: 900, height: 720 });
      const graph = await box(".graph");
      assert.ok(graph.x + graph.width <= (await box(".questions")).x);
      await panel().page.getByRole("separator", { name: "Width of the graph" }).focus();
      await panel().page.keyboard.press("ArrowRight");
      await panel().page.waitForFunction(
        (width) => (document.querySelector(".graph")?.clientWidth ?? 0) > width,
        graph.width,
      );
    });

    it("the whole graph beside a question that comes", async () => {
      await open({ picture: stopped, width: 760 });
      await panel().node("send").waitFor();
      await panel().show(states.waiting ?? {});
      await panel().page.locator(".card").waitFor();
      await panel().page.waitForFunction(() => {
        const graph = document.querySelector(".graph")?.getBoundingClientRect() ?? new DOMRect();
        const nodes = [...document.querySelectorAll(".node")].map((node) => node.getBoundingClientRect());
        return (
          nodes.length > 0 && nodes.every(({ left, right }) => left >= graph.left && right <= graph.right)
        );
      });
    });

    it("what is sent, and the button that answers, also where the card is longer than its place", async () => {
      await open({ picture: states.waiting ?? {}, width: 500 });
      const long = { question: "Approve this reply?", draft: "Dear Ann,\n".repeat(40) };
      await panel().page.setViewportSize({ width: 500, height: 480 });
      await panel().show({ interrupts: [{ ...interrupt, value: long }] });
      await panel().page.getByText("Dear Ann,").first().waitFor();
      await panel().page.getByRole("radio", { name: "Yes" }).check();
      const button = await panel().page.getByRole("button", { name: "Answer and continue" }).boundingBox();
      const sends = await panel().page.locator("[data-sends]").boundingBox();
      const place = await panel().page.locator(".questions").boundingBox();
      assert.ok(button && sends && place && button.y + button.height <= place.y + place.height);
      assert.ok(sends.y >= place.y && sends.y + sends.height <= button.y);
    });

    it("the field that has the keyboard, not behind what is sent", async () => {
      await open({ picture: stopped, width: 540, height: 460 });
      const long = { question: "Send this reply?", draft: "Dear Ann,\n".repeat(5) };
      await panel().show({ ...states.waiting, interrupts: [{ ...interrupt, value: long }] });
      const field = panel().page.locator("textarea:focus");
      await field.waitFor();
      const [box, foot] = [
        await field.boundingBox(),
        await panel().page.locator(".card .foot").boundingBox(),
      ];
      assert.ok(box && foot && box.y + box.height <= foot.y, JSON.stringify([box, foot]));
    });
  });

  it("keeps the last picture and the user's view over a reload", async () => {
    await open({ picture: stopped });
    await panel().node("research").focus();
    await panel().page.keyboard.press("e");
    await panel().node("search").focus();
    await panel().page.getByRole("button", { name: "Zoom in" }).click();
    const transform = () => panel().page.locator(".react-flow__viewport").getAttribute("style");
    await panel().page.waitForFunction(
      () => !document.querySelector(".react-flow__viewport")?.getAttribute("style")?.includes("scale(1)"),
    );
    await panel().page.waitForFunction(
      () =>
        (window as unknown as { state: { view: { viewport?: object } } }).state.view.viewport !== undefined,
    );
    const before = await transform();
    await panel().reload();
    await panel().setTheme("dark");
    await panel().node("search").waitFor();
    assert.equal(
      await panel().page.getByRole("status").textContent(),
      "Not connected. Last: Before node human_review",
    );
    assert.equal(await transform(), before);
    assert.equal(await panel().page.locator(".node-face[tabindex='0'] .node-name").textContent(), "search");
    // The session goes on, and tells everything anew.
    await panel().show(stopped);
    await panel()
      .page.getByRole("status")
      .filter({ hasText: /^Before node human_review$/ })
      .waitFor();
  });

  it("keeps a half-written answer over a reload, before any session tells of it again", async () => {
    await open({ picture: states.waiting ?? {} });
    const field = () => panel().page.getByLabel("Answer, a text");
    await panel().page.getByLabel("Answer as").selectOption("text");
    await field().fill("not ye");
    await panel().reload();
    await panel().setTheme("dark");
    await field().waitFor();
    assert.equal(await field().inputValue(), "not ye");
    assert.ok(await field().isDisabled());
  });

  it("moves nothing for those who want no motion", async () => {
    await open({ picture: states.running ?? {}, reducedMotion: true });
    await panel().node("human_review").waitFor();
    assert.equal(await panel().page.evaluate(() => document.getAnimations().length), 0);
  });

  for (const theme of themes) {
    it(`has nothing that axe objects to, in any state, in the theme ${theme}`, async () => {
      await open({ theme, width: 760 });
      for (const [name, picture] of Object.entries(states)) {
        await panel().show({ tasks: [], breakpoints: [], interrupts: [], graphs: [], ...picture });
        if (picture.graphs) await panel().node("classify").waitFor();
        else await panel().page.locator(".notice").waitFor();
        await panel().screenshot(`${name}-${theme}`);
        // Pages from elsewhere can't be run here: the tool is brought in by the browser itself.
        await panel().page.evaluate(axe);
        const { violations } = await panel().page.evaluate(() =>
          (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
        );
        const found = violations.map(
          ({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ html }) => html).join(" ")}`,
        );
        assert.deepEqual(found, []);
      }
    });
  }

  it("loads a bundle that is small enough, the worker apart", async () => {
    await open({});
    const size = ["main.js", "main.css"].reduce(
      (sum, file) => sum + statSync(path.join(bundleFolder, file)).size,
      0,
    );
    assert.ok(size < 900_000, `${size} bytes`);
  });
});

async function places({ page }: Panel): Promise<unknown> {
  await page
    .locator(".node")
    .nth((graphs[0]?.nodes.length ?? 1) - 1)
    .waitFor();
  return page
    .locator(".react-flow__node")
    .evaluateAll((nodes) => nodes.map((node) => (node as HTMLElement).style.transform));
}
