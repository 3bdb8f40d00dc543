// The graph in the panel, in a real browser: walked through by keyboard, its breakpoints, and one that is large.
import assert from "node:assert/strict";
import { ownPanel, type Panel } from "./panel.ts";
import { graphs, largeGraph, stopped } from "./pictures.ts";

describe("the panel's graph", function () {
  this.timeout(60_000);
  const { panel, open } = ownPanel();

  describe("by keyboard", () => {
    it("goes from node to node, to the source and to breakpoints", async () => {
      await open({ picture: stopped });
      await panel().node("classify").focus();
      await panel().page.keyboard.press("ArrowDown");
      await panel().page.keyboard.press("ArrowDown");
      assert.equal(await focused(panel()), "human_review, comes next, may ask a person, breakpoint before");
      await panel().page.keyboard.press("Enter");
      assert.deepEqual(await panel().hears("openNode"), {
        type: "openNode",
        graph: "",
        node: "human_review",
      });
      await panel().page.keyboard.press("Space");
      const toggled = { type: "toggleBreakpoint", graph: "", node: "human_review" };
      assert.deepEqual(await panel().hears("toggleBreakpoint"), { ...toggled, when: "before" });
      await panel().page.keyboard.press("Shift+Space");
      assert.deepEqual(await panel().hears("toggleBreakpoint"), { ...toggled, when: "after" });
    });

    it("has one node in the order of the Tab key", async () => {
      await open({ picture: stopped });
      await panel().node("classify").waitFor();
      assert.equal(await panel().page.locator(".node-face[tabindex='0']").count(), 1);
      await panel().node("send").focus();
      assert.equal(await panel().page.locator(".node-face[tabindex='0'] .node-name").textContent(), "send");
    });

    it("opens a subgraph in place, and walks into it", async () => {
      await open({ picture: stopped });
      await panel().node("research").focus();
      const before = await panel().node("research").boundingBox();
      await panel().page.keyboard.press("e");
      await panel().node("plan").waitFor();
      const after = await panel().node("research").boundingBox();
      assert.ok(
        before && after && Math.abs(before.y - after.y) < 1,
        "the subgraph's name stays where it was",
      );
      assert.equal(await panel().node("research").getAttribute("aria-expanded"), "true");
      await panel().page.keyboard.press("ArrowDown");
      assert.equal(await focused(panel()), "plan");
      await panel().page.keyboard.press("Enter");
      assert.deepEqual(await panel().hears("openNode"), {
        type: "openNode",
        graph: "research",
        node: "plan",
      });
    });
  });

  it("sets breakpoints by a click on a node's edge, and opens the source by a click on the node", async () => {
    await open({ picture: stopped });
    await panel().node("classify").click();
    assert.equal((await panel().hears("openNode")).node, "classify");
    await panel()
      .page.locator(".node", { has: panel().node("classify") })
      .locator(".dot-after")
      .click();
    assert.deepEqual(await panel().hears("toggleBreakpoint"), {
      type: "toggleBreakpoint",
      graph: "",
      node: "classify",
      when: "after",
    });
    assert.ok(!(await panel().said()).some(({ type }) => type === "openNode"), "the dot is not the node");
  });

  it("tells VS Code's menu which node it is for", async () => {
    await open({ picture: stopped });
    const context = await panel().node("classify").getAttribute("data-vscode-context");
    assert.deepEqual(JSON.parse(context ?? ""), {
      webviewSection: "node",
      graph: "",
      node: "classify",
      preventDefaultContextMenuItems: true,
    });
  });
  it("draws 200 nodes, laid out by a worker", async () => {
    await open({ picture: { ...stopped, tasks: [], breakpoints: [], graphs: largeGraph(200) } });
    await panel().page.waitForFunction(() => document.querySelectorAll(".node").length === 200);
    assert.equal(panel().page.workers().length, 1);
  });

  it("shows of a large graph where the run stands, in a size that can be read", async () => {
    const tasks = [{ graph: "", node: "node_150", state: "pending" as const }];
    await open({ picture: { ...stopped, tasks, breakpoints: [], graphs: largeGraph(200) } });
    await panel().node("node_150").waitFor();
    await panel().page.waitForFunction(() => {
      const { x, y, width } =
        document.querySelector(".node-pending")?.getBoundingClientRect() ?? new DOMRect();
      return width > 70 && x > 0 && x + width < innerWidth && y > 0 && y < innerHeight;
    });
  });

  it("forgets where the canvas stood when another graph is shown", async () => {
    await open({ picture: stopped });
    await panel().node("research").focus();
    await panel().page.keyboard.press("e");
    await panel().node("plan").waitFor();
    await panel().show({
      graphs: [{ id: "", nodes: [{ name: "other", kind: "function" }], edges: [] }],
      tasks: [],
    });
    await panel().node("other").waitFor();
    await panel().show({ graphs, tasks: [] });
    await panel().node("research").waitFor();
    assert.equal(await panel().node("research").getAttribute("aria-expanded"), "false");
  });

  it("draws no node anew when a large graph is moved, or when another changes", async () => {
    const large = largeGraph(200);
    await open({ picture: { ...stopped, tasks: [], breakpoints: [], graphs: large } });
    await panel().page.waitForFunction(() => document.querySelectorAll(".node").length === 200);
    await panel().page.evaluate(() => {
      const stage = window as unknown as { changes: string[] };
      stage.changes = [];
      new MutationObserver((records) => {
        for (const { target } of records) stage.changes.push((target as Element).textContent ?? "");
      }).observe(document.querySelector(".react-flow__nodes") ?? document, {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
      });
    });
    const changes = () =>
      panel().page.evaluate(() => (window as unknown as { changes: string[] }).changes.splice(0));
    await panel().page.mouse.move(300, 400);
    await panel().page.mouse.wheel(0, 120);
    await panel().page.mouse.wheel(40, 0);
    assert.deepEqual(await changes(), []);
    await panel().show({ tasks: [{ graph: "", node: "node_0", state: "done" }] });
    await panel().page.getByRole("button", { name: "node_0, done" }).waitFor();
    assert.ok((await changes()).every((text) => text === "" || /^node_0$/.test(text)));
  });
});

async function focused({ page }: Panel): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.ariaLabel ?? null);
}
