// Which rail of the panel's timeline each step is on, and what counts as the future of a step.
import assert from "node:assert/strict";
import fc from "fast-check";
import { futureOf, lineOf, type Railed, Rails } from "../../webview/past/rails.ts";

/** `c<b` is step c that came after b; newest first. */
function steps(...texts: string[]): Railed[] {
  return texts.map((text) => {
    const [id = "", parentId] = text.split("<");
    return { id, parentId };
  });
}

/** One line for each step: `*` its own rail, `|` one that goes by, `/` one that ends in it. */
function drawn(all: readonly Railed[]): string[] {
  const rails = new Rails();
  return all.map((step) => {
    const { at, joins, past } = rails.add(step);
    const width = Math.max(at, ...joins, ...past) + 1;
    const signs = Array.from({ length: width }, (_, rail) =>
      rail === at ? "*" : joins.includes(rail) ? "/" : past.includes(rail) ? "|" : " ",
    );
    return `${step.id} ${signs.join("")}`;
  });
}

describe("the rails of the timeline", () => {
  it("keep one line at the left", () => {
    assert.deepEqual(drawn(steps("c<b", "b<a", "a")), ["c *", "b *", "a *"]);
  });

  it("part where a branch began, the newest branch first", () => {
    assert.deepEqual(drawn(steps("e<b", "d<c", "c<b", "b<a", "a")), ["e *", "d |*", "c |*", "b */", "a *"]);
  });

  it("take the place of a rail that has ended", () => {
    assert.deepEqual(drawn(steps("g<f", "f<a", "e<b", "d<b", "c<b", "b<a", "a")), [
      "g *",
      "f *",
      "e |*",
      "d ||*",
      "c |||*",
      "b |*//",
      "a */",
    ]);
    assert.deepEqual(drawn(steps("d<a", "c<b", "b", "x<a", "a")), ["d *", "c |*", "b |*", "x |*", "a */"]);
  });

  it("are the same whether all steps are there at once or come by page, and join every branch where it began", () => {
    const tree = fc.array(fc.nat(), { minLength: 1, maxLength: 60 }).map((parents) =>
      parents
        .map((parent, index) => ({
          id: String(index),
          parentId: index === 0 ? undefined : String(Math.max(0, index - 1 - (parent % 4))),
        }))
        .reverse(),
    );
    fc.assert(
      fc.property(tree, (all) => {
        const rails = new Rails();
        const open = new Map<number, string | undefined>();
        for (const step of all) {
          const rail = rails.add(step);
          const children = all.filter(({ parentId }) => parentId === step.id).length;
          assert.equal(rail.joins.length + (rail.above ? 1 : 0), children);
          for (const joined of rail.joins) {
            assert.equal(open.get(joined), step.id);
            open.delete(joined);
          }
          if (rail.above) assert.equal(open.get(rail.at), step.id);
          else assert.ok(!open.has(rail.at), "a new branch covers none");
          if (rail.below) open.set(rail.at, step.parentId);
          else open.delete(rail.at);
          assert.deepEqual(
            [...open.keys()].filter((each) => each !== rail.at).sort((a, b) => a - b),
            rail.past,
          );
        }
        assert.equal(open.size, 0);
      }),
    );
  });

  it("tell the line that leads to a step, and its future", () => {
    const all = steps("e<b", "d<c", "c<b", "b<a", "a");
    assert.deepEqual([...lineOf(all, "d")], ["d", "c", "b", "a"]);
    assert.deepEqual([...futureOf(all, "b")].sort(), ["c", "d", "e"]);
    assert.deepEqual([...futureOf(all, "c")], ["d"]);
  });
});
