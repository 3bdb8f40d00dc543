// How the panel's timeline is read: by page, again when there is more, and without losing what is older.
import assert from "node:assert/strict";
import type { PanelStep } from "../../src/protocol/webview.ts";
import type { Ask } from "../../webview/ask.ts";
import { Timelines } from "../../webview/past/timelines.ts";

/** A thread of checkpoints, newest first, and what is asked of it. */
class Thread {
  steps: PanelStep[] = [];
  readonly asked: (string | undefined)[] = [];
  /** Answers wait for it. */
  gate: Promise<void> = Promise.resolve();

  constructor(count: number) {
    for (let index = 0; index < count; index++) this.grow();
  }

  grow(): void {
    const [last] = this.steps;
    const step = (last?.step ?? -2) + 1;
    const id = `c${String(step + 2).padStart(5, "0")}`;
    const made = { id, namespace: "", step, source: "loop", createdAt: "", tasks: [], written: [], edits: 0 };
    this.steps = [{ ...made, ...(last && { parentId: last.id }) }, ...this.steps];
  }

  readonly ask = (async ({ before, limit }: { before?: string; limit: number }) => {
    this.asked.push(before);
    await this.gate;
    const { steps } = this;
    const start = before === undefined ? 0 : steps.findIndex(({ id }) => id === before) + 1;
    const entries = structuredClone(steps.slice(start, start + limit));
    return { entries, more: start + limit < steps.length, total: steps.length, live: steps[0]?.id };
  }) as unknown as Ask;
}

describe("the panel's timelines", () => {
  async function read(thread: Thread): Promise<Timelines> {
    const timelines = new Timelines(thread.ask);
    timelines.open("");
    await settled();
    return timelines;
  }
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const ids = (timelines: Timelines): string[] => timelines.get("")?.steps.map(({ id }) => id) ?? [];

  it("read a page first, and older ones when they are wanted", async () => {
    const thread = new Thread(250);
    const timelines = await read(thread);
    assert.equal(ids(timelines).length, 100);
    // What is asked twice at once is read once.
    await Promise.all([timelines.older(""), timelines.older("")]);
    await timelines.older("");
    await timelines.older("");
    assert.deepEqual(
      ids(timelines),
      thread.steps.map(({ id }) => id),
    );
    assert.equal(thread.asked.length, 3);
    assert.deepEqual(
      timelines
        .get("")
        ?.rails.map(({ at, above, below }) => [at, above, below])
        .slice(99, 101),
      [
        [0, true, true],
        [0, true, true],
      ],
    );
  });

  it("keep what is older, and each step that has not changed, when the newest are read again", async () => {
    const thread = new Thread(150);
    const timelines = await read(thread);
    await timelines.older("");
    const before = timelines.get("")?.steps ?? [];
    thread.grow();
    const [, edited] = thread.steps;
    if (edited) edited.edits = 1;
    timelines.refresh([""]);
    await settled();
    const after = timelines.get("")?.steps ?? [];
    assert.equal(after.length, 151);
    assert.equal(after[1]?.edits, 1);
    assert.equal(after[2], before[1], "the same object, which is not drawn anew");
    assert.equal(after[150], before[149]);
  });

  it("begin anew where so much is new that there would be a gap", async () => {
    const thread = new Thread(120);
    const timelines = await read(thread);
    await timelines.older("");
    for (let index = 0; index < 130; index++) thread.grow();
    timelines.refresh([""]);
    await settled();
    assert.equal(ids(timelines).length, 100);
    assert.equal(timelines.get("")?.more, true);
  });

  it("read once more, not more often, what is told to be new while they read", async () => {
    const thread = new Thread(3);
    const timelines = await read(thread);
    let open = (): void => {};
    thread.gate = new Promise((resolve) => {
      open = resolve;
    });
    for (let index = 0; index < 5; index++) timelines.refresh([""]);
    thread.grow();
    open();
    await settled();
    assert.equal(thread.asked.length, 3);
    assert.equal(ids(timelines).length, 4);
  });

  it("reach a step far back, and take nothing that was asked of another thread", async () => {
    const thread = new Thread(450);
    const timelines = await read(thread);
    assert.equal(await timelines.reach("", thread.steps[420]?.id ?? ""), true);
    assert.equal(await timelines.reach("", "none"), false);
    timelines.refresh([""]);
    timelines.clear();
    await settled();
    assert.equal(timelines.get(""), undefined);
  });

  it("say why they could not be read", async () => {
    const timelines = new Timelines((async () => {
      throw new Error("The session has ended.");
    }) as unknown as Ask);
    timelines.open("");
    await settled();
    assert.equal(timelines.get("")?.problem, "The session has ended.");
  });
});
